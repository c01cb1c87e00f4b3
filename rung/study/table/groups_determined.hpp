#pragma once
/// Whether each group of a shared fit determines what is its own.

#include <string>
#include <vector>

#include "rung/study/table/fit_group.hpp"

namespace rung::table {

/// `shared`: all groups as one sample, with the law that they share. InputError with every group
/// that has fewer rows than parameters of its own, or whose rows are all of one cluster, of which a
/// bootstrap may draw none.
void check_groups(const Prepared& prepared, const Prepared& shared,
                  const UncertaintyOptions& options);

/// In words, for each group whose rows leave its own parameters open, which takes the errors of all
/// parameters away.
std::vector<std::string> undetermined_groups(const Prepared& prepared, const Fitted& shared);

}  // namespace rung::table
