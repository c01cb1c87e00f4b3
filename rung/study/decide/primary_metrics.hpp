#pragma once
/// Each task's own metric.

#include "rung/data/table.hpp"

namespace rung::decide {

/// The table, of a row a run and task, with a column primary_metric: of each task the metric that
/// OLMES takes (rung/study/decide/primary_metrics.toml), else acc_raw. What follows ":" in a task's
/// name does not count.
Table with_primary_metric(Table table);

}  // namespace rung::decide
