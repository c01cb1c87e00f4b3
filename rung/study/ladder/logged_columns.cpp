#include "rung/study/ladder/logged_columns.hpp"

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/imported.hpp"

namespace rung::ladder {
namespace {

/// What stands beside a score and is none itself.
bool is_about_a_score(const std::string& column) {
  return is_place(column) || column.ends_with("_stderr") || column.ends_with("_n");
}

}  // namespace

LoggedColumns columns_of_runs(const std::vector<Run>& runs) {
  LoggedColumns columns;
  for (const Run& run : runs) {
    for (const auto& [column, values] : run.metrics) {
      if (!is_about_a_score(column)) columns.insert(column);
    }
  }
  return columns;
}

std::string column_meant(const std::string& meant, const char* option,
                         const LoggedColumns& columns) {
  if (columns.count(meant) > 0) return meant;
  std::vector<std::string> found;
  for (const std::string& column : columns) {
    if (column.find(meant) != std::string::npos) found.push_back(column);
  }
  if (found.size() == 1) return found.front();
  std::vector<std::string> ending;
  for (const std::string& column : found) {
    if (column.ends_with("/" + meant)) ending.push_back(column);
  }
  if (ending.size() == 1) return ending.front();
  const std::vector<std::string> all(columns.begin(), columns.end());
  const std::string which = std::string(option) + " '" + meant + "'";
  if (found.empty()) {
    const std::string near = did_you_mean(meant, all);
    throw InputError(which + " is in no column's name",
                     near + (near.empty() ? "" : " ") + "there are: " + join(all, ", "));
  }
  throw InputError(which + " may mean " + join(found, " or "), "give the whole name");
}

}  // namespace rung::ladder
