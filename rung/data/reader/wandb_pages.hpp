#pragma once
/// Pages of a run's history that have come: in memory, and in a file from which a later call goes
/// on.

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace rung {

/// The rows of steps [begin, end), as JSON.
struct HistoryPage {
  double begin = 0, end = 0;
  std::vector<std::string> rows;
};

/// A run's rows by their steps: a row that comes again takes its own place.
class HistoryRows {
 public:
  /// Those that `file` has; a last line that is not whole, as when the program was ended while it
  /// wrote, is left out. "": no file.
  explicit HistoryRows(std::filesystem::path file);

  /// Is all of these steps there?
  bool has(double begin, double end) const;
  /// Keeps a page, first in the file.
  void add(const HistoryPage& page);

  std::size_t size() const { return rows_.size(); }
  /// In the order of their steps.
  const std::map<double, std::string>& rows() const { return rows_; }

 private:
  void take(const HistoryPage& page);

  std::filesystem::path file_;
  std::map<double, double> pages_;  // begin to end
  std::map<double, std::string> rows_;
};

}  // namespace rung
