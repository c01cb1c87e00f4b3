#include "rung/study/ladder/blank_cells.hpp"

#include <algorithm>

#include "rung/core/counted.hpp"
#include "rung/study/ladder/series.hpp"

namespace rung::ladder {

void BlankCells::add(const Run& run, std::size_t end, const std::vector<std::string>& columns,
                     const std::vector<std::string>& accuracies) {
  for (const std::string& column : columns) {
    std::vector<std::size_t> blank;
    for (std::size_t row = 0; row < end; ++row) {
      const bool is_evaluated =
          std::any_of(accuracies.begin(), accuracies.end(),
                      [&](const std::string& accuracy) { return has(run, accuracy, row); });
      if (is_evaluated && !has(run, column, row)) blank.push_back(row);
    }
    if (blank.empty()) continue;
    Blanks& all = by_column_[column];
    if (all.n == 0) all.first = checkpoint_name(run, blank.front()) + " of " + run.model;
    all.n += blank.size();
    ++all.n_runs;
  }
}

std::vector<std::string> BlankCells::notes() const {
  std::vector<std::string> notes;
  for (const auto& [column, blanks] : by_column_)
    notes.push_back("without a value of " + column + ", " + counted(blanks.n, "checkpoint") +
                    " of " + counted(blanks.n_runs, "run") + (blanks.n == 1 ? " is" : " are") +
                    " left out, whatever else they have: " +
                    (blanks.n == 1 ? "" : "the first is ") + blanks.first);
  return notes;
}

}  // namespace rung::ladder
