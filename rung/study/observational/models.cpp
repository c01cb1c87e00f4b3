#include "rung/study/observational/models.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "rung/core/error.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"

namespace rung::observational {
namespace {

std::vector<std::string> texts(const Table& table, const std::string& name) {
  const Column& column = table.column(name);
  if (const auto* values = std::get_if<std::vector<std::string>>(&column.values)) return *values;
  std::vector<std::string> result;
  for (const double value : std::get<std::vector<double>>(column.values))
    result.push_back(std::isnan(value) ? "" : shortest(value));
  return result;
}

std::vector<double> numbers_or_nan(const Table& table, const std::string& name) {
  if (!table.has(name)) return std::vector<double>(table.n_rows(), std::nan(""));
  return table.numbers(name);
}

/// The first row of each model. Rows that differ are problems.
std::vector<std::size_t> distinct_rows(const Table& table, const std::string& model_column) {
  const std::vector<std::string> names = texts(table, model_column);
  std::unordered_map<std::string, std::size_t> first;
  std::vector<std::size_t> rows;
  std::vector<Problem> problems;
  for (std::size_t row = 0; row < names.size(); ++row) {
    if (trimmed(names[row]).empty()) {
      problems.push_back(
          {table.location(row), "this row has no model in '" + model_column + "'", ""});
      continue;
    }
    const auto [found, is_new] = first.try_emplace(names[row], row);
    if (is_new) {
      rows.push_back(row);
      continue;
    }
    const std::size_t earlier = found->second;
    for (const Column& column : table.columns()) {
      const bool same = std::visit(
          [&](const auto& values) {
            const auto &a = values[earlier], &b = values[row];
            if constexpr (std::is_same_v<std::decay_t<decltype(a)>, double>)
              return a == b || (std::isnan(a) && std::isnan(b));
            else
              return a == b;
          },
          column.values);
      if (same) continue;
      problems.push_back({table.location(row),
                          "model '" + names[row] + "' stands here a second time with another '" +
                              column.name + "'",
                          "keep one row for each model"});
      break;
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return rows;
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 5;
  std::vector<std::string> shown(
      names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(kMost, names.size())));
  std::string text = join(shown, ", ");
  if (names.size() > kMost) text += " and " + std::to_string(names.size() - kMost) + " more";
  return text;
}

/// InputError for scores above the range: moved inside they would count as perfect.
void refuse_scores_above(const Table& table, const std::string& metric,
                         const std::vector<double>& scores, const ScoreOptions& options) {
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!(scores[i] > options.range->second)) continue;
    const std::string ends =
        shortest(options.range->first) + " to " + shortest(options.range->second);
    problems.push_back(
        {table.location(i),
         "'" + metric + "' is " + significant(scores[i]) + ", and scores lie from " + ends,
         "a column is of shares or of percentages, not of both; --score-range says "
         "where others lie"});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

/// Moves scores below the range to its begin, and says so.
void lift_scores_below(const std::string& metric, const std::vector<std::string>& models,
                       const ScoreOptions& options, std::vector<double>& scores,
                       std::vector<std::string>& warnings) {
  const double least = options.range->first;
  std::vector<std::string> below;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!(scores[i] < least)) continue;
    below.push_back(models[i] + " (" + significant(scores[i]) + ")");
    scores[i] = least;
  }
  if (!below.empty())
    warnings.push_back(metric + " lies below " + shortest(least) + " and counts as " +
                       shortest(least) + " for " + listed(below));
}

/// Turns a column of percent into shares; whether it was one.
bool take_percent(const std::string& metric, const ScoreOptions& options,
                  std::vector<double>& scores, std::vector<std::string>& warnings) {
  if (!options.range || options.range->second != 1 || !looks_like_percent(scores)) return false;
  for (double& score : scores) score /= 100;
  warnings.push_back(metric + " is in percent and was divided by 100");
  return true;
}

/// Sizes, tokens and FLOPs: a logarithm is taken of them.
std::vector<double> counts_or_nan(const Table& table, const std::string& column) {
  std::vector<double> counts = numbers_or_nan(table, column);
  for (std::size_t row = 0; row < counts.size(); ++row) {
    if (std::isnan(counts[row]) || (counts[row] > 0 && std::isfinite(counts[row]))) continue;
    throw InputError(table.location(row),
                     "'" + column + "' must be a number above 0, not " + shortest(counts[row]),
                     "leave the cell empty where it is not known");
  }
  return counts;
}

Matrix read_scores(const Table& table, const std::vector<std::string>& metrics,
                   const std::vector<std::string>& models, const ScoreOptions& options,
                   std::vector<std::string>& warnings) {
  std::vector<Problem> problems;
  for (const std::string& metric : metrics) {
    if (table.has(metric)) continue;
    problems.push_back({{table.source(), 0, 0},
                        "there is no column '" + metric + "'",
                        did_you_mean(metric, table.column_names())});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  Matrix scores(table.n_rows(), metrics.size());
  std::vector<std::string> in_percent, in_shares;
  for (std::size_t j = 0; j < metrics.size(); ++j) {
    std::vector<double> column = table.numbers(metrics[j]);
    table.refuse_infinities(table.column(metrics[j]));
    const bool percent = take_percent(metrics[j], options, column, warnings);
    (percent ? in_percent : in_shares).push_back(metrics[j]);
    if (options.range) {
      refuse_scores_above(table, metrics[j], column, options);
      lift_scores_below(metrics[j], models, options, column, warnings);
    }
    bool any = false;
    for (std::size_t i = 0; i < column.size(); ++i) {
      scores(i, j) = column[i];
      any = any || !std::isnan(column[i]);
    }
    if (!any)
      problems.push_back({{table.source(), 0, 0},
                          "no model has a score in '" + metrics[j] + "'",
                          "leave the metric out (--metrics)"});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  if (!in_percent.empty() && !in_shares.empty())
    warnings.push_back(listed(in_shares) + (in_shares.size() > 1 ? " are" : " is") +
                       " taken for shares, though " + listed(in_percent) +
                       (in_percent.size() > 1 ? " are" : " is") + " in percent");
  return scores;
}

std::vector<std::size_t> with_any_score(const Models& models, std::vector<std::string>& warnings) {
  std::vector<std::size_t> rows;
  std::vector<std::string> without;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const auto scores = models.scores.row(i);
    const bool any =
        std::any_of(scores.begin(), scores.end(), [](double score) { return !std::isnan(score); });
    if (any) {
      rows.push_back(i);
    } else {
      without.push_back(models.names[i]);
    }
  }
  if (!without.empty())
    warnings.push_back("left out, without a score on any of the metrics: " + listed(without));
  return rows;
}

template <class T>
std::vector<T> picked(const std::vector<T>& values, const std::vector<std::size_t>& rows) {
  std::vector<T> result;
  for (const std::size_t row : rows) result.push_back(values[row]);
  return result;
}

}  // namespace

Models Models::rows(const std::vector<std::size_t>& which) const {
  Models result;
  result.columns = columns;
  result.names = picked(names, which);
  result.families = picked(families, which);
  result.size_b = picked(size_b, which);
  result.tokens_t = picked(tokens_t, which);
  result.flops_1e21 = picked(flops_1e21, which);
  result.metrics = metrics;
  result.scores = scores.rows(which);
  result.table = select_rows(table, which);
  return result;
}

std::vector<double> Models::values(const std::string& column) const {
  if (column == "size") return size_b;
  if (column == "tokens") return tokens_t;
  if (column == "flops") return flops_1e21;
  for (std::size_t j = 0; j < metrics.size(); ++j) {
    if (metrics[j] == column) return scores.column(j);
  }
  return table.numbers(column);
}

std::vector<std::size_t> Models::of_family(const std::string& family) const {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < size(); ++i) {
    if (families[i] == family) rows.push_back(i);
  }
  return rows;
}

