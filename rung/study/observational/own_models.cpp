#include "rung/study/observational/own_models.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::observational {
namespace {

void append(std::vector<double>& to, const std::vector<double>& values) {
  to.insert(to.end(), values.begin(), values.end());
}

void append(std::vector<std::string>& to, const std::vector<std::string>& values) {
  to.insert(to.end(), values.begin(), values.end());
}

/// InputError for models that have a public model's name.
void check_names(const Models& models, const Table& mine) {
  const Column& column = mine.column(models.columns.model);
  const auto* names = std::get_if<std::vector<std::string>>(&column.values);
  std::vector<Problem> problems;
  if (!names)
    throw InputError(Location{mine.source()}, "'" + column.name + "' holds no names of models");
  for (std::size_t i = 0; i < names->size(); ++i) {
    const Location place = mine.location(i);
    if (models.find((*names)[i]))
      problems.push_back({place, "'" + (*names)[i] + "' is among the public models already",
                          "name yours otherwise, or place that one with --model"});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

/// Lowercase letters and digits.
std::string plain(const std::string& name) {
  std::string text;
  for (const unsigned char c : name) {
    if (std::isalnum(c) != 0) text += static_cast<char>(std::tolower(c));
  }
  return text;
}

/// InputError for a column that would be the benchmark but for how it is spelt.
void check_spelling(const std::string& metric, const Table& mine) {
  for (const std::string& name : mine.column_names()) {
    if (plain(name) == plain(metric))
      throw InputError(Location{mine.source(), 1},
                       "column '" + name + "' is called '" + metric + "' among the benchmarks",
                       "name it so, or its scores do not count");
  }
}

std::vector<std::string> metrics_of(const Models& models, const Table& mine) {
  std::vector<std::string> metrics;
  for (const std::string& metric : models.metrics) {
    if (!mine.has(metric)) check_spelling(metric, mine);
    if (mine.has(metric)) metrics.push_back(metric);
  }
  if (metrics.empty())
    throw InputError(Location{mine.source()},
                     "has none of the benchmarks " + join(models.metrics, ", "),
                     did_you_mean(models.metrics.front(), mine.column_names()));
  return metrics;
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

Models with_own_models(const Models& models, const Table& mine, const ScoreOptions& options,
                       std::vector<std::string>& warnings) {
  check_names(models, mine);
  const std::vector<std::string> metrics = metrics_of(models, mine);
  const Models own = models_of(mine, metrics, models.columns, options, warnings);
  if (own.size() == 0)
    throw InputError(Location{mine.source()},
                     "no model has a score on any of " + join(metrics, ", "));
  Models result = models;
  append(result.names, own.names);
  append(result.families, own.families);
  append(result.size_b, own.size_b);
  append(result.tokens_t, own.tokens_t);
  append(result.flops_1e21, own.flops_1e21);
  Matrix scores(result.names.size(), models.metrics.size());
  std::copy(models.scores.values.begin(), models.scores.values.end(), scores.values.begin());
  for (std::size_t j = 0; j < models.metrics.size(); ++j) {
    const auto found = std::find(metrics.begin(), metrics.end(), models.metrics[j]);
    const std::size_t column = static_cast<std::size_t>(found - metrics.begin());
    for (std::size_t i = 0; i < own.size(); ++i)
      scores(models.size() + i, j) = found == metrics.end() ? std::nan("") : own.scores(i, column);
  }
  result.scores = std::move(scores);
  result.table = longer_table(models, own.table);
  return result;
}

}  // namespace rung::observational
