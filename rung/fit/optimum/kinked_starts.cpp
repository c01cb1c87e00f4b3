#include "rung/fit/optimum/kinked_starts.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/index.hpp"
#include "rung/core/rng.hpp"

namespace rung {
namespace {

class Balance {
 public:
  Balance(const FitProblem& problem, const Structure& structure)
      : problem_(problem), structure_(structure) {
    std::vector<double> sizes;
    for (std::size_t i = 0; i < problem.points().size(); ++i)
      sizes.push_back(std::abs(problem.points().y(i)));
    std::nth_element(sizes.begin(), sizes.begin() + static_cast<long>(sizes.size() / 2),
                     sizes.end());
    level_ = sizes[sizes.size() / 2];
    for (std::size_t k = 0; k < structure.nonlinear.size(); ++k) {
      const int p = problem.parameter_of(structure.nonlinear[k]);
      if (problem.law().info.parameters[at(p)].kinked) kinked_.push_back(p);
    }
  }

  /// theta with the kinked scales zero.
  std::vector<double> drawn(Rng& rng) const {
    std::vector<double> theta = problem_.theta_at(std::vector<double>(at(problem_.n_free()), 0.0));
    for (const int c : structure_.linear) theta[at(problem_.parameter_of(c))] = 0;
    for (std::size_t k = 0; k < structure_.nonlinear.size(); ++k) {
      const int p = problem_.parameter_of(structure_.nonlinear[k]);
      theta[at(p)] = is_kinked(p) ? 0 : structure_.spans[k].at(rng.uniform());
    }
    return theta;
  }

  /// Gives each kinked scale its value; false where there is none.
  bool set_scales(std::vector<double>& theta, Rng& rng) const {
    const std::vector<double> empty = theta;
    bool any = false;
    for (const int p : kinked_) {
      const auto [lower, upper] = natural_bounds(problem_, problem_.coordinate_of(p));
      double value = 0;
      for (const double sign : {1.0, -1.0}) {
        if (sign > 0 ? upper <= 0 : lower >= 0) continue;
        const double size = size_of(empty, p, sign);
        if (!(size > 0)) continue;
        value = sign * level_ / size * std::exp(rng.normal());
        break;
      }
      if (value == 0) value = level_ * rng.uniform();  // no scale: a place on its own axis
      any = any || value != 0;
      theta[at(p)] = std::clamp(value, lower, upper);
    }
    return any;
  }

 private:
  bool is_kinked(int p) const {
    return std::find(kinked_.begin(), kinked_.end(), p) != kinked_.end();
  }

  /// The typical change of the prediction by the parameter from 0 to `value`, where it is a scale.
  double size_of(std::vector<double> theta, int p, double value) const {
    const std::vector<double> none = problem_.predict(theta, problem_.points());
    theta[at(p)] = value;
    const std::vector<double> one = problem_.predict(theta, problem_.points());
    theta[at(p)] = 2 * value;
    const std::vector<double> two = problem_.predict(theta, problem_.points());
    std::vector<double> sizes;
    for (std::size_t i = 0; i < one.size(); ++i) {
      const double first = one[i] - none[i], second = two[i] - none[i];
      if (!(std::abs(second - 2 * first) <= 1e-9 * std::abs(second))) return 0;
      if (first != 0) sizes.push_back(std::abs(first));
    }
    if (sizes.empty()) return 0;
    std::nth_element(sizes.begin(), sizes.begin() + static_cast<long>(sizes.size() / 2),
                     sizes.end());
    return sizes[sizes.size() / 2];
  }

  const FitProblem& problem_;
  const Structure& structure_;
  std::vector<int> kinked_;
  double level_ = 1;
};

}  // namespace

std::vector<std::vector<double>> kinked_starts(const FitProblem& problem,
                                               const Structure& structure, int n_starts) {
  std::vector<std::vector<double>> starts;
  const std::vector<ParameterInfo>& parameters = problem.law().info.parameters;
  if (std::none_of(parameters.begin(), parameters.end(),
                   [](const ParameterInfo& parameter) { return parameter.kinked; }))
    return starts;
  const Balance balance(problem, structure);
  Rng rng(26);
  for (int i = 0; i < n_starts; ++i) {
    std::vector<double> theta = balance.drawn(rng);
    if (!balance.set_scales(theta, rng)) return {};
    starts.push_back(std::move(theta));
  }
  return starts;
}

}  // namespace rung
