#include "rung/data/reader/question_sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "rung/core/text.hpp"
#include "rung/data/questions.hpp"

namespace rung {
namespace {

constexpr std::array<const char*, 5> kRunNames = {"recipe", "size", "task", "seed", "step"};

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

/// A column whose changes are looked for: whole numbers and doubles stay as they are.
std::string key(const SqlColumn& column) {
  if (column.name.empty()) return "CAST(NULL AS VARCHAR)";
  const std::string name = sql_name(column.name);
  for (const char* type :
       {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}) {
    if (column.type == type) return fmt::format("CAST({} AS BIGINT)", name);
  }
  if (column.type == "DOUBLE") return name;
  return column.type == "FLOAT" ? run_text(column, name.c_str())
                                : fmt::format("CAST({} AS VARCHAR)", name);
}

/// A label as the place of the right option from 0; "B" is 1.
std::string place_of_label(const SqlColumn& label) {
  const std::string name = sql_name(label.name);
  return fmt::format("coalesce(TRY_CAST({0} AS BIGINT), ascii(upper(CAST({0} AS VARCHAR))) - 65)",
                     name);
}

/// Numbers of an option, of its row or as members of `o`.
std::string option_numbers(const QuestionColumns& columns) {
  const bool is_list = columns.has_option_lists();
  const auto number = [&](const std::string& name) {
    if (name.empty()) return std::string("CAST(NULL AS DOUBLE)");
    return fmt::format("CAST({}{} AS DOUBLE)", is_list ? "o." : "", sql_name(name));
  };
  std::string text = number(is_list ? "sum_logits" : columns.sum_logits.name);
  for (const SqlColumn& length : columns.lengths) text += ", " + number(length.name);
  return text + ", " + number(columns.sum_logits_uncond.name);
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

std::string options_from(const QuestionColumns& columns, const std::string& file,
                         std::size_t first) {
  std::string text = "SELECT ";
  for (const SqlColumn& column : columns.run) text += key(column) + ", ";
  text += columns.has_option_lists() ? "file_row_number" : key(columns.question);
  text += ", " + (columns.by_label()
                      ? place_of_label(columns.label)
                      : fmt::format("CAST({} AS DOUBLE)", sql_name(columns.is_correct.name)));
  text += ", " + option_numbers(columns) + ", file_row_number FROM ";
  const std::string rows = fmt::format(
      "read_parquet({}, file_row_number = true) WHERE "
      "file_row_number >= {}",
      sql_text(file), first);
  if (!columns.has_option_lists()) return text + rows;
  return text + fmt::format("(SELECT *, unnest({}) AS o FROM {})",
                            sql_name(columns.model_output.name), rows);
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
