#pragma once
/// From a table as loggers write it, a row an entry, to Runs.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rung/data/run.hpp"
#include "rung/data/table.hpp"

namespace rung {

/// One Run for each name in the column of names ("run", "model", "Name", …), or one called
/// `default_name`; a row a checkpoint, in the table's order. Steps ("step", "_step",
/// "global_step", …), tokens ("n_tokens", "throughput/total_tokens", …), sizes ("n_params",
/// "model/non_embedding_params", …) and FLOPs are known by their usual names, "config." stands
/// before settings, and every other column of numbers is a metric. Of columns of clocks
/// ("_runtime", "_timestamp", …) the best becomes kSeconds.
std::vector<Run> runs_of_log(const Table& table, const std::string& default_name);

/// Is it the name of a clock's column, in seconds or as dates?
bool is_clock(std::string_view column);

/// Rows as they were logged, one after another, until they make a run.
class LoggedRows {
 public:
  void begin_row() { ++n_rows_; }
  /// Has the row that was begun last a value of this name?
  bool has(const std::string& name) const;
  /// By the name of the source's own column.
  void put(const std::string& name, double value);

  bool empty() const { return n_rows_ == 0; }
  /// A name that each row has for itself makes a table that grows with the square of its file.
  bool outgrows(std::size_t n_bytes) const;

  /// Columns by the names that they are known as; those that say one thing of the whole run, such
  /// as its size, by their last value.
  Run run() &&;

 private:
  std::size_t n_rows_ = 0;
  std::map<std::string, std::vector<double>> columns_;
};

/// The name by which a column of a log is known here: "step" for "_step", "n_tokens" for
/// "num_input_tokens_seen"; any other as it is.
std::string known_name(const std::string& column);
/// The same of a table's column: "size" is n_params where its values are such ("190M", 1.9e8) and
/// no other column says it.
std::string known_name(const Table& table, const Column& column);

}  // namespace rung
