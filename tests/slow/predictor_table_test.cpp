// The table of docs/predictor.md: how far each way of predicting errs on ladders that it was not
// made on, and how often the combined predictor's 90% intervals hold. Nothing is chosen by these
// numbers. RUNG_TABLE=full takes every task and more made-up ladders (some minutes);
// RUNG_TABLE=members also lists every member.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <set>

#include "rung/core/statistics.hpp"
#include "rung/report/text_table.hpp"
#include "rung/study/ladder/combined.hpp"
#include "tests/support/ladder_families.hpp"

namespace rung::ladder {
namespace {

/// Relative errors of accuracies below this say nothing.
constexpr double kLeastActual = 0.05;

struct Errors {
  RunningMean relative, points;
  double worst = 0;  // in points

  void add(double predicted, double actual) {
    const double error = std::abs(predicted - actual);
    points.add(error);
    worst = std::max(worst, error);
    if (actual >= kLeastActual) relative.add(error / actual);
  }
};

/// One family at one distance.
struct Cell {
  std::map<std::string, Errors> methods;
  std::size_t n = 0, n_intervals = 0, n_inside = 0;
  std::size_t n_far = 0, n_far_unmarked = 0;  // off by more than 30%
  RunningMean width;
};

struct Table1 {
  std::map<std::pair<std::string, std::string>, Cell> cells;
  std::vector<std::string> methods;  // in order of appearance

  void add(Cell& cell, const std::string& method, const std::optional<double>& predicted,
           double actual) {
    if (!predicted) return;
    if (!contains(methods, method)) methods.push_back(method);
    cell.methods[method].add(*predicted, actual);
  }
};

std::string distance_name(double ratio) {
  return ratio < 3 ? "a: < 3x" : ratio < 10 ? "b: 3-10x" : ratio < 40 ? "c: 10-40x" : "d: 40x+";
}

/// The published two-step: through the task's bits per byte, else through the validation loss.
std::vector<ChainResult> published_two_step(const LadderCase& one) {
  ChainSettings settings{.n_bootstrap = 0, .n_threads = 1};
  const Metric loss = one.tasks.front().has(Metric::rc_bpb) ? Metric::rc_bpb : Metric::c4;
  settings.step1.points = {.metric = loss, .moving_avg = 5};
  settings.step2.points = {.x_metric = loss, .skip_perc = 0.1, .moving_avg = 5};
  if (one.ladder.runs.front().n_rows() < 10) settings.step2.points.skip_perc = 0;
  settings.step1.allow_underdetermined = true;
  try {
    return run_chain(one.ladder, one.ladder, one.tasks, settings);
  } catch (const InputError&) {
    return {};  // an accuracy of 0, too few runs
  }
}

const LadderRun& largest_run(const Ladder& ladder) {
  const LadderRun* largest = nullptr;
  for (const LadderRun& run : ladder.runs) {
    if (run.mode != Mode::train) continue;
    if (!largest || end_of(run).compute_or_rule() > end_of(*largest).compute_or_rule())
      largest = &run;
  }
  return *largest;
}

double accuracy_at_end(const LadderRun& run, const Task& task) {
  const std::vector<double> values = series(run, task, Metric::rc_acc);
  return mean(std::span(values).last(std::min<std::size_t>(5, values.size())));
}

void add_interval(Cell& cell, const CombinedTarget& target) {
  const TargetPrediction& p = target.prediction;
  if (p.interval) {
    ++cell.n_intervals;
    cell.n_inside += p.interval->lower <= *p.actual && *p.actual <= p.interval->upper;
    cell.width.add(p.interval->upper - p.interval->lower);
  }
  if (p.predicted && *p.actual >= kLeastActual && std::abs(*p.predicted / *p.actual - 1) > 0.3) {
    ++cell.n_far;
    ++cell.n_far_unmarked;
  }
}

void add_case(const LadderCase& one, Table1& table) {
  const CombinedResult combined = run_combined(one.ladder, one.tasks, {.n_threads = 1});
  const std::vector<ChainResult> chains = published_two_step(one);
  const LadderRun& largest = largest_run(one.ladder);
  for (std::size_t t = 0; t < one.tasks.size(); ++t) {
    const CombinedTask& task = combined.tasks[t];
    for (std::size_t k = 0; k < task.targets.size(); ++k) {
      const CombinedTarget& target = task.targets[k];
      const Target& at = target.prediction.target;
      const double compute = at.compute_flops.value_or(6 * at.n_params * at.n_tokens);
      Cell& cell =
          table.cells[{one.family, distance_name(compute / end_of(largest).compute_or_rule())}];
      const double actual = *target.prediction.actual;
      ++cell.n;
      table.add(cell, "combined", target.prediction.predicted, actual);
      if (!chains.empty())
        table.add(cell, "two-step as published", chains[t].targets[k].predicted, actual);
      table.add(cell, "carry forward", accuracy_at_end(largest, one.tasks[t]), actual);
      for (std::size_t m = 0; m < task.members.size(); ++m)
        table.add(cell, task.members[m].name, target.members[m], actual);
      add_interval(cell, target);
    }
  }
}

std::string number(const std::optional<double>& value, int decimals = 1) {
  return value ? fixed(100 * *value, decimals) : "-";
}

void print(const Table1& table) {
  std::printf("family | distance | n | method | mean |relative error|, %% | points | worst\n");
  for (const auto& [where, cell] : table.cells) {
    for (const std::string& method : table.methods) {
      const auto found = cell.methods.find(method);
      if (found == cell.methods.end()) continue;
      const Errors& errors = found->second;
      std::printf("| %s | %s | %zu | %s | %s | %s | %s |\n", where.first.c_str(),
                  where.second.c_str(), errors.points.n(), method.c_str(),
                  number(errors.relative.value()).c_str(), number(errors.points.value()).c_str(),
                  number(errors.worst).c_str());
    }
    std::printf(
        "| %s | %s | intervals hold %zu of %zu (%s%%), width %s; off by > 30%%: %zu, "
        "unmarked %zu\n",
        where.first.c_str(), where.second.c_str(), cell.n_inside, cell.n_intervals,
        cell.n_intervals ? number(double(cell.n_inside) / double(cell.n_intervals)).c_str() : "-",
        number(cell.width.value()).c_str(), cell.n_far, cell.n_far_unmarked);
  }
}

bool asked_for(const char* what) {
  const char* table = std::getenv("RUNG_TABLE");
  return table && std::string(table).find(what) != std::string::npos;
}

TEST(PredictorTable, OfManyLadders) {
  const bool full = asked_for("full");
  Table1 table;
  const auto add = [&](const std::vector<LadderCase>& cases) {
    for (const LadderCase& one : cases) add_case(one, table);
  };
  add(olmo_cases());
  add(public_cases());
  add(testbed_cases(full ? 1 : 8));
  add(simulated_cases(full ? 40 : 4, 9000));
  print(table);
}

}  // namespace
}  // namespace rung::ladder
