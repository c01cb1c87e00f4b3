#pragma once
/// What rung laws says.

#include <vector>

#include "rung/report/document.hpp"
#include "rung/study/table/law_shape.hpp"

namespace rung::table {

/// A line a law.
Document describe(const std::vector<const Law*>& laws);
/// One law in full, with its shape.
Document describe(const Law& law, const LawShape& shape);

}  // namespace rung::table
