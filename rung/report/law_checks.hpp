#pragma once
/// The checks of laws as a document.

#include <span>

#include "rung/report/document.hpp"
#include "rung/study/laws/check.hpp"

namespace rung::laws {

/// Usable where no check fails.
Document describe(std::span<const CheckedLaw> laws);

}  // namespace rung::laws
