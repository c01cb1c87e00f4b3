#include "rung/study/table/predictions.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/fit/interval/resample.hpp"

namespace rung::table {

namespace {

std::vector<Query> own_queries(const Fitted& fitted, const std::vector<Query>& queries) {
  std::vector<Query> own;
  for (const Query& query : queries) {
    if (query.group.empty() || query.group == fitted.label) own.push_back(query);
  }
  return own;
}

/// What a chain may say of the second law's value at the first one's prediction.
std::optional<Interval> chained_interval(const Fitted& first, const Fitted& then,
                                         const std::vector<double>& inputs, double middle) {
  const double level = first.options.level;
  const auto through = [&](double value) { return then.predict({&value, 1}); };
  const std::vector<double> losses = first.replicate_predictions(inputs);
  if (!losses.empty() && then.replicates.n > 0) {
    std::vector<double> values;
    for (std::size_t i = 0; i < losses.size(); ++i) {
      const std::vector<double> theta = then.replicates.theta_of(i % then.replicates.n);
      values.push_back(predict(*then.law, theta, {&losses[i], 1}));
    }
    return percentile_interval(std::move(values), level, "bootstrap");
  }
  const std::optional<Interval> before = first.interval(inputs);
  const std::vector<double> loss = {first.predict(inputs)};
  const std::optional<Interval> own = then.interval(loss);
  if (!before || !own) return std::nullopt;
  const auto [least, most] = std::minmax(through(before->lower), through(before->upper));
  return Interval{level, middle - std::hypot(middle - least, middle - own->lower),
                  middle + std::hypot(most - middle, own->upper - middle), "delta"};
}

GroupPredictions without_rows(const Fitted& fitted) {
  return {fitted.law, fitted.label, fitted.fit.status, fitted.fit.identified, {}};
}

}  // namespace

GroupPredictions predictions_of(const Fitted& fitted, const std::vector<Query>& queries) {
  GroupPredictions group = without_rows(fitted);
  for (const Query& query : own_queries(fitted, queries))
    group.rows.push_back({query.inputs, fitted.prediction(query.inputs, query.actual),
                          fitted.extrapolation(query.inputs)});
  return group;
}

GroupPredictions unchecked_predictions_of(const Fitted& fitted, const std::vector<Query>& queries) {
  GroupPredictions group = without_rows(fitted);
  const std::vector<Query> own = own_queries(fitted, queries);
  if (own.empty()) return group;
  Points points(own.front().inputs.size(), own.size());
  for (std::size_t i = 0; i < own.size(); ++i)
    points.set(i, own[i].inputs, own[i].actual.value_or(0));
  std::vector<std::optional<Interval>> intervals = fitted.intervals(points);
  const std::vector<double> values = fitted.predict(points);
  for (std::size_t i = 0; i < own.size(); ++i) {
    const auto predicted = std::isfinite(values[i]) ? std::optional(values[i]) : std::nullopt;
    group.rows.push_back({own[i].inputs,
                          {predicted, own[i].actual, std::move(intervals[i])},
                          fitted.extrapolation(own[i].inputs)});
  }
  return group;
}

GroupPredictions chained_predictions(const Fitted& first, const Fitted& then,
                                     const std::vector<Query>& queries) {
  if (then.law->n_inputs() != 1)
    throw InputError("'" + then.law->info.name + "' is no law of the loss alone",
                     "fit the metric over the loss: --law sigmoid --x L=loss --y accuracy");
  GroupPredictions group = without_rows(first);
  group.identified = first.fit.identified && then.fit.identified;
  for (const Query& query : own_queries(first, queries)) {
    const std::vector<double> loss = {first.predict(query.inputs)};
    const double value = then.predict(loss);
    PredictedRow row{query.inputs, {}, 1};
    row.extrapolation = std::max(first.extrapolation(query.inputs), then.extrapolation(loss));
    if (std::isfinite(value))
      row.prediction = {value, std::nullopt, chained_interval(first, then, query.inputs, value)};
    group.rows.push_back(std::move(row));
  }
  return group;
}

std::string doubt_of(const Fitted& fitted) {
  if (fitted.fit.identified) return "";
  return (fitted.label.empty() ? "" : "group '" + fitted.label + "': ") +
         "the fit does not identify its parameters";
}

}  // namespace rung::table
