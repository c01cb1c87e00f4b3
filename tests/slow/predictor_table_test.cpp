// The table of docs/predictor.md: how far each way of predicting errs on ladders that it was not
// made on, and how often the combined predictor's 90% intervals hold; apart for the half of tasks,
// families and seeds that the rule was chosen on and the half that was held out. RUNG_TABLE=full
// takes every task and more made-up ladders (some minutes), RUNG_TABLE=full,testbed of one family;
// RUNG_TABLE=members also lists every member.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>

#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/study/ladder/combined.hpp"
#include "tests/support/ladder_families.hpp"

namespace rung::ladder {
namespace {

/// Fewer predictions than this prove nothing.
constexpr std::size_t kEnough = 50;
/// Relative errors of accuracies below this say nothing.
constexpr double kLeastActual = 0.05;

constexpr const char *kCombined = "combined", *kTwoStep = "two-step as published",
                     *kCarried = "carried forward";

struct Errors {
  RunningMean relative, points;
  double worst = 0;                      // in points
  std::map<std::size_t, double> of_row;  // relative, by row of the cell

  void add(std::size_t row, double predicted, double actual) {
    const double error = std::abs(predicted - actual);
    points.add(error);
    worst = std::max(worst, error);
    if (actual < kLeastActual) return;
    relative.add(error / actual);
    of_row[row] = error / actual;
  }
};

/// Predictions of one trust.
struct Trusted {
  RunningMean relative;
  double worst = 0, worst_points = 0;
  std::size_t n_far = 0;  // off by more than 30%

  void add(double predicted, double actual) {
    const double points = std::abs(predicted - actual), error = points / actual;
    relative.add(error);
    worst = std::max(worst, error);
    worst_points = std::max(worst_points, points);
    n_far += error > 0.3 ? 1 : 0;
  }
};

/// One family at one distance.
struct Cell {
  std::map<std::string, Errors> methods;
  std::vector<std::string> units;  // by row: what errs together
  std::size_t n = 0, n_intervals = 0, n_inside = 0;
  RunningMean width, expected;
};

/// By what the ladder is: "testbed rpj" is "testbed".
std::string kind_of(const std::string& family) {
  return family.substr(0, family.find_first_of(" ,"));
}

struct ErrorTable {
  std::map<std::pair<std::string, std::string>, Cell> cells;  // by family and distance
  std::map<std::pair<std::string, Trust>, Trusted> trusted;   // by kind of ladder

