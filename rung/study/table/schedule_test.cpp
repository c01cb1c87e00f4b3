// Sums and parts of learning-rate schedules, against sums over single steps.
#include "rung/study/table/schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "rung/core/error.hpp"

namespace rung::table {
namespace {

/// Warm-up, then a cosine down to a tenth.
double cosine(double step, double n_steps) {
  constexpr double kPeak = 3e-4, kWarmUp = 100;
  if (step <= kWarmUp) return kPeak * step / kWarmUp;
  const double share = (step - kWarmUp) / (n_steps - kWarmUp);
  return kPeak * (0.1 + 0.45 * (1 + std::cos(std::numbers::pi * share)));
}

Schedule logged(double n_steps, double every) {
  Schedule schedule;
  for (double step = every; step <= n_steps; step += every) {
    schedule.steps.push_back(step);
    schedule.rates.push_back(cosine(step, n_steps));
  }
  return schedule;
}

TEST(Schedule, SumsAreThoseOverSingleSteps) {
  const Schedule schedule = logged(3000, 10);
  // The same rates, a row a step.
  double rate = 0, momentum = 0, sum_of_momentum = 0, before = 0, peak = 0;
  std::size_t row = 0;
  for (double step = 1; step <= 3000; ++step) {
    if (step > schedule.steps[row]) ++row;
    const double now = schedule.rates[row];
    rate += now;
    peak = std::max(peak, now);
    momentum = 0.999 * momentum + (peak > now || before > now ? before - now : 0);
    sum_of_momentum += momentum;
    before = now;
  }
  const std::vector<AnnealingSums> sums = annealing_sums(schedule);
  EXPECT_NEAR(sums.back().rate, rate, 1e-9);
  EXPECT_NEAR(sums.back().momentum, sum_of_momentum, 1e-9 * sum_of_momentum);
}

/// The multi-power law's sum over all falls, and the same by parts.
double annealing_by_steps(const Schedule& schedule, double C, double beta, double gamma) {
  const std::vector<AnnealingSums> sums = annealing_sums(schedule);
  double total = 0;
  for (std::size_t k = 1; k < schedule.rates.size(); ++k) {
    const double fall = schedule.rates[k - 1] - schedule.rates[k];
    if (fall <= 0) continue;  // warm-up
    const double since = sums.back().rate - sums[k - 1].rate;
    total += fall * (1 - std::pow(1 + C * since / std::pow(schedule.rates[k], gamma), -beta));
  }
  return total;
}

double annealing_by_parts(const Schedule& schedule, std::size_t n, double C, double beta,
                          double gamma) {
  double total = 0;
  for (const AnnealingPart& part :
       annealing_parts(schedule, annealing_sums(schedule), schedule.rates.size() - 1, n))
    total += part.fall * (1 - std::pow(1 + C * part.since / std::pow(part.rate, gamma), -beta));
  return total;
}

TEST(Schedule, EightPartsAreTheWholeSumToSixPerMille) {
  const Schedule schedule = logged(10'000, 10);
  for (const double beta : {0.4, 0.6}) {
    for (const double C : {0.2, 2.0}) {
      const double exact = annealing_by_steps(schedule, C, beta, 0.5);
      EXPECT_NEAR(annealing_by_parts(schedule, 8, C, beta, 0.5) / exact, 1, 0.006);
    }
  }
}

TEST(Schedule, AFewFallsAreExact) {
  const Schedule steps{{100, 200, 300, 400}, {3e-4, 3e-4, 1e-4, 0}};
  const std::vector<AnnealingSums> sums = annealing_sums(steps);
  const std::vector<AnnealingPart> parts = annealing_parts(steps, sums, 3, 3);
  EXPECT_NEAR(parts[0].fall, 2e-4, 1e-18);
  EXPECT_NEAR(parts[0].rate, 1e-4, 1e-18);
  EXPECT_NEAR(parts[0].since, 1e-4 * 100, 1e-15);
  EXPECT_NEAR(parts[1].fall, 1e-4, 1e-18);
  EXPECT_GT(parts[1].rate, 0);
  EXPECT_EQ(parts[1].since, 0);
  EXPECT_EQ(parts[2].fall, 0);
  EXPECT_EQ(parts[2].rate, 3e-4);
  EXPECT_EQ(annealing_parts(steps, sums, 1, 3)[0].fall, 0);  // before any fall
}

TEST(Schedule, RunsAreToldApartAndRowsNeedNoOrder) {
  Table table("log.csv");
  table.add({"run", std::vector<std::string>{"a", "b", "a", "b"}});
  table.add({"step", std::vector<double>{20, 10, 10, 20}});
  table.add({"lr", std::vector<double>{1e-4, 2e-4, 3e-4, 2e-4}});
  const Table made = with_schedule(table, {"lr", "step", "run"}, 1);
  EXPECT_NEAR(made.numbers("S1")[0], 3e-3 + 1e-3, 1e-12);
  EXPECT_NEAR(made.numbers("S1")[1], 2e-3, 1e-12);
  EXPECT_NEAR(made.numbers("d1")[0], 2e-4, 1e-12);
  EXPECT_EQ(made.numbers("d1")[3], 0);
  EXPECT_THROW(with_schedule(table, {"lr", "step", ""}, 1), InputError);
  EXPECT_THROW(with_schedule(table, {"-lr", "step", "run"}, 1), InputError);
}

}  // namespace
}  // namespace rung::table
