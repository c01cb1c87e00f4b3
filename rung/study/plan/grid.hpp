#pragma once
/// Candidate runs from a few words instead of a file.

#include <string>

#include "rung/data/table.hpp"

namespace rung::plan {

/// "N=1e8..1e9:4, ratio=10|20|40, D=ratio*N": every combination of the ranges (LOW..HIGH:COUNT,
/// evenly by logarithm) and lists (A|B|C), a row each; other entries are expressions over the
/// earlier ones. InputError for a range that is not positive and ascending, and for more than a
/// million rows.
Table candidate_grid(const std::string& text);

}  // namespace rung::plan
