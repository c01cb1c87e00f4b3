#pragma once
/// Whether groups are as alike as one law for all of them, or for its parameters, says they are.

#include <optional>
#include <string>

#include "rung/study/table/shared.hpp"

namespace rung::table {

/// How probable it is that groups as alike as the shared fit has them scatter as much about it: the
/// tail of the F test of each group's own fit against the shared one, its ratio for a robust loss
/// as Ronchetti's (1982) "Robust testing in linear models: the infinitesimal approach". Absent
/// where nothing can be said: with priors, without noise, where rows only just determine groups.
/// Rows are taken for independent.
std::optional<double> chance_of_alike(const Prepared& prepared, const SharedFit& shared,
                                      const Request& of_group);

/// In words, where that chance is below 1%; else "".
std::string doubt_of_sharing(const Prepared& prepared, const SharedFit& shared,
                             const Request& of_group);

}  // namespace rung::table
