#include "rung/study/observational/further_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "rung/core/error.hpp"
#include "rung/data/imported.hpp"

namespace rung::observational {
namespace {

constexpr const char* kModel = "model";
constexpr const char* kTask = "task";
constexpr const char* kMetric = "metric";
constexpr const char* kValue = "value";

const std::vector<std::string>* texts_in(const Table& table, const char* name) {
  const Column* column = table.find(name);
  return column ? std::get_if<std::vector<std::string>>(&column->values) : nullptr;
}

/// A row a score?
bool is_of_scores(const Table& table) {
  const Column* value = table.find(kValue);
  return texts_in(table, kModel) && texts_in(table, kTask) && texts_in(table, kMetric) && value &&
         value->is_number();
}

/// A row a model, a column a metric of a task.
Table with_scores_across(const Table& table) {
  const std::vector<std::string>&models = *texts_in(table, kModel),
        &tasks = *texts_in(table, kTask), &metrics = *texts_in(table, kMetric);
  const std::vector<double>& values = table.numbers(kValue);
  std::vector<std::string> names, columns;
  std::map<std::string, std::size_t> row_of;
  std::map<std::string, std::vector<double>> cells;  // by column, then by row
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < table.n_rows(); ++i) {
    const auto [row, is_new] = row_of.try_emplace(models[i], names.size());
    if (is_new) names.push_back(models[i]);
    const std::string column = tasks[i] + "_" + metrics[i];
    const auto [found, is_first] = cells.try_emplace(column);
    if (is_first) columns.push_back(column);
    found->second.resize(names.size(), std::numeric_limits<double>::quiet_NaN());
    double& cell = found->second[row->second];
    if (!std::isnan(cell) && cell != values[i])
      problems.push_back({table.location(i),
                          "'" + column + "' of '" + models[i] + "' stands here a second time",
                          "keep one score for each model, task and metric"});
    cell = values[i];
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  Table result(table.source());
  result.add({kModel, names});
  for (const std::string& column : columns) {
    std::vector<double>& of_models = cells[column];
    of_models.resize(names.size(), std::numeric_limits<double>::quiet_NaN());
    result.add({column, std::move(of_models)});
  }
  return result;
}

/// The public models by their short names; none where two share one.
std::map<std::string, std::optional<std::string>> by_short_name(
    const std::vector<std::string>& public_models) {
  std::map<std::string, std::optional<std::string>> names;
  for (const std::string& name : public_models) {
    const auto [found, is_new] = names.try_emplace(parse_checkpoint_name(name).model, name);
    if (!is_new) found->second.reset();
  }
  return names;
}

}  // namespace

Table further_metrics(const Table& table, const std::string& model_column,
                      const std::vector<std::string>& public_models) {
  Table result = is_of_scores(table) ? with_scores_across(table) : table;
  const auto* models = texts_in(result, result.has(model_column) ? model_column.c_str() : kModel);
  if (!models) return result;  // a join says what is missing
  const std::set<std::string> known(public_models.begin(), public_models.end());
  const auto short_names = by_short_name(public_models);
  std::vector<std::string> names = *models;
  for (std::string& name : names) {
    if (known.contains(name)) continue;
    const auto found = short_names.find(parse_checkpoint_name(name).model);
    if (found != short_names.end() && found->second) name = *found->second;
  }
  result.set({model_column, std::move(names)});
  return result;
}

}  // namespace rung::observational
