#include "rung/study/table/schedule.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/expression.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/data/group.hpp"
#include "rung/data/select.hpp"

namespace rung::table {
namespace {

std::size_t peak_of(const Schedule& schedule) {
  return static_cast<std::size_t>(std::max_element(schedule.rates.begin(), schedule.rates.end()) -
                                  schedule.rates.begin());
}

double span_of(const Schedule& schedule, std::size_t row) {
  return schedule.steps[row] - (row > 0 ? schedule.steps[row - 1] : 0);
}

/// By how much the rate falls to this row; 0 up to the peak, where it warms up.
double fall_to(const Schedule& schedule, std::size_t row, std::size_t peak) {
  return row > peak ? schedule.rates[row - 1] - schedule.rates[row] : 0;
}

void check(const Table& table, std::size_t row, double value, const std::string& what) {
  if (value >= 0 && std::isfinite(value)) return;
  throw InputError(table.location(row), what + " is " + shortest(value),
                   "--schedule needs the learning rate and the step of every row of a run");
}

/// The rows of a run by their steps.
std::vector<std::size_t> rows_by_step(const Table& table, std::vector<std::size_t> rows,
                                      const std::vector<double>& steps) {
  std::stable_sort(rows.begin(), rows.end(),
                   [&](std::size_t a, std::size_t b) { return steps[a] < steps[b]; });
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (steps[rows[i]] > steps[rows[i - 1]]) continue;
    throw InputError(table.location(rows[i]),
                     "step " + shortest(steps[rows[i]]) + " stands twice in one run",
                     "say with --run which column tells runs apart");
  }
  return rows;
}

struct Columns {
  std::vector<double> s1, s2;
  std::vector<std::vector<double>> falls, rates, since;  // by part
};

}  // namespace

std::vector<AnnealingSums> annealing_sums(const Schedule& schedule) {
  constexpr double kDecay = 0.999;
  const std::size_t peak = peak_of(schedule);
  std::vector<AnnealingSums> sums(schedule.rates.size());
  AnnealingSums so_far;
  double momentum = 0;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double n = span_of(schedule, i);
    so_far.rate += schedule.rates[i] * n;
    // The rate falls at the first of the row's steps; the momentum then decays.
    const double first = kDecay * momentum + fall_to(schedule, i, peak);
    so_far.momentum += first * (1 - std::pow(kDecay, n)) / (1 - kDecay);
    if (n > 0) momentum = first * std::pow(kDecay, n - 1);
    sums[i] = so_far;
  }
  return sums;
}

std::vector<AnnealingPart> annealing_parts(const Schedule& schedule,
                                           const std::vector<AnnealingSums>& sums, std::size_t last,
                                           std::size_t n) {
  const std::size_t peak = peak_of(schedule);
  double total = 0;
  std::size_t n_falls = 0;
  for (std::size_t i = 0; i <= last; ++i) {
    const double fall = std::max(fall_to(schedule, i, peak), 0.0);
    total += fall;
    n_falls += fall > 0 ? 1 : 0;
  }
  std::vector<AnnealingPart> parts(n);
  double before = 0;
  std::size_t k = 0;
  for (std::size_t i = 0; i <= last; ++i) {
    const double fall = std::max(fall_to(schedule, i, peak), 0.0);
    if (!(fall > 0)) continue;
    const double middle = (before + fall / 2) / total;
    const auto part = n_falls <= n ? k : static_cast<std::size_t>(middle * static_cast<double>(n));
    AnnealingPart& to = parts[std::min(part, n - 1)];
    to.fall += fall;
    to.rate += fall * schedule.rates[i];
    to.since += fall * (sums[last].rate - (i > 0 ? sums[i - 1].rate : 0));
    before += fall;
    ++k;
  }
  constexpr double kLeast = 1e-6;  // of the peak: a rate of 0 has no power
  const double least = kLeast * schedule.rates[peak];
  for (AnnealingPart& part : parts) {
    if (part.fall > 0) part.rate /= part.fall, part.since /= part.fall;
    part.rate = part.fall > 0 ? std::max(part.rate, least) : schedule.rates[peak];
  }
  return parts;
}

Table with_schedule(Table table, const ScheduleColumns& columns, std::size_t n_parts) {
  const std::vector<double> rates = evaluate(parse_expression(columns.rate, "--schedule"), table);
  const std::vector<double> steps = evaluate(parse_expression(columns.step, "--step"), table);
  for (std::size_t i = 0; i < table.n_rows(); ++i) {
    check(table, i, rates[i], "the learning rate");
    check(table, i, steps[i], "the step");
  }
  const std::vector<double> none(table.n_rows(), kNaN);
  Columns made{none, none, {}, {}, {}};
  for (auto* part : {&made.falls, &made.rates, &made.since}) part->assign(n_parts, none);
  std::vector<std::string> by;
  if (!columns.run.empty()) by.push_back(columns.run);
  for (const Group& group : group_by(table, by)) {
    const std::vector<std::size_t> rows = rows_by_step(table, group.rows, steps);
    Schedule schedule;
    for (const std::size_t row : rows) {
      schedule.steps.push_back(steps[row]);
      schedule.rates.push_back(rates[row]);
    }
    const std::vector<AnnealingSums> sums = annealing_sums(schedule);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      made.s1[rows[i]] = sums[i].rate;
      made.s2[rows[i]] = sums[i].momentum;
      if (n_parts == 0) continue;
      const std::vector<AnnealingPart> parts = annealing_parts(schedule, sums, i, n_parts);
      for (std::size_t k = 0; k < n_parts; ++k) {
        made.falls[k][rows[i]] = parts[k].fall;
        made.rates[k][rows[i]] = parts[k].rate;
        made.since[k][rows[i]] = parts[k].since;
      }
    }
  }
  table.set({"S1", made.s1});
  table.set({"S2", made.s2});
  for (std::size_t k = 0; k < n_parts; ++k) {
    const std::string number = std::to_string(k + 1);
    table.set({"d" + number, made.falls[k]});
    table.set({"e" + number, made.rates[k]});
    table.set({"T" + number, made.since[k]});
  }
  return table;
}

}  // namespace rung::table
