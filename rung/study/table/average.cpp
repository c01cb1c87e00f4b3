#include "rung/study/table/average.hpp"

#include <algorithm>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/possible.hpp"
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

/// Of the laws that are left, where others have lost theirs; false where nothing is left.
bool share_weights(std::vector<LawPrediction>& laws) {
  double sum = 0;
  for (const LawPrediction& law : laws) sum += law.weight;
  for (LawPrediction& law : laws) law.weight = sum > 0 ? law.weight / sum : 0;
  return sum > 0;
}

}  // namespace

std::vector<AverageAt> average_at(const LawsOnGroup& laws, const std::vector<double>& weights,
                                  const std::vector<std::string>& at, const BacktestOptions& how) {
  std::vector<AverageAt> found(at.size());
  UncertaintyOptions options;
  options.resample.n_replicates = 0;
  options.resample.n_threads = how.n_threads;
  options.cluster_column = how.run_column;
  options.sandwich = !how.run_column.empty();
  options.noise_sd = how.noise_sd;
  const std::vector<std::string> all_inputs = inputs_of(laws.prepared);
  std::optional<ValueRange> possible;  // of the same rows, whichever the law
  for (std::size_t i = 0; i < laws.prepared.size(); ++i) {
    const Prepared& prepared = laws.prepared[i];
    if (laws.samples[i] == nullptr) {
      for (AverageAt& one : found) one.laws.push_back({.value = kNaN});
      continue;
    }
    const FittedGroup group = fit_group(prepared, *laws.samples[i], laws.requests[i], options);
    possible = group.fitted.possible;
    // None with priors allows for the noise that a run's rows share.
    const bool has_interval = !options.sandwich || !any_prior(prepared.constraints);
    for (std::size_t k = 0; k < at.size(); ++k) {
      const std::vector<double> inputs = inputs_at(at[k], *prepared.law, all_inputs);
      add_inputs(*prepared.law, inputs, found[k].inputs);
      const double value = group.fitted.predict(inputs);
      std::string words =
          impossible_words(value, group.fitted.possible, "at " + at[k] + " " + laws.names[i]);
      if (words.empty()) {
        found[k].laws.push_back(
            {value, has_interval ? group.fitted.interval(inputs) : std::nullopt, weights[i]});
      } else {
        found[k].laws.push_back({.value = kNaN});
        found[k].notes.push_back(std::move(words));
      }
    }
  }
  const Residual residual = common_residual(laws.prepared);
  for (AverageAt& one : found) {
    const bool counts_any = one.notes.empty() || share_weights(one.laws);
    one.average = average(one.laws, residual, laws.requests.front().level);
    if (!counts_any) one.average = {.value = kNaN};
    one.average.interval = possible_part(std::move(one.average.interval), possible);
  }
  return found;
}

}  // namespace rung::table
