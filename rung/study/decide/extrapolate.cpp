#include "rung/study/decide/extrapolate.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "rung/core/error.hpp"

namespace rung::decide {
namespace {

/// What the first step's law predicts.
double first_value(const Setup& setup, const TaskValues& values) {
  if (setup.has_loss) return values.loss;
  return setup.through_metric ? values.through : values.gold;
}

/// What the second step starts from. The sigmoid falls, so a metric that rises is turned round:
/// 1 less it, which may be below 0 where the metric may exceed 1.
double second_input(const Setup& setup, double value) {
  return setup.through_metric ? 1 - value : value;
}

std::vector<double> law_inputs(const Law& law, const Place& at) {
  if (law.n_inputs() == 1) return {at.compute_flops};
  return {at.n_params, at.n_tokens};
}

/// Seeds of one size are no further point of a law.
std::size_t n_sizes_of(const std::vector<SmallRun>& runs) {
  std::set<std::size_t> sizes;
  for (const SmallRun& run : runs) sizes.insert(run.size);
  return sizes.size();
}

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

std::size_t n_lacking(const Setup& setup, std::size_t n_sizes) {
  const auto n_free =
      static_cast<std::size_t>(find_law(setup.law).n_parameters()) - (setup.without_floor ? 1 : 0);
  const std::size_t n_wanted = n_free + setup.n_spare_points;
  return std::min(setup.borrowed.size(), n_wanted > n_sizes ? n_wanted - n_sizes : 0);
}

bool is_scale(const std::string& parameter) { return parameter == "A" || parameter == "B"; }

/// Fixes what so many sizes say nothing of: at the values of all recipes, or, where these are what
/// is fitted, exponents and levels at the law's typical values.
std::vector<Constraint> constraints_of(const Setup& setup, std::size_t n_sizes,
                                       const Fitted* of_all) {
  std::vector<Constraint> constraints;
  if (setup.without_floor) constraints.push_back({.parameter = "E", .fixed = 0.0});
  const Law& law = find_law(setup.law);
  for (std::size_t i = 0; i < n_lacking(setup, n_sizes); ++i) {
    const std::string& name = setup.borrowed[i];
    if (of_all) {
      constraints.push_back({.parameter = name, .fixed = of_all->value(name)});
    } else if (!is_scale(name)) {
      const auto index = static_cast<std::size_t>(law.parameter_index(name));
      constraints.push_back({.parameter = name, .fixed = law.info.parameters[index].typical});
    }
  }
  return constraints;
}

/// Absent where the law can't be fitted to these points.
std::optional<Fitted> fitted(const Law& law, Points points, FitOptions options) {
  options.allow_underdetermined = true;
  options.certify = false;
  try {
    Fitted result(law, std::move(points), std::move(options));
    if (result.fit.status != Status::failed) return result;
  } catch (const InputError&) {  // such as all points alike, or the logarithm of 0
  }
  return std::nullopt;
}

Points points_of(std::size_t n_inputs, const std::vector<std::vector<double>>& inputs,
                 const std::vector<double>& y) {
  Points points(n_inputs, y.size());
  for (std::size_t i = 0; i < y.size(); ++i) points.set(i, inputs[i], y[i]);
  return points;
}

std::optional<double> finite(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<Fitted> fit_second_step(const Setup& setup, const std::vector<SmallRun>& runs) {
  std::vector<std::vector<double>> inputs;
  std::vector<double> y;
  for (const SmallRun& run : runs) {
    const double n = static_cast<double>(run.checkpoints.size());
    for (auto i = static_cast<std::size_t>(std::ceil(setup.skipped_share * n));
         i < run.checkpoints.size(); ++i) {
      const TaskValues& values = run.checkpoints[i];
      const double x = second_input(setup, first_value(setup, values));
      if (!std::isfinite(x) || !std::isfinite(values.gold)) continue;
      inputs.push_back({x});
      y.push_back(values.gold);
    }
  }
  if (y.empty()) return std::nullopt;
  if (setup.helper_point) {
    inputs.push_back({0});
    y.push_back(1);
  }
  return fitted(find_law("sigmoid"), points_of(1, inputs, y), {});
}

}  // namespace

SmallRun small_run(const Evaluations& evaluations, const Series& series,
                   const TaskMetrics& metrics) {
  const auto value = [&](const std::optional<std::size_t>& metric, std::size_t i) {
    return metric ? series.values[*metric][i] : kNaN;
  };
  SmallRun run{.size = series.size};
  run.at = {evaluations.sizes[series.size].n_params, series.n_tokens.back(),
            series.compute_flops.back()};
  run.end = {series.end_mean(metrics.gold), metrics.loss ? series.end_mean(*metrics.loss) : kNaN,
             metrics.through ? series.end_mean(*metrics.through) : kNaN};
  for (std::size_t i = 0; i < series.n_checkpoints(); ++i)
    run.checkpoints.push_back(
        {value(metrics.gold, i), value(metrics.loss, i), value(metrics.through, i)});
  return run;
}

std::string first_step_key(const Setup& setup) {
  return setup.law + (setup.without_floor ? "|no floor|" : "|") + std::to_string(setup.n_dropped);
}

bool borrows(const Setup& setup, const std::vector<SmallRun>& runs) {
  return n_lacking(setup, n_sizes_of(runs)) > 0;
}

std::vector<SmallRun> used_runs(const Setup& setup, const std::vector<SmallRun>& runs,
                                const std::vector<std::size_t>& sizes) {
  std::vector<SmallRun> used;
  const std::size_t largest = sizes[sizes.size() - 1 - setup.n_dropped];
  std::copy_if(runs.begin(), runs.end(), std::back_inserter(used),
               [&](const SmallRun& run) { return run.size <= largest; });
  return used;
}

std::optional<Fitted> fit_first_step(const Setup& setup, const std::vector<SmallRun>& runs,
                                     const Fitted* of_all) {
  const Law& law = find_law(setup.law);
  std::vector<std::vector<double>> inputs;
  std::vector<double> y;
  for (const SmallRun& run : runs) {
    std::vector<double> at = law_inputs(law, run.at);
    const double value = first_value(setup, run.end);
    if (!all_finite(at) || !std::isfinite(value)) continue;
    inputs.push_back(std::move(at));
    y.push_back(value);
  }
  if (y.empty()) return std::nullopt;
  return fitted(law, points_of(inputs.front().size(), inputs, y),
                {.loss = Loss::huber(),
                 .residual = Residual::log,
                 .constraints = constraints_of(setup, n_sizes_of(runs), of_all)});
}

const std::optional<Fitted>& RecipeExtrapolation::first_step(const Setup& setup) {
  const std::string key = first_step_key(setup);
  const auto found = first_.find(key);
  if (found != first_.end()) return found->second;
  const auto of_all = of_all_.find(key);
  const Fitted* all = of_all != of_all_.end() && of_all->second ? &*of_all->second : nullptr;
  return first_.emplace(key, fit_first_step(setup, used_runs(setup, runs_, sizes_), all))
      .first->second;
}

std::optional<double> RecipeExtrapolation::second_step(const Setup& setup, double from) {
  const std::string key = std::to_string(setup.skipped_share) + (setup.helper_point ? "h" : "") +
                          (setup.through_metric ? "t" : "") + std::to_string(setup.n_dropped);
  auto found = second_.find(key);
  if (found == second_.end())
    found = second_.emplace(key, fit_second_step(setup, used_runs(setup, runs_, sizes_))).first;
  if (!found->second) return std::nullopt;
  return finite(found->second->predict(std::vector<double>{second_input(setup, from)}));
}

Extrapolated RecipeExtrapolation::at(const Setup& setup, const Place& target,
                                     const TaskValues& actual) {
  Extrapolated result;
  const std::optional<Fitted>& first = first_step(setup);
  if (!first) return result;
  result.first = finite(first->predict(law_inputs(*first->law, target)));
  if (!result.first) return result;
  if (!setup.has_second_step()) {
    result.chained = result.first;
    return result;
  }
  result.chained = second_step(setup, *result.first);
  if (const double own = first_value(setup, actual); std::isfinite(own))
    result.second = second_step(setup, own);
  return result;
}

}  // namespace rung::decide
