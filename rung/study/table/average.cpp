#include "rung/study/table/average.hpp"

#include <algorithm>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/study/table/fit_group.hpp"

namespace rung::table {
namespace {

/// Where laws compare residuals alike, their spread is taken there.
Residual common_residual(const std::vector<Prepared>& prepared) {
  const Residual first = prepared.front().residual;
  const bool same = std::all_of(prepared.begin(), prepared.end(),
                                [&](const Prepared& one) { return one.residual == first; });
  return same ? first : Residual::raw;
}

}  // namespace

AverageBy parse_average_by(const std::string& text) {
  if (text == "akaike") return AverageBy::akaike;
  if (text == "backtest") return AverageBy::backtest;
  throw InputError("--average '" + text + "' is not known", "akaike or backtest");
}

std::string_view average_by_name(AverageBy by) {
  return by == AverageBy::akaike ? "akaike" : "backtest";
}

std::vector<double> law_weights(const std::vector<Backtest>& backtests, AverageBy by) {
  if (by == AverageBy::akaike) {
    std::vector<double> criterion;
    for (const Backtest& law : backtests)
      criterion.push_back(law.criteria.aicc.value_or(law.criteria.aic));
    return akaike_weights(criterion);
  }
  std::vector<std::optional<double>> errors;
  for (const Backtest& law : backtests) {
    std::optional<double>& error = errors.emplace_back();
    for (const Rollout& rollout : law.rollouts) {
      const double relative = rollout.prediction.relative_error().value_or(kInfinity);
      error = error.value_or(0) + relative * relative / static_cast<double>(law.rollouts.size());
    }
  }
  return error_weights(errors);
}

namespace {

std::vector<std::string> inputs_of(const std::vector<Prepared>& laws) {
  std::vector<std::string> names;
  for (const Prepared& one : laws) {
    for (const InputInfo& input : one.law->info.inputs) {
      if (!contains(names, input.name)) names.push_back(input.name);
    }
  }
  return names;
}

void add_inputs(const Law& law, const std::vector<double>& values, Inputs& inputs) {
  for (std::size_t k = 0; k < values.size(); ++k) {
    const std::string& name = law.info.inputs[k].name;
    if (!value_of(inputs, name)) inputs.emplace_back(name, values[k]);
  }
}

}  // namespace

std::vector<AverageAt> average_at(const LawsOnGroup& laws, const std::vector<double>& weights,
                                  const std::vector<std::string>& at, int n_threads) {
  std::vector<AverageAt> found(at.size());
  UncertaintyOptions options;
  options.resample.n_replicates = 0;
  options.resample.n_threads = n_threads;
  const std::vector<std::string> all_inputs = inputs_of(laws.prepared);
  for (std::size_t i = 0; i < laws.prepared.size(); ++i) {
    const Prepared& prepared = laws.prepared[i];
    if (laws.samples[i] == nullptr) {
      for (AverageAt& one : found) one.laws.push_back({.value = kNaN});
      continue;
    }
    const FittedGroup group = fit_group(prepared, *laws.samples[i], laws.requests[i], options);
    for (std::size_t k = 0; k < at.size(); ++k) {
      const std::vector<double> inputs = inputs_at(at[k], *prepared.law, all_inputs);
      add_inputs(*prepared.law, inputs, found[k].inputs);
      found[k].laws.push_back(
          {group.fitted.predict(inputs), group.fitted.interval(inputs), weights[i]});
    }
  }
  const Residual residual = common_residual(laws.prepared);
  for (AverageAt& one : found)
    one.average = average(one.laws, residual, laws.requests.front().level);
  return found;
}

}  // namespace rung::table
