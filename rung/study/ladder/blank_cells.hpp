#pragma once
/// Checkpoints inside logged runs that lack one of the columns, so that they are left out.

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "rung/data/run.hpp"

namespace rung::ladder {

class BlankCells {
 public:
  /// A run whose last checkpoint with all of `columns` is row `end`: rows before it that have one
  /// of `accuracies` and lack another column. Losses alone are no evaluated checkpoints.
  void add(const Run& run, std::size_t end, const std::vector<std::string>& columns,
           const std::vector<std::string>& accuracies);

  /// A sentence for each column that cells are blank in.
  std::vector<std::string> notes() const;

 private:
  struct Blanks {
    std::string first;  // which checkpoint of which run
    std::size_t n = 0, n_runs = 0;
  };
  std::map<std::string, Blanks> by_column_;
};

}  // namespace rung::ladder
