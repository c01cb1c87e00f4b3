#include "rung/study/ladder/early_ends.hpp"

#include <algorithm>
#include <set>

#include "rung/core/counted.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/study/ladder/series.hpp"

namespace rung::ladder {
namespace {

/// Tokens between a checkpoint that has all columns and the one before it; infinite for the first.
double spacing(const Run& run, std::size_t end, const std::vector<std::string>& columns) {
  for (std::size_t row = end; row-- > 0;) {
    const bool is_whole =
        std::all_of(columns.begin(), columns.end(),
                    [&](const std::string& column) { return has(run, column, row); });
    if (is_whole && run.n_tokens[row] < run.n_tokens[end])
      return run.n_tokens[end] - run.n_tokens[row];
  }
  return kInfinity;
}

}  // namespace

void EarlyEnds::add(const Run& run, std::size_t end, const std::vector<std::string>& columns) {
  constexpr double kLeastShare = 0.01, kOfSpacing = 0.9;
  std::size_t last = end;
  std::set<std::string> there;
  for (std::size_t row = end + 1; row < run.n_rows(); ++row) {
    if (run.n_tokens[row] > run.n_tokens[last]) last = row;
    for (const std::string& column : columns) {
      if (has(run, column, row)) there.insert(column);
    }
  }
  const double further = run.n_tokens[last] - run.n_tokens[end];
  if (further <= kLeastShare * run.n_tokens[end] ||
      (there.empty() && further < kOfSpacing * spacing(run, end, columns)))
    return;
  std::vector<std::string> missing;
  for (const std::string& column : columns) {
    if (there.count(column) == 0) missing.push_back(column);
  }
  const std::string lacks = missing.empty() ? "checkpoint with all of " + join(columns, ", ")
                                            : "value of " + join(missing, ", ");
  const auto [early, is_new] = by_missing_.try_emplace(lacks);
  if (is_new) {
    early->second.first = run.model + " has no " + lacks + " behind " + checkpoint_name(run, end) +
                          ", and ends there instead of at " + checkpoint_name(run, last);
  } else {
    ++early->second.n_more;
  }
}

std::vector<std::string> EarlyEnds::notes() const {
  std::vector<std::string> notes;
  for (const auto& [lacks, early] : by_missing_)
    notes.push_back(early.first +
                    (early.n_more > 0 ? "; likewise " + counted(early.n_more, "more run") : ""));
  return notes;
}

}  // namespace rung::ladder
