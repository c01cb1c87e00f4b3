#include "rung/study/table/predictions.hpp"

#include <cmath>

namespace rung::table {

namespace {

std::vector<Query> own_queries(const Fitted& fitted, const std::vector<Query>& queries) {
  std::vector<Query> own;
  for (const Query& query : queries) {
    if (query.group.empty() || query.group == fitted.label) own.push_back(query);
  }
  return own;
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

std::string doubt_of(const Fitted& fitted) {
  if (fitted.fit.identified) return "";
  return (fitted.label.empty() ? "" : "group '" + fitted.label + "': ") +
         "the fit does not identify its parameters";
}

}  // namespace rung::table
