#pragma once
/// A run's numbers as CSV, in the columns of the published ladder's runs, so that `rung ladder`
/// reads them as they are.

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace rung::lm {

/// Columns in their order.
using LogRow = std::vector<std::pair<std::string, double>>;

inline constexpr const char* kStepColumn = "_step";

/// A table of rows that grows at its end, one row a step.
class RunLog {
 public:
  explicit RunLog(std::filesystem::path path) : path_(std::move(path)) {}

  /// What was written up to a step stays, for a run that goes on from there. InputError where the
  /// file is none of ours.
  void keep_to(std::int64_t step);
  /// Adds a row; every row has the same columns.
  void add(const LogRow& row);
  /// Puts columns, new or not, into the row of their step, or a new row where there is none.
  void merge(const LogRow& values);
  /// What is written; cells without a number are left out. Empty where there is no file.
  std::vector<LogRow> rows() const;

 private:
  std::filesystem::path path_;
};

}  // namespace rung::lm
