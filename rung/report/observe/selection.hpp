#pragma once
/// A choice of families as a document.

#include "rung/report/document.hpp"
#include "rung/study/observational/selection.hpp"

namespace rung::observational {

Document describe(const Selection& found);

}  // namespace rung::observational
