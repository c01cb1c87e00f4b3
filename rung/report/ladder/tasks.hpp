#pragma once
/// The tasks and sets that `-k` may name.

#include "rung/report/document.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::ladder {

Document describe_tasks(const Catalogue& catalogue);

}  // namespace rung::ladder
