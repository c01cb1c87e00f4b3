#include "rung/report/overtraining/cost.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rung {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(DescribeBudget, SaysWhyALossIsMissing) {
  overtraining::BudgetRow row{.train_set = "rpj", .loss_set = "c4_val", .budget_flops = 1e21};
  row.plan.loss_of_free_inference_size = 2.5;
  EXPECT_THAT(text_of(describe(std::vector{row, row})), Not(HasSubstr("inference alone takes")));
  overtraining::BudgetRow missing = row;
  missing.plan.loss_of_free_inference_size.reset();
  EXPECT_THAT(text_of(describe(std::vector{row, missing})), HasSubstr("inference alone takes"));
}

/// Each row says its distance, whether or not it is too far.
TEST(DescribeBudget, SaysHowFarBeyondTheRunsEachRowLies) {
  overtraining::BudgetRow row{.train_set = "rpj", .loss_set = "c4_val", .budget_flops = 1e23};
  row.beyond = {{"N", 42, false}};
  const std::string near = text_of(describe(std::vector{row}));
  EXPECT_THAT(near, HasSubstr("42x in N"));
  EXPECT_THAT(near, Not(HasSubstr("(!)")));
  overtraining::BudgetRow far = row;
  far.beyond = {{"N", 142, false}};
  far.doubt = overtraining::doubt_of(far.plan, far.beyond);
  const std::string both = text_of(describe(std::vector{row, far}));
  EXPECT_THAT(both, HasSubstr("42x in N\n"));
  EXPECT_THAT(both, HasSubstr("140x in N (!)"));
}

TEST(DescribeCost, MarksWhatLiesAHundredTimesBeyondTheRuns) {
  overtraining::CostRows rows{.train_set = "rpj", .loss_set = "c4_val", .compute_flops = 1e24};
  for (const double factor : {99.0, 49200.0}) {
    overtraining::OverTrainingCost& cost = rows.costs.emplace_back();
    cost.beyond = {{overtraining::kBeyondInCompute, factor, false}};
    cost.doubt = overtraining::doubt_of(rows.optimal_ratio, cost.beyond);
  }
  const Document document = describe(std::vector{rows});
  const std::string text = text_of(document);
  EXPECT_THAT(text, HasSubstr("49200x in compute (!)"));
  EXPECT_THAT(text, Not(HasSubstr("99x in compute (!)")));
}

TEST(DescribeCost, SaysWhatIntervalsAreOfWhereThereIsOne) {
  overtraining::CostRows rows{.train_set = "rpj", .loss_set = "c4_val", .compute_flops = 1e21};
  overtraining::BudgetRow budget{.train_set = "rpj", .loss_set = "c4_val", .budget_flops = 1e21};
  rows.costs.emplace_back();
  EXPECT_THAT(text_of(describe(std::vector{rows})), Not(HasSubstr("95% intervals")));
  EXPECT_THAT(text_of(describe(std::vector{budget})), Not(HasSubstr("95% intervals")));
  rows.optimal_ratio.interval = budget.plan.loss_nats.interval = Interval{0.95, 1, 3, "delta-mean"};
  EXPECT_THAT(text_of(describe(std::vector{rows})), HasSubstr("95% intervals of the law itself"));
  EXPECT_THAT(text_of(describe(std::vector{budget})), HasSubstr("95% intervals of the law itself"));
}

}  // namespace
}  // namespace rung