bool Models::has_family(std::size_t row) const { return families[row] != names[row]; }

std::vector<std::string> Models::distinct_families() const {
  std::vector<std::string> distinct;
  std::set<std::string> seen;
  for (const std::string& family : families) {
    if (seen.insert(family).second) distinct.push_back(family);
  }
  return distinct;
}

std::optional<std::size_t> Models::find(const std::string& name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

Models models_of(const Table& table, const std::vector<std::string>& metrics,
                 const ModelColumns& columns, const ScoreOptions& options,
                 std::vector<std::string>& warnings) {
  Models models;
  models.columns = columns;
  models.table = select_rows(table, distinct_rows(table, columns.model));
  const Table& rows = models.table;
  models.names = texts(rows, columns.model);
  models.families = rows.has(columns.family) ? texts(rows, columns.family)
                                             : std::vector<std::string>(models.names.size());
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (trimmed(models.families[i]).empty()) models.families[i] = models.names[i];
  }
  models.size_b = counts_or_nan(rows, columns.size_b);
  models.tokens_t = counts_or_nan(rows, columns.tokens_t);
  models.flops_1e21 = counts_or_nan(rows, columns.flops_1e21);
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (std::isnan(models.flops_1e21[i]))
      models.flops_1e21[i] = 6 * models.size_b[i] * models.tokens_t[i];
  }
  models.metrics = metrics;
  models.scores = read_scores(rows, metrics, models.names, options, warnings);
  return models.rows(with_any_score(models, warnings));
}

Models models_of_set(const Models& models, const ModelSet& set) {
  const auto holds = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const std::string& family = models.families[i];
    if (!set.families.empty() && !holds(set.families, family)) continue;
    if (holds(set.without_families, family) || holds(set.without_models, models.names[i])) continue;
    rows.push_back(i);
  }
  if (rows.empty())
    throw InputError(
        "none of the " + std::to_string(models.size()) + " models of the table is in this set",
        "sets go by '" + models.columns.family + "' (rung observe sets)");
  return models.rows(rows);
}

Models with_families(const Models& models, const std::vector<std::string>& families) {
  const std::vector<std::string> known = models.distinct_families();
  std::vector<Problem> problems;
  for (const std::string& family : families) {
    if (std::find(known.begin(), known.end(), family) == known.end())
      problems.push_back(
          {{}, "no model is of the family '" + family + "'", did_you_mean(family, known)});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (std::find(families.begin(), families.end(), models.families[i]) != families.end())
      rows.push_back(i);
  }
  return models.rows(rows);
}

}  // namespace rung::observational
