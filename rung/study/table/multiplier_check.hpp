#pragma once
/// Whether a group's multiplier can be told beside parameters of the group's own.

#include "rung/study/table/shared.hpp"

namespace rung::table {

/// InputError where what a multiplier changes, the parameters that are each group's own change as
/// well: E + A / N^alpha with an A of its own takes up any factor on N.
void check_multipliers(const Prepared& prepared, const SharedOptions& shared);

}  // namespace rung::table
