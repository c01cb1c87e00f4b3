#pragma once
/// Metrics that a table holds as one text a row.

#include "rung/data/table.hpp"

namespace rung::decide {

/// In place of a column "metrics" of Python's or JSON's dictionaries, as DataDecide publishes them,
/// a column for each key that holds numbers. Any other table as it is. InputError with the line of
/// what is no dictionary.
Table with_metric_columns(Table table);

}  // namespace rung::decide
