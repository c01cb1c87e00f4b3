#include "rung/study/table/sweep.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/error.hpp"

namespace rung::table {
namespace {

constexpr double kBestRate = 1e-3, kBestBatch = 256, kCurvature = 0.05;

/// Two sizes, each with the learning rates and batch sizes given; the bottom of each size is
/// 3 and 2.5, with parabolas in both logarithms.
Table runs(const std::vector<double>& rates, const std::vector<double>& batches) {
  Table table("runs.csv");
  std::vector<double> n, d, lr, batch, loss;
  for (const double size : {1e8, 1e9}) {
    for (const double rate : rates) {
      for (const double b : batches) {
        n.push_back(size), d.push_back(20 * size), lr.push_back(rate), batch.push_back(b);
        const double u = std::log(rate / kBestRate), v = std::log(b / kBestBatch);
        loss.push_back((size < 5e8 ? 3 : 2.5) + kCurvature * (u * u + v * v));
      }
    }
  }
  table.add({"N", n});
  table.add({"D", d});
  table.add({"lr", lr});
  table.add({"batch", batch});
  table.add({"loss", loss});
  return table;
}

Prepared prepared(Table table) {
  Request request;
  request.law = "chinchilla";
  return prepare(std::move(table), request);
}

TEST(Sweep, ParabolasFindTheOptimumAndWhatEachRunGivesAway) {
  const SweepReport report =
      diagnose_sweeps(prepared(runs({2e-4, 5e-4, 1.2e-3, 3e-3, 8e-3}, {kBestBatch})), "lr");
  ASSERT_EQ(report.sweeps.size(), 2u);
  const Sweep& sweep = report.sweeps[0];
  EXPECT_EQ(sweep.inputs, (std::vector<double>{1e8, 2e9}));
  EXPECT_NEAR(*sweep.optimum / kBestRate, 1, 1e-9);
  EXPECT_NEAR(*sweep.bottom, 3, 1e-9);
  EXPECT_EQ(sweep.runs[sweep.best].value, 1.2e-3);
  EXPECT_FALSE(sweep.at_edge);
  EXPECT_NEAR(sweep.runs[0].given_away, kCurvature * std::pow(std::log(0.2), 2), 1e-9);
  EXPECT_TRUE(sweep.runs[0].away);
  EXPECT_FALSE(sweep.runs[2].away);
  ASSERT_EQ(report.notes.size(), 1u);
  EXPECT_NE(report.notes[0].find("--best-of-sweep"), std::string::npos);
  const SweepReport of_best =
      diagnose_sweeps(prepared(runs({2e-4, 5e-4, 1.2e-3, 3e-3, 8e-3}, {kBestBatch})), "lr", true);
  EXPECT_EQ(of_best.notes[0].find("--best-of-sweep"), std::string::npos);
  EXPECT_NE(of_best.notes[0].find(", and are left out"), std::string::npos);
}

TEST(Sweep, TwoQuantitiesAreSweptOneAtATime) {
  const SweepReport report =
      diagnose_sweeps(prepared(runs({5e-4, 1e-3, 2e-3}, {128, 256, 512})), "lr, batch");
  ASSERT_EQ(report.sweeps.size(), 12u);  // two sizes, three values of the other
  for (const Sweep& sweep : report.sweeps)
    EXPECT_NEAR(*sweep.optimum / (sweep.column == "lr" ? kBestRate : kBestBatch), 1, 1e-9);
  EXPECT_EQ(report.sweeps.front().column, "lr");
  EXPECT_EQ(report.sweeps.back().column, "batch");
}

TEST(Sweep, TheBestRunAtAnEdgeIsFlagged) {
  const SweepReport report =
      diagnose_sweeps(prepared(runs({2e-3, 4e-3, 8e-3, 1.6e-2}, {kBestBatch})), "lr");
  for (const Sweep& sweep : report.sweeps) {
    EXPECT_TRUE(sweep.at_edge);
    EXPECT_FALSE(sweep.optimum);
    EXPECT_EQ(sweep.runs[sweep.best].given_away, 0);
  }
  EXPECT_NE(report.notes.back().find("the optimum may lie beyond"), std::string::npos);
}

TEST(Sweep, RunsAloneMakeNoSweepAndWrongValuesAreAnError) {
  const Prepared alone = prepared(runs({1e-3}, {kBestBatch}));
  const SweepReport report = diagnose_sweeps(alone, "lr");
  EXPECT_TRUE(report.sweeps.empty());
  EXPECT_EQ(report.notes.size(), 1u);
  EXPECT_THROW(diagnose_sweeps(alone, "lr - 1"), InputError);
  EXPECT_THROW(diagnose_sweeps(alone, "rate"), InputError);
}

TEST(Sweep, TheBestOfEachSweepRemains) {
  const Prepared all = prepared(runs({5e-4, 1e-3, 2e-3}, {128, 256}));
  const Prepared best = best_of_sweeps(all);
  ASSERT_EQ(best.samples.front().points.size(), 2u);
  EXPECT_DOUBLE_EQ(best.samples.front().points.y(0), 3);
  EXPECT_DOUBLE_EQ(best.samples.front().points.y(1), 2.5);
  EXPECT_EQ(best.table.numbers("lr")[best.samples.front().rows[1]], 1e-3);
}

}  // namespace
}  // namespace rung::table
