#include "rung/study/table/fit.hpp"

#include <algorithm>

#include "rung/core/error.hpp"
#include "rung/core/expression.hpp"
#include "rung/core/text.hpp"

namespace rung::table {
namespace {

std::vector<std::string> names_of(const std::string& list) {
  std::vector<std::string> names;
  for (const std::string& name : split(list, ',')) {
    if (!trimmed(name).empty()) names.emplace_back(trimmed(name));
  }
  return names;
}

void fit_groups(const FitRequest& request, FitResult& result) {
  if (request.is_pooled()) {
    result.groups = fit_pooled(result.prepared, request.what, request.uncertainty);
  } else if (request.is_shared()) {
    const SharedOptions options{names_of(request.share), names_of(request.multipliers)};
    SharedFit shared = fit_shared(result.prepared, request.what, options, request.uncertainty);
    result.multipliers = std::move(shared.multipliers);
    result.shared_groups = std::move(shared.groups);
    result.shared_request = std::move(shared.request);
    result.prepared = std::move(shared.prepared);
    result.groups.push_back(std::move(shared.group));
  } else {
    result.groups = fit_each(result.prepared, request.what, request.uncertainty);
  }
}

std::vector<Query> own_rows(const Prepared& prepared) {
  std::vector<Query> queries;
  for (const Sample& sample : prepared.samples) {
    for (std::size_t i = 0; i < sample.points.size(); ++i) {
      std::vector<double> inputs;
      for (std::size_t k = 0; k < sample.points.n_inputs(); ++k)
        inputs.push_back(sample.points.input(k, i));
      queries.push_back({std::move(inputs), sample.points.y(i), sample.label});
    }
  }
  return queries;
}

std::vector<Query> queries_for(const FitRequest& request, std::optional<Table> targets,
                               FitResult& result) {
  std::vector<Query> queries = queries_at(request.at, *result.law);
  if (!targets) return queries;
  std::vector<std::string> labels;
  for (const FittedGroup& group : result.groups) labels.push_back(group.fitted.label);
  for (const SharedGroup& group : result.shared_groups) labels.push_back(group.label);
  for (Query& query :
       queries_of(std::move(*targets), request.what, *result.law, labels, result.warnings))
    queries.push_back(std::move(query));
  return queries;
}

/// By a fit that groups share, each group's: at its own values of the inputs that tell them apart.
void predict_groups(const std::vector<Query>& queries, const Fitted& shared, FitResult& result) {
  for (const SharedGroup& group : result.shared_groups) {
    std::vector<Query> own;
    for (const Query& query : queries) {
      if (!query.group.empty() && query.group != group.label) continue;
      own.push_back({query.inputs, query.actual, ""});
      own.back().inputs.insert(own.back().inputs.end(), group.indicators.begin(),
                               group.indicators.end());
    }
    GroupPredictions predictions = predictions_of(shared, own);
    predictions.law = result.law;
    predictions.label = group.label;
    for (PredictedRow& row : predictions.rows) {
      row.inputs.resize(result.law->info.inputs.size());
      // Beyond the group's own rows, not beyond all.
      row.extrapolation = group.alone.extrapolation(row.inputs);
      row.beyond = beyond_data(group.alone, row.inputs);
      row.note = note_of(group.alone, row);
    }
    result.predictions.push_back(std::move(predictions));
  }
}

/// Names that --x gives to columns and that neither the law nor another option speaks of.
std::vector<std::string> idle_inputs(const FitRequest& request, const Law& law) {
  const Request& what = request.what;
  std::vector<std::string> used = names_of(request.multipliers);
  for (const InputInfo& input : law.info.inputs) used.push_back(input.name);
  used.insert(used.end(), what.group_by.begin(), what.group_by.end());
  std::vector<std::string> texts = names_of(request.sweep);
  for (const std::string& text : {what.y, what.weights, what.questions, what.bytes_per_token,
                                  what.embedding, what.inactive}) {
    if (!text.empty()) texts.push_back(text);
  }
  for (const std::string& text : texts) {
    const std::vector<std::string> names = names_in(parse_expression(text));
    used.insert(used.end(), names.begin(), names.end());
  }
  std::vector<std::string> idle;
  if (what.x.empty()) return idle;
  for (const auto& [name, expression] : parse_mapping(what.x, "--x")) {
    if (std::find(used.begin(), used.end(), name) == used.end()) idle.push_back(name);
  }
  return idle;
}

}  // namespace

void FitRequest::validate() const {
  if (is_pooled() && !multipliers.empty())
    throw InputError("--share pool and --multiplier are of two kinds of fit",
                     "pool leaves every group all of its parameters, a multiplier has all but one "
                     "factor in common: give one of the two");
  law_of(what);
}

FitResult run(const FitRequest& request, Prepared prepared, std::optional<Table> targets) {
  FitResult result;
  result.prepared = std::move(prepared);
  result.law = result.prepared.law;
  if (!request.sweep.empty())
    result.sweeps = diagnose_sweeps(result.prepared, request.sweep, request.best_of_sweep);
  result.warnings = result.sweeps.notes;
  for (const std::string& name : idle_inputs(request, *result.law))
    result.warnings.push_back("'" + result.law->info.name + "' has no input '" + name +
                              "': what --x says of it has no effect");
  if (request.best_of_sweep) result.prepared = best_of_sweeps(std::move(result.prepared));
  fit_groups(request, result);

  std::vector<Query> queries = queries_for(request, std::move(targets), result);
  result.predicts_own_rows = queries.empty();
  if (result.predicts_own_rows && request.predicts_own_rows) queries = own_rows(result.prepared);
  for (const FittedGroup& group : result.groups) {
    const Fitted& fitted = group.fitted;
    const bool usable = fitted.fit.status != Status::failed;
    result.criteria.push_back(usable ? std::optional(fitted.criteria()) : std::nullopt);
    if (!result.predicts_own_rows && !result.shared_groups.empty()) {
      predict_groups(queries, fitted, result);
      break;
    }
    result.predictions.push_back(result.predicts_own_rows
                                     ? unchecked_predictions_of(fitted, queries)
                                     : predictions_of(fitted, queries));
  }
  return result;
}

}  // namespace rung::table
