#pragma once
/// `rung observe demo` as a document.

#include "rung/report/document.hpp"
#include "rung/study/observational/demo.hpp"

namespace rung::observational {

Document describe(const Demo& demo);

}  // namespace rung::observational
