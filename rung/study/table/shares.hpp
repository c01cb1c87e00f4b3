#pragma once
/// Which values a fitted quantity can take: shares of questions go from 0 to 1.

#include <optional>

#include "rung/fit/fitted.hpp"
#include "rung/study/table/table_fit.hpp"

namespace rung::table {

/// Absent where nothing is known. A column that is called an accuracy, an error rate or an exact
/// match (all of them, where the law predicts an accuracy) and goes from 0 to 1 holds shares; what
/// is linear in such columns, such as 1 - accuracy, has the ends that follow. One in percent counts
/// where what is computed of it goes from 0 to 1.
std::optional<ValueRange> possible_values(const Prepared& prepared, const Request& request,
                                          const Sample& sample);

}  // namespace rung::table
