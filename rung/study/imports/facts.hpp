#pragma once
/// A step of study/imports: what a table says of runs besides their logs.

#include "rung/study/imports/imports.hpp"

namespace rung::imports {

/// Sizes, FLOPs and settings of the table take the place of what the runs say, and a warning says
/// so where the two differ; tokens fill in what is missing. InputError with the row for words among
/// numbers, and for rows of one run that differ.
void take_facts(Result& result, const Facts& facts);

}  // namespace rung::imports
