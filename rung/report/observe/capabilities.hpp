#pragma once
/// Capability measures as a document.

#include "rung/report/document.hpp"
#include "rung/study/observational/capabilities.hpp"

namespace rung::observational {

Document describe(const Capabilities& found);

/// Lines of one value, by scale: the table that `describe` ends with.
TextTable family_lines_table(const Capabilities& found, const std::string& value);

}  // namespace rung::observational
