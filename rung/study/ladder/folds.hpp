#pragma once
/// Rolling forward inside a training ladder: fit on its smaller or shorter runs, predict the larger
/// or longer ones. No target is ever looked at.

#include <span>
#include <string>
#include <vector>

#include "rung/study/ladder/members.hpp"

namespace rung::ladder {

struct Fold {
  std::string name;                // "sizes up to the largest but one"
  std::vector<std::size_t> train;  // indices into `runs`, ascending
  std::vector<std::size_t> test;
};

/// At most seven: the largest size held out, and the larger half of the sizes; the greatest length
/// (tokens per parameter) held out, and the longer half; the largest size at the greatest length
/// from runs below both; the upper decade of compute (from an eighth of the greatest), and the top
/// (from a third) from runs below a 25th. Folds with fewer than `n_least` training runs, with
/// nothing to test, or that another one equals, are left out.
std::vector<Fold> rolling_folds(std::span<const Scale> runs, std::size_t n_least = 7);

}  // namespace rung::ladder
