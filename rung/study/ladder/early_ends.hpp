#pragma once
/// Logged runs that go on behind the last checkpoint which has all columns.

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "rung/data/run.hpp"

namespace rung::ladder {

class EarlyEnds {
 public:
  /// A run whose last checkpoint with all of `columns` is row `end`. It goes on where rows behind
  /// it have some of the columns, or as many tokens follow as lie between that row and the last
  /// before it that has them all; by more than 1% of its tokens.
  void add(const Run& run, std::size_t end, const std::vector<std::string>& columns);

  /// A sentence for runs that lack the same.
  std::vector<std::string> notes() const;

 private:
  struct EarlyEnd {
    std::string first;  // what there is to say of the first run
    std::size_t n_more = 0;
  };
  std::map<std::string, EarlyEnd> by_missing_;
};

}  // namespace rung::ladder
