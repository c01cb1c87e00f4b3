#pragma once
/// What rows have in common, though a fit takes them for independent.

#include <string>
#include <vector>

#include "rung/study/table/table_fit.hpp"

namespace rung::table {

/// A column of texts whose values tell runs apart, where the rows of one look like the checkpoints
/// of one run, none of those that the law itself tells apart; "" where there is none.
std::string checkpoint_column(const Prepared& prepared, const Sample& sample,
                              const std::vector<std::string>& told_apart = {});

/// Whether rows look like the checkpoints of runs that no column tells apart.
bool has_unnamed_runs(const Prepared& prepared, const Sample& sample);

/// In words: rows that look like the checkpoints of one run, whose noise they then share: many rows
/// of one value in a column of texts, or next to each other, between which one input grows and the
/// others stay. Columns that the law itself tells apart name no runs.
std::vector<std::string> doubts_of_rows(const Prepared& prepared, const Sample& sample,
                                        const std::vector<std::string>& told_apart = {});

}  // namespace rung::table
