#pragma once
/// What laws of learning-rate schedules take, from a column of learning rates.

#include <string>
#include <vector>

#include "rung/data/table.hpp"

namespace rung::table {

/// Where a table says the schedule: all of a run's rows, in any order.
struct ScheduleColumns {
  std::string rate;  // an expression
  std::string step;  // an expression
  std::string run;   // a column; "": all rows are of one run
};

/// One run's learning rate: rates[i] holds for the steps after steps[i - 1] up to steps[i], from 0
/// on; steps rise.
struct Schedule {
  std::vector<double> steps, rates;
};

/// Of a schedule up to one of its rows: sums of the rate and of the annealing momentum of Tissue et
/// al. 2024 (arXiv:2408.11029), which decays by 0.999 a step and gains what the rate has fallen
/// since its peak.
struct AnnealingSums {
  double rate = 0, momentum = 0;
};
std::vector<AnnealingSums> annealing_sums(const Schedule& schedule);

/// The falls of the rate since its peak up to row `last` in `n` parts of equal fall, each at its
/// mean place; parts without a fall have none.
struct AnnealingPart {
  double fall = 0, rate = 0, since = 0;  // by how much, to what, and the rate summed from there on
};
std::vector<AnnealingPart> annealing_parts(const Schedule& schedule,
                                           const std::vector<AnnealingSums>& sums, std::size_t last,
                                           std::size_t n);

/// The table with columns S1 and S2 (annealing_sums) and, for `n_parts`, d1, e1, T1, d2, …
/// InputError for rates or steps that are not numbers from 0 on, or steps that stand twice.
Table with_schedule(Table table, const ScheduleColumns& columns, std::size_t n_parts);

}  // namespace rung::table
