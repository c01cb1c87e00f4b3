#pragma once
/// A metric from a linear index of predictors: y = link(intercept + w1 x1 + … + wk xk).

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rung/core/linear_algebra.hpp"
#include "rung/fit/fit.hpp"

namespace rung::observational {

enum class Link {
  identity,
  sigmoid,
  exponential,
  parametric_sigmoid,  // floor + height * sigmoid(index)
};
/// "identity", "sigmoid", "exponential", "sigmoid-parametric". InputError for anything else.
Link parse_link(std::string_view text);
std::string_view link_name(Link link);
std::vector<std::string> link_names();

struct RegressionOptions {
  Link link = Link::parametric_sigmoid;
  Loss loss{};
  /// Of a parametric sigmoid: height is 1 - floor, so that it ends at 1; else it is a parameter
  /// from 1 - 2 `width` to 1.
  bool fixed_height = true;
  /// The floor lies between 0 and this.
  double width = 0.2;
  double level = 0.95;  // of the parameters' intervals
  /// Whether to look for anything that fits better or as well (see FitOptions::certify). Else a
  /// sigmoid is descended to from the starts alone, and its parameters have no standard errors.
  bool certify = true;
  int n_threads = 1;
};

/// The best fit over all of the parameters of the link; it depends neither on a start nor on the
/// signs of predictors.
struct Regression {
  RegressionOptions options;
  std::shared_ptr<const Law> law;  // its parameters: intercept, w1 … wk, floor, height
  Fit fit;

  std::size_t n_predictors() const { return static_cast<std::size_t>(law->n_inputs()); }
  double intercept() const;
  std::vector<double> weights() const;
  double floor() const;   // 0 where the link has none
  double height() const;  // 1 where the link has none

  double index(std::span<const double> x) const;
  /// The link of an index.
  double at(double index) const;
  double predict(std::span<const double> x) const { return at(index(x)); }
  /// d predict / d index, and the index at which the link is y: absent where it never is.
  double slope_at(double index) const;
  std::optional<double> index_at(double y) const;
};

/// The lowest of where descents from the starts end, in parameters; absent where none has a value.
std::optional<std::vector<double>> lowest_descent(const FitProblem& problem,
                                                  const std::vector<std::vector<double>>& starts);

/// The law of a link over k predictors, named x1 … xk.
Law index_law(std::size_t n_predictors, const RegressionOptions& options);

/// `starts` take the place of those of index_starts(). InputError for fewer rows than parameters,
/// and where no predictor varies.
Regression regress(const Matrix& x, std::span<const double> y,
                   const RegressionOptions& options = {},
                   const std::vector<std::vector<double>>& starts = {});

}  // namespace rung::observational
