#pragma once
/// Whether each group of a shared fit determines what is its own.

#include "rung/study/table/fit_group.hpp"

namespace rung::table {

/// `shared`: all groups as one sample, with the law that they share. InputError with every group
/// whose rows do not tell its own parameters and multipliers apart (too few rows, an input that is
/// constant there, an A of its own that takes up any factor on N), which would take the errors of
/// all groups away; or whose rows are all of one cluster, of which a bootstrap may draw none.
void check_groups(const Prepared& prepared, const Prepared& shared,
                  const UncertaintyOptions& options);

}  // namespace rung::table
