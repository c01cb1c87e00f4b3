#include "rung/study/observational/regression.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/law/formula.hpp"
#include "rung/study/observational/index_starts.hpp"
#include "rung/study/observational/sigmoid.hpp"

namespace rung::observational {
namespace {

constexpr std::pair<Link, std::string_view> kLinks[] = {
    {Link::identity, "identity"},
    {Link::sigmoid, "sigmoid"},
    {Link::exponential, "exponential"},
    {Link::parametric_sigmoid, "sigmoid-parametric"},
};

/// The fit that descents from these starts end in; absent where none of them has a value.
std::optional<Fit> fit_from(const FitProblem& problem,
                            const std::vector<std::vector<double>>& starts) {
  const auto theta = lowest_descent(problem, starts);
  if (!theta) return std::nullopt;
  Fit fit;
  fit.law = &problem.law();
  fit.theta = *theta;
  fit.objective = problem.exact_objective(fit.theta);
  fit.n_points = problem.points().size();
  fit.status = Status::local;
  for (std::size_t p = 0; p < fit.theta.size(); ++p)
    fit.parameters.push_back(
        {.name = problem.law().info.parameters[p].name, .value = fit.theta[p]});
  return fit;
}

/// The intercept is looked for around the starts, whose thresholds lie over the data and beyond.
void set_intercept_range(const std::vector<std::vector<double>>& starts, Law& law) {
  constexpr double kBeyond = 10;  // logits
  const auto p = static_cast<std::size_t>(law.parameter_index("intercept"));
  SearchRange& range = law.info.parameters[p].search;
  range = {.low = kInfinity, .high = -kInfinity};
  for (const std::vector<double>& start : starts) {
    range.low = std::min(range.low, start[p] - kBeyond);
    range.high = std::max(range.high, start[p] + kBeyond);
  }
}

}  // namespace

std::optional<std::vector<double>> lowest_descent(const FitProblem& problem,
                                                  const std::vector<std::vector<double>>& starts) {
  Minimum best{.objective = kInfinity};
  for (const std::vector<double>& start : starts) {
    Minimum found =
        descend(problem, problem.coordinates_of(start), {.useful_below = best.objective});
    if (found.objective < best.objective) best = std::move(found);
  }
  if (!(best.objective < kInfinity)) return std::nullopt;
  return problem.theta_at(best.z);
}

std::vector<std::string> link_names() {
  std::vector<std::string> names;
  for (const auto& [link, name] : kLinks) names.emplace_back(name);
  return names;
}

Link parse_link(std::string_view text) {
  for (const auto& [link, name] : kLinks) {
    if (name == text) return link;
  }
  throw InputError("there is no link '" + std::string(text) + "'",
                   "links: " + join(link_names(), ", "));
}

std::string_view link_name(Link link) {
  for (const auto& [known, name] : kLinks) {
    if (known == link) return name;
  }
  return "";
}

Law index_law(std::size_t n_predictors, const RegressionOptions& options) {
  std::string index = "intercept";
  std::vector<std::string> inputs;
  for (std::size_t k = 1; k <= n_predictors; ++k) {
    inputs.push_back("x" + std::to_string(k));
    index += " + w" + std::to_string(k) + "*" + inputs.back();
  }
  FormulaOptions formula{.source = "the link"};
  std::string text;
  switch (options.link) {
    case Link::identity:
      text = index;
      break;
    case Link::sigmoid:
      text = "sigmoid(" + index + ")";
      break;
    case Link::exponential:
      text = "exp(" + index + ")";
      break;
    case Link::parametric_sigmoid:
      formula.parameters.push_back(
          {.name = "floor", .lower = 0.0, .upper = options.width, .start = {}});
      if (options.fixed_height) {
        text = "floor + (1 - floor)*sigmoid(" + index + ")";
      } else {
        formula.parameters.push_back(
            {.name = "height", .lower = 1 - 2 * options.width, .upper = 1.0, .start = {}});
        text = "floor + height*sigmoid(" + index + ")";
      }
      break;
  }
  Law law = formula_law(text, inputs, formula);
  law.info.name = std::string(link_name(options.link));
  return law;
}

double Regression::intercept() const { return fit.value("intercept"); }

std::vector<double> Regression::weights() const {
  std::vector<double> weights;
  for (std::size_t k = 1; k <= n_predictors(); ++k)
    weights.push_back(fit.value("w" + std::to_string(k)));
  return weights;
}

double Regression::floor() const {
  return options.link == Link::parametric_sigmoid ? fit.value("floor") : 0;
}

double Regression::height() const {
  if (options.link != Link::parametric_sigmoid) return 1;
  return options.fixed_height ? 1 - floor() : fit.value("height");
}

double Regression::index(std::span<const double> x) const {
  double sum = intercept();
  const std::vector<double> w = weights();
  for (std::size_t k = 0; k < w.size(); ++k) sum += w[k] * x[k];
  return sum;
}

double Regression::at(double index) const {
  if (options.link == Link::identity) return index;
  if (options.link == Link::exponential) return std::exp(index);
  return floor() + height() * sigmoid(index);
}

double Regression::slope_at(double index) const {
  if (options.link == Link::identity) return 1;
  if (options.link == Link::exponential) return std::exp(index);
  const double s = sigmoid(index);
  return height() * s * (1 - s);
}

std::optional<double> Regression::index_at(double y) const {
  if (options.link == Link::identity) return y;
  if (options.link == Link::exponential) {
    return y > 0 ? std::optional(std::log(y)) : std::nullopt;
  }
  const double share = (y - floor()) / height();
  return share > 0 && share < 1 ? std::optional(std::log(share / (1 - share))) : std::nullopt;
}

Regression regress(const Matrix& x, std::span<const double> y, const RegressionOptions& options,
                   const std::vector<std::vector<double>>& starts) {
  Regression result;
  result.options = options;
  const auto law = std::make_shared<Law>(index_law(x.n_columns, options));
  result.law = law;
  std::vector<std::vector<double>> columns;
  for (std::size_t k = 0; k < x.n_columns; ++k) columns.push_back(x.column(k));
  const Points points = Points::from_columns(columns, y);
  const auto from = starts.empty() ? index_starts(x, y, options) : starts;
  // With one predictor the range is found from the data, more finely than a grid over it would be.
  if (!from.empty() && x.n_columns > 1) set_intercept_range(from, *law);
  if (!options.certify && !from.empty() && y.size() >= law->info.parameters.size()) {
    if (auto found = fit_from(FitProblem(*law, points, options.loss, Residual::raw), from)) {
      result.fit = std::move(*found);
      return result;
    }
  }
  FitOptions fit_options;
  fit_options.loss = options.loss;
  fit_options.level = options.level;
  fit_options.certify = options.certify;
  fit_options.n_threads = options.n_threads;
  fit_options.extra_starts = from;
  result.fit = fit(*law, points, fit_options);
  return result;
}

}  // namespace rung::observational
