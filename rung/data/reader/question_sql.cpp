#include "rung/data/reader/question_sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "rung/core/text.hpp"
#include "rung/data/questions.hpp"

namespace rung {
namespace {

constexpr std::array<const char*, 5> kRunNames = {"recipe", "size", "task", "seed", "step"};
/// A score per token, character and byte, as columns of the inner queries.
constexpr std::array<const char*, 4> kScores = {"s", "t", "c", "b"};

SqlColumn first_of(const std::vector<SqlColumn>& columns,
                   std::initializer_list<const char*> names) {
  for (const char* name : names) {
    for (const SqlColumn& column : columns) {
      if (column.name == name) return column;
    }
  }
  return {};
}

std::string member_list(const SqlColumn& list) {
  return list.type.ends_with("[]") ? list.type : "";
}

bool has_member(const SqlColumn& list, const char* name) {
  const std::string members = member_list(list);
  return members.find("(" + std::string(name) + " ") != std::string::npos ||
         members.find(", " + std::string(name) + " ") != std::string::npos;
}

bool is_metric(const SqlColumn& column) {
  return column.type == "BOOLEAN" || column.type == "FLOAT" || column.type == "DOUBLE" ||
         column.type.ends_with("INT") || column.type.ends_with("INTEGER") ||
         column.type.starts_with("DECIMAL(");
}

/// A run's name as text; whole numbers without a point, whatever their type.
std::string run_text(const SqlColumn& column, const char* name) {
  if (column.name.empty()) return "''";
  const std::string text = fmt::format("coalesce(CAST({} AS VARCHAR), '')", name);
  if (column.type != "DOUBLE" && column.type != "FLOAT") return text;
  return fmt::format(
      "CASE WHEN {0} = trunc({0}) AND abs({0}) < 1e15 THEN CAST(CAST({0} AS BIGINT) AS VARCHAR) "
      "ELSE {1} END",
      name, text);
}

/// "mix AS recipe, …" of the columns that are there.
std::string run_columns(const QuestionColumns& columns) {
  std::string text;
  for (std::size_t i = 0; i < kRunNames.size(); ++i) {
    if (!columns.run[i].name.empty())
      text += fmt::format("{} AS {}, ", sql_name(columns.run[i].name), kRunNames[i]);
  }
  return text;
}

std::string run_names(const QuestionColumns& columns) {
  std::string text;
  for (std::size_t i = 0; i < kRunNames.size(); ++i) {
    if (!columns.run[i].name.empty()) text += std::string(kRunNames[i]) + ", ";
  }
  return text;
}

std::string run_texts(const QuestionColumns& columns) {
  std::string text;
  for (std::size_t i = 0; i < kRunNames.size(); ++i)
    text += fmt::format("{} AS {}, ", run_text(columns.run[i], kRunNames[i]), kRunNames[i]);
  return text;
}

std::string rows_of(const std::string& file, const RowRange& range) {
  return fmt::format(
      "read_parquet({}, file_row_number = true) WHERE file_row_number >= {} AND "
      "file_row_number < {}",
      sql_text(file), range.first, range.last);
}

/// A label as the place of the right option from 0; "B" is 1.
std::string place_of_label(const SqlColumn& label) {
  const std::string name = sql_name(label.name);
  return fmt::format("coalesce(TRY_CAST({0} AS BIGINT), ascii(upper(CAST({0} AS VARCHAR))) - 65)",
                     name);
}

/// Only finite scores count.
std::string score(const std::string& value, const char* name) {
  return fmt::format("CASE WHEN isfinite({0}) THEN {0} END AS {1}", value, name);
}

/// Scores of an option from its numbers, named by `of`.
template <class NameOf>
std::string scores(const QuestionColumns& columns, NameOf of) {
  const std::string sum = fmt::format("CAST({} AS DOUBLE)", of("sum_logits"));
  std::string text = score(sum, "s");
  for (std::size_t i = 0; i < columns.lengths.size(); ++i) {
    const char* const name = kScores[i + 1];
    text += ", " + (columns.lengths[i].name.empty()
                        ? fmt::format("CAST(NULL AS DOUBLE) AS {}", name)
                        : score(fmt::format("({} / {})", sum, of(columns.lengths[i].name)), name));
  }
  const std::string& uncond = columns.sum_logits_uncond.name;
  text += ", " + (uncond.empty() ? "CAST(NULL AS DOUBLE) AS u"
                                 : score(fmt::format("({} - {})", sum, of(uncond)), "u"));
  return text;
}

/// An option a row: run, q (the question), r (is it right), scores.
std::string option_rows(const QuestionColumns& columns, const std::string& file,
                        const RowRange& range) {
  if (columns.has_option_lists()) {
    const auto of = [](const std::string& name) { return "o." + sql_name(name); };
    return fmt::format(
        "SELECT {}q, place = {} AS r, {} FROM (SELECT *, file_row_number AS q, "
        "unnest({}) AS o, generate_subscripts({}, 1) - 1 AS place FROM {})",
        run_columns(columns), place_of_label(columns.label), scores(columns, of),
        sql_name(columns.model_output.name), sql_name(columns.model_output.name),
        rows_of(file, range));
  }
  const auto of = [](const std::string& name) { return sql_name(name); };
  const std::string question = sql_name(columns.question.name);
  if (!columns.is_correct.name.empty()) {
    return fmt::format("SELECT {}{} AS q, coalesce(CAST({} AS DOUBLE) = 1, false) AS r, {} FROM {}",
                       run_columns(columns), question, sql_name(columns.is_correct.name),
                       scores(columns, of), rows_of(file, range));
  }
  std::string same;  // for rows of one question
  for (const SqlColumn& column : columns.run) {
    if (!column.name.empty()) same += sql_name(column.name) + ", ";
  }
  return fmt::format(
      "SELECT {0}{1} AS q, row_number() OVER (PARTITION BY {2}{1} ORDER BY file_row_number) - 1 = "
      "{3} AS r, {4} FROM {5}",
      run_columns(columns), question, same, place_of_label(columns.label), scores(columns, of),
      rows_of(file, range));
}

/// Sums of exponentials are of scores moved up by so much: from 1e3 nats below on they would be 0.
/// Beyond that, the two most probable options stand for all.
constexpr const char* kMoved = "350";

/// A question a row: of each score x the right one's (x_r), the best other (x_o), the sum of
/// exponentials (x_e), whether the right one is the first of the greatest (x_h).
std::string question_rows(const QuestionColumns& columns, const std::string& file,
                          const RowRange& range) {
  std::string text = fmt::format(
      "SELECT {}q, count(*) FILTER (r) AS n_right, count(*) AS n, max(u) FILTER (r) AS u_r, "
      "max(u) FILTER (NOT r) AS u_o, arg_max(r, u) AS u_h, count(u) AS u_n",
      run_names(columns));
  for (const char* x : kScores) {
    text += fmt::format(
        ", max({0}) FILTER (r) AS {0}_r, max({0}) FILTER (NOT r) AS {0}_o, sum(exp({0} + {1})) AS "
        "{0}_e, arg_max(r, {0}) AS {0}_h, count({0}) AS {0}_n",
        x, kMoved);
  }
  return text + fmt::format(" FROM ({}) GROUP BY {}q", option_rows(columns, file, range),
                            run_names(columns));
}

/// Each metric of a question, in the order of question_metric_names(); NULL where it lacks what it
/// needs.
std::vector<std::string> metric_expressions() {
  std::vector<std::string> metrics;
  for (const char* x : kScores) {
    const auto add = [&](const char* expression) {
      metrics.push_back(
          "CASE WHEN " + std::string(x) + "_n = n THEN " +
          fmt::format(fmt::runtime(expression), fmt::arg("x", x), fmt::arg("moved", kMoved)) +
          " END");
    };
    add("exp({x}_r)");
    add("exp({x}_r) - exp({x}_o)");
    add("{x}_e * exp(-{moved})");
    add("CASE WHEN {x}_e > 1e-290 AND {x}_e < 1e300 THEN exp({x}_r + {moved}) / {x}_e "
        "ELSE exp({x}_r - greatest({x}_r, {x}_o)) / (1 + exp(-abs({x}_r - {x}_o))) END");
    add("CAST({x}_h AS DOUBLE)");
  }
  metrics.emplace_back("CASE WHEN u_n = n THEN CAST(u_h AS DOUBLE) END");
  metrics.emplace_back("-b_r / ln(2)");
  return metrics;
}

}  // namespace

bool QuestionColumns::has_option_lists() const {
  return has_member(model_output, "sum_logits") && !label.name.empty();
}

QuestionColumns question_columns(const std::vector<SqlColumn>& columns) {
  QuestionColumns found;
  found.run = {first_of(columns, {"recipe", "mix", "data", "group", "family"}),
               first_of(columns, {"size", "params", "model_size"}),
               first_of(columns, {"task", "benchmark"}), first_of(columns, {"seed"}),
               first_of(columns, {"step"})};
  found.question = first_of(columns, {"question", "instance", "doc_id", "native_id"});
  found.label = first_of(columns, {"label"});
  found.is_correct = first_of(columns, {"is_correct"});
  found.model_output = first_of(columns, {"model_output"});
  found.sum_logits = first_of(columns, {"sum_logits"});
  found.sum_logits_uncond = first_of(columns, {"sum_logits_uncond"});
  found.lengths = {first_of(columns, {"num_tokens"}), first_of(columns, {"num_chars"}),
                   first_of(columns, {"num_bytes"})};
  if (found.has_option_lists()) {
    const auto member = [&](const char* name) {
      return has_member(found.model_output, name) ? SqlColumn{name, "DOUBLE"} : SqlColumn{};
    };
    found.lengths = {member("num_tokens"), member("num_chars"), member("num_bytes")};
    found.sum_logits_uncond = member("sum_logits_uncond");
  }
  for (const SqlColumn& column : columns) {
    const bool is_run = std::any_of(found.run.begin(), found.run.end(),
                                    [&](const SqlColumn& run) { return run.name == column.name; });
    if (!is_run && column.name != found.question.name && column.name != found.label.name &&
        is_metric(column))
      found.metrics.push_back(column);
  }
  return found;
}

std::string sums_of_options(const QuestionColumns& columns, const std::string& file,
                            RowRange range) {
  std::string text = "SELECT " + run_texts(columns) +
                     "CAST(count(*) AS DOUBLE), CAST(count(*) FILTER (n_right <> 1) AS DOUBLE), "
                     "coalesce(CAST(min(q) FILTER (n_right <> 1) AS VARCHAR), '')";
  for (const std::string& metric : metric_expressions())
    text += ", fsum(" + metric + "), CAST(count(" + metric + ") AS DOUBLE)";
  text += " FROM (" + question_rows(columns, file, range) + ")";
  const std::string names = run_names(columns);
  return names.empty() ? text : text + " GROUP BY " + names.substr(0, names.size() - 2);
}

std::string next_question(const QuestionColumns& columns, const std::string& file, std::size_t row,
                          std::size_t n_most) {
  if (columns.has_option_lists()) return fmt::format("SELECT CAST({} AS DOUBLE)", row);
  std::string ours, theirs;
  for (const SqlColumn& column : columns.run) {
    if (column.name.empty()) continue;
    ours += "w." + sql_name(column.name) + ", ";
    theirs += "p." + sql_name(column.name) + ", ";
  }
  ours += "w." + sql_name(columns.question.name);
  theirs += "p." + sql_name(columns.question.name);
  return fmt::format(
      "WITH w AS (SELECT * FROM {}), p AS (SELECT * FROM w WHERE file_row_number = {}) "
      "SELECT CAST(min(w.file_row_number) AS DOUBLE) FROM w, p WHERE ({}) IS DISTINCT FROM ({})",
      rows_of(file, {row - 1, row + n_most}), row - 1, ours, theirs);
}

std::string means_of_metrics(const QuestionColumns& columns, const std::string& file) {
  std::string text = "SELECT ";
  for (std::size_t i = 0; i < kRunNames.size(); ++i) {
    if (columns.run[i].name.empty()) continue;
    const std::string name = sql_name(columns.run[i].name);
    // The step stays a number, which orders checkpoints.
    text += (i + 1 == kRunNames.size() ? name : run_text(columns.run[i], name.c_str())) + " AS " +
            kRunNames[i] + ", ";
  }
  text += "count(*) AS n_questions";
  for (const SqlColumn& metric : columns.metrics) {
    text += fmt::format(", fsum(CAST({0} AS DOUBLE)) / count({0}) AS {0}", sql_name(metric.name));
  }
  text += " FROM read_parquet(" + sql_text(file) + ")";
  std::string groups;
  for (const SqlColumn& column : columns.run) {
    if (!column.name.empty()) groups += (groups.empty() ? "" : ", ") + sql_name(column.name);
  }
  return groups.empty() ? text : text + " GROUP BY " + groups + " ORDER BY " + groups;
}

}  // namespace rung
