#pragma once
/// What was imported, as a document; its rows are the tidy table.

#include "rung/report/document.hpp"
#include "rung/study/imports/imports.hpp"

namespace rung::imports {

Document describe(const Result& result);

}  // namespace rung::imports
