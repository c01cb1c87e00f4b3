#pragma once
/// Rows of a table that repeat another one.

#include <cstddef>
#include <string>

#include "rung/study/table/table_fit.hpp"

namespace rung::table {

/// How many rows agree with an earlier one in every column of the table, read by the law or not.
struct Repeats {
  std::size_t n_rows = 0;  // that weigh
  std::size_t n = 0;
  /// Of the pairs of rows that agree in all else, how many are expected to agree in what was
  /// measured, too: as the scatter of such rows and the last digit that is given have it.
  double n_by_chance = 0;

  /// True of none, too.
  bool may_be_chance() const;
  /// Whether they are no chance, and so many that standard errors are too small by 1% or more.
  bool narrow_intervals() const;
  /// "6 rows repeat another in every column, and each counts as a measurement of its own"
  std::string words() const;
};

Repeats repeats_of(const Prepared& prepared, const Sample& sample);

}  // namespace rung::table
