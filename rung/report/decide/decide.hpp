#pragma once
/// What rung decide found, in words and tables.

#include "rung/report/document.hpp"
#include "rung/study/decide/decide.hpp"

namespace rung::decide {

/// `shown_task`: the task whose decision and scores the tables show; "": all tasks together, or the
/// only one. JSON and CSV have every task.
Document describe(const Result& result, const std::string& shown_task);

}  // namespace rung::decide
