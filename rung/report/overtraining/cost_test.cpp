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

}  // namespace
}  // namespace rung
