#include "rung/study/observational/own_models.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::observational {
namespace {

std::vector<double> own_scores(const Table& mine, const std::string& metric,
                               std::vector<std::string>& warnings) {
  if (!mine.has(metric)) return std::vector<double>(mine.n_rows(), std::nan(""));
  std::vector<double> scores = mine.numbers(metric);
  bool any_above_one = false, all_percent = true;
  for (const double score : scores) {
    if (std::isnan(score)) continue;
    any_above_one = any_above_one || score > 1;
    all_percent = all_percent && score >= 0 && score <= 100;
  }
  if (any_above_one && all_percent) {
    for (double& score : scores) score /= 100;
    warnings.push_back("your " + metric + " is in percent and was divided by 100");
  }
  return scores;
}

std::vector<double> own_numbers(const Table& mine, const std::string& column) {
  return mine.has(column) ? mine.numbers(column) : std::vector<double>(mine.n_rows(), std::nan(""));
}

void append(std::vector<double>& to, const std::vector<double>& values) {
  to.insert(to.end(), values.begin(), values.end());
}

std::vector<std::string> checked_names(const Models& models, const Table& mine) {
  const Column& column = mine.column(models.columns.model);
  const auto* names = std::get_if<std::vector<std::string>>(&column.values);
  std::vector<Problem> problems;
  if (!names)
    throw InputError(Location{mine.source()}, "'" + column.name + "' holds no names of models");
  for (std::size_t i = 0; i < names->size(); ++i) {
    const Location place{mine.source(), i < mine.lines().size() ? mine.lines()[i] : 0};
    if ((*names)[i].empty())
      problems.push_back({place, "this row has no model in '" + column.name + "'", ""});
    else if (models.find((*names)[i]))
      problems.push_back({place, "'" + (*names)[i] + "' is among the public models already",
                          "name yours otherwise, or place that one with --model"});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return *names;
}

/// The same columns, with cells missing that only the public models have.
Table longer_table(const Models& models, const Table& mine) {
  Table result(models.table.source());
  const std::size_t n = mine.n_rows();
  for (Column column : models.table.columns()) {
    const Column* own = mine.find(column.name);
    if (auto* numbers = std::get_if<std::vector<double>>(&column.values)) {
      append(*numbers, own && own->is_number() ? std::get<std::vector<double>>(own->values)
                                               : std::vector<double>(n, std::nan("")));
    } else {
      auto& texts = std::get<std::vector<std::string>>(column.values);
      const std::vector<std::string> further = own && !own->is_number()
                                                   ? std::get<std::vector<std::string>>(own->values)
                                                   : std::vector<std::string>(n);
      texts.insert(texts.end(), further.begin(), further.end());
    }
    result.add(std::move(column));
  }
  return result;
}

}  // namespace

Models with_own_models(const Models& models, const Table& mine,
                       std::vector<std::string>& warnings) {
  const std::vector<std::string> names = checked_names(models, mine);
  Models result = models;
  const bool any = std::any_of(models.metrics.begin(), models.metrics.end(),
                               [&](const std::string& metric) { return mine.has(metric); });
  if (!any)
    throw InputError(Location{mine.source()},
                     "has none of the benchmarks " + join(models.metrics, ", "),
                     did_you_mean(models.metrics.front(), mine.column_names()));
  result.names.insert(result.names.end(), names.begin(), names.end());
  const Column* family = mine.find(models.columns.family);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto* families =
        family ? std::get_if<std::vector<std::string>>(&family->values) : nullptr;
    result.families.push_back(families ? (*families)[i] : "");
  }
  const std::vector<double> size = own_numbers(mine, models.columns.size_b);
  const std::vector<double> tokens = own_numbers(mine, models.columns.tokens_t);
  std::vector<double> flops = own_numbers(mine, models.columns.flops_1e21);
  for (std::size_t i = 0; i < flops.size(); ++i) {
    if (std::isnan(flops[i])) flops[i] = 6 * size[i] * tokens[i];
  }
  append(result.size_b, size);
  append(result.tokens_t, tokens);
  append(result.flops_1e21, flops);
  Matrix scores(result.names.size(), models.metrics.size());
  std::copy(models.scores.values.begin(), models.scores.values.end(), scores.values.begin());
  for (std::size_t j = 0; j < models.metrics.size(); ++j) {
    const std::vector<double> own = own_scores(mine, models.metrics[j], warnings);
    for (std::size_t i = 0; i < own.size(); ++i) scores(models.size() + i, j) = own[i];
  }
  result.scores = std::move(scores);
  result.table = longer_table(models, mine);
  return result;
}

}  // namespace rung::observational