  static void add(Cell& cell, const std::string& method, const std::optional<double>& predicted,
                  double actual) {
    if (predicted) cell.methods[method].add(cell.units.size() - 1, *predicted, actual);
  }
};

/// The standard error of the mean difference of two methods' errors, where the rows of one unit err
/// together (cluster-robust, Liang and Zeger 1986).
double standard_error(const Cell& cell, const std::string& one, const std::string& other) {
  std::map<std::string, std::vector<double>> differences;
  RunningMean mean;
  const std::map<std::size_t, double>& others = cell.methods.at(other).of_row;
  for (const auto& [row, error] : cell.methods.at(one).of_row) {
    if (!others.contains(row)) continue;
    differences[cell.units[row]].push_back(error - others.at(row));
    mean.add(differences[cell.units[row]].back());
  }
  double squares = 0;
  for (const auto& [unit, of_unit] : differences) {
    double sum = 0;
    for (const double difference : of_unit) sum += difference - *mean.value();
    squares += sum * sum;
  }
  const double n_units = static_cast<double>(differences.size());
  return n_units < 2 ? kNaN
                     : std::sqrt(squares * n_units / (n_units - 1)) / static_cast<double>(mean.n());
}

std::string distance_name(double ratio) {
  return ratio < 3 ? "1: to 3x" : ratio < 10 ? "2: to 10x" : ratio < 40 ? "3: to 40x" : "4: beyond";
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
  if (p.predicted && *p.actual >= kLeastActual) cell.expected.add(target.expected_error);
}

/// `name` says which, of those that are far off and called sound.
void add_trust(ErrorTable& table, const std::string& kind, const CombinedTarget& target,
               const std::string& name) {
  const TargetPrediction& p = target.prediction;
  if (!p.predicted || *p.actual < kLeastActual) return;
  table.trusted[{kind, target.trust}].add(*p.predicted, *p.actual);
  if (target.trust == Trust::sound && std::abs(*p.relative_error()) > 0.3)
    std::printf("no mark: %s, %s: %.3f for %.3f at %.1fx\n", name.c_str(), p.target.name.c_str(),
                *p.predicted, *p.actual, std::exp(target.log_distance));
}

/// Every way of predicting that the ladder feeds, on its own: [task][target][member].
using MemberPredictions = std::vector<std::vector<std::vector<std::optional<double>>>>;

MemberPredictions each_member(const std::vector<TaskData>& data) {
  FitMemory memory;
  MemberPredictions predictions;
  for (const TaskData& task : data) {
    std::vector<std::size_t> all(task.runs.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    const FittedMembers fitted(task, available_members(task), all, &memory);
    auto& of_task = predictions.emplace_back();
    for (const RunData& target : task.targets) of_task.push_back(fitted.predict(target.scale));
  }
  return predictions;
}

void add_case(const LadderCase& one, ErrorTable& table) {
  const CombinedResult combined = run_combined(one.ladder, one.tasks, {.n_threads = 1});
  const std::vector<ChainResult> chains = published_two_step(one);
  std::vector<std::string> notes;
  const std::vector<TaskData> data = task_data(one.ladder, one.tasks, {}, notes);
  const MemberPredictions members = each_member(data);
  const LadderRun& largest = largest_run(one.ladder);
  for (std::size_t t = 0; t < one.tasks.size(); ++t) {
    const std::vector<Member> available = available_members(data[t]);
    for (std::size_t k = 0; k < combined.tasks[t].targets.size(); ++k) {
      const CombinedTarget& target = combined.tasks[t].targets[k];
      Cell& cell = table.cells[{one.family, distance_name(std::exp(target.log_distance))}];
      const double actual = *target.prediction.actual;
      ++cell.n;
      cell.units.push_back(one.unit.empty() ? one.tasks[t].key : one.unit);
      table.add(cell, kCombined, target.prediction.predicted, actual);
      if (!chains.empty()) table.add(cell, kTwoStep, chains[t].targets[k].predicted, actual);
      table.add(cell, kCarried, accuracy_at_end(largest, one.tasks[t]), actual);
      for (std::size_t m = 0; m < available.size(); ++m)
        table.add(cell, available[m].name, members[t][k][m], actual);
      add_interval(cell, target);
      add_trust(table, kind_of(one.family), target,
                one.family + ", " + one.split + ", " + one.tasks[t].key);
    }
  }
}

std::string number(const std::optional<double>& value, int decimals = 1) {
  return value ? fixed(100 * *value, decimals) : "-";
}

std::string relative_error(const Cell& cell, const std::string& method) {
  const auto found = cell.methods.find(method);
  return found == cell.methods.end() ? "-" : number(found->second.relative.value());
}

/// The least mean |relative error| but the combined predictor's, of methods that predict all.
std::pair<std::string, double> best_other(const Cell& cell) {
  std::pair<std::string, double> best = {"-", kInfinity};
  for (const auto& [name, errors] : cell.methods) {
    const auto error = errors.relative.value();
    if (name != kCombined && error && *error < best.second && errors.points.n() == cell.n)
      best = {name, *error};
  }
  return best;
}

void print_row(const std::string& family, const std::string& distance, const Cell& cell) {
  if (!cell.methods.contains(kCombined)) return;
  const Errors& combined = cell.methods.at(kCombined);
  const auto best = best_other(cell);
  const double held = static_cast<double>(cell.n_inside) / static_cast<double>(cell.n_intervals);
  const double behind = *combined.relative.value() - best.second;
  std::printf(
      "| %s | %s | %zu | **%s** | %s (%s) | %s ± %s | %s | %s | %s | %s | %s | %s | %s | %s | %s "
      "|\n",
      family.c_str(), distance.c_str(), cell.n, number(combined.relative.value()).c_str(),
      number(best.second).c_str(), best.first.c_str(), number(behind).c_str(),
      number(standard_error(cell, kCombined, best.first)).c_str(),
      relative_error(cell, kTwoStep).c_str(), relative_error(cell, kCarried).c_str(),
      relative_error(cell, "logistic_flops").c_str(), relative_error(cell, "direct_flops").c_str(),
      number(combined.points.value()).c_str(), number(combined.worst, 0).c_str(),
      cell.n_intervals ? number(held, 0).c_str() : "-", number(cell.width.value()).c_str(),
      number(cell.expected.value()).c_str());
}

void print(const ErrorTable& table) {
  std::printf(
      "| family | compute | n | combined | best other | behind it | two-step | carried | logistic "
      "| log "
      "accuracy | points | worst | held | width | expected "
      "|\n|---|---|---|---|---|---|---|---|---|---|---|"
      "---|---|---|---|\n");
  for (const auto& [where, cell] : table.cells) print_row(where.first, where.second, cell);
}

void print_members(const ErrorTable& table) {
  for (const auto& [where, cell] : table.cells) {
    for (const auto& [name, errors] : cell.methods)
      std::printf("| %s | %s | %s | %zu | %s | %s | %s |\n", where.first.c_str(),
                  where.second.c_str(), name.c_str(), errors.points.n(),
                  number(errors.relative.value()).c_str(), number(errors.points.value()).c_str(),
                  number(errors.worst).c_str());
  }
}

void print_trust(const ErrorTable& table) {
  std::printf(
      "| ladders | trust | share | n | mean | worst | worst in points | off by > 30%% |\n"
      "|---|---|---|---|---|---|---|---|\n");
  std::map<std::string, std::size_t> n;
  for (const auto& [where, of] : table.trusted) n[where.first] += of.relative.n();
  for (const auto& [where, of] : table.trusted) {
    const double share = static_cast<double>(of.relative.n()) / static_cast<double>(n[where.first]);
    std::printf("| %s | %s | %s | %zu | %s | %s | %s | %zu |\n", where.first.c_str(),
                std::string(trust_name(where.second)).c_str(), number(share, 0).c_str(),
                of.relative.n(), number(of.relative.value()).c_str(), number(of.worst, 0).c_str(),
                number(of.worst_points, 0).c_str(), of.n_far);
  }
}

bool asked_for(const char* what) {
  const char* table = std::getenv("RUNG_TABLE");
  return table && std::string(table).find(what) != std::string::npos;
}

double held(const Cell& cell) {
  return static_cast<double>(cell.n_inside) / static_cast<double>(cell.n_intervals);
}

/// Rows where the combined predictor is within 5% of the best other, or not further behind than two
/// standard errors.
void print_count(const ErrorTable& table) {
  std::size_t n_best = 0, n_noise = 0;
  for (const auto& [where, cell] : table.cells) {
    const auto best = best_other(cell);
    const double error = *cell.methods.at(kCombined).relative.value();
    if (error <= 1.05 * best.second) {
      ++n_best;
    } else if (error - best.second <= 2 * standard_error(cell, kCombined, best.first)) {
      ++n_noise;
    }
  }
  std::printf("best or within 5%% of the best other: %zu of %zu rows; in noise of it: %zu more\n",
              n_best, table.cells.size(), n_noise);
}

/// All families, or those that are named.
bool includes(const char* family) {
  constexpr const char* kFamilies[] = {"olmo", "public", "testbed", "made-up"};
  return asked_for(family) || std::none_of(std::begin(kFamilies), std::end(kFamilies), asked_for);
}

void print_and_check(const ErrorTable& table) {
  print(table);
  print_count(table);
  if (asked_for("members")) print_members(table);
  std::map<std::string, Cell> families;
  Cell all;
  for (const auto& [where, cell] : table.cells) {
    for (Cell* sum : {&families[where.first], &all})
      sum->n_inside += cell.n_inside, sum->n_intervals += cell.n_intervals;
    if (cell.n < kEnough) continue;
    EXPECT_LE(*cell.methods.at(kCombined).relative.value(),
              1.1 * *cell.methods.at(kCarried).relative.value() +
                  2 * standard_error(cell, kCombined, kCarried))
        << where.first << ", " << where.second;
  }
  print_trust(table);
  for (const auto& [where, of] : table.trusted) {
    const bool sound_made_up = where == std::pair(std::string("simulated"), Trust::sound);
    EXPECT_TRUE(!sound_made_up || of.n_far == 0)
        << of.n_far << " are off by more than 30% without a mark";
  }
  for (const auto& [family, cell] : families) {
    std::printf("%s: intervals hold %.1f%% of %zu\n", family.c_str(), 100 * held(cell),
                cell.n_intervals);
    EXPECT_TRUE(cell.n_intervals < kEnough || held(cell) >= 0.8) << family;
  }
  std::printf("all: intervals hold %.1f%% of %zu\n", 100 * held(all), all.n_intervals);
  if (!includes("public") || !includes("testbed") || !includes("made-up")) return;
  EXPECT_GE(held(all), 0.85);
  EXPECT_LE(held(all), 0.94);
}

void make_table(Half half) {
  const bool full = asked_for("full");
  ErrorTable table;
  const auto add = [&](const std::vector<LadderCase>& cases) {
    for (const LadderCase& one : cases) add_case(one, table);
  };
  if (includes("olmo") && half == Half::choice) add(olmo_cases());
  if (includes("public")) add(public_cases(half));
  if (includes("testbed")) add(testbed_cases(half, full ? 1 : 4));
  if (includes("made-up")) add(simulated_cases(half, full ? 20 : 4));
  if (!table.cells.empty()) print_and_check(table);
}

TEST(PredictorTable, OfLaddersThatTheRuleWasChosenOn) { make_table(Half::choice); }

TEST(PredictorTable, OfLaddersHeldOut) { make_table(Half::held_out); }

}  // namespace
}  // namespace rung::ladder
