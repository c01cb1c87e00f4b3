// Requests that can't be are told by option, value and what they must be, whoever makes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/study/overtraining/tables.hpp"
#include "tests/support/error_of.hpp"

namespace rung::overtraining {
namespace {

using testing::HasSubstr;

TEST(OvertrainingRequests, NameOptionValueAndConstraint) {
  const auto of = [](const auto& request) { return error_of([&] { request.validate(); }); };
  EXPECT_EQ(of(CostRequest{.compute_flops = 0}), "error: --compute: '0' is not a number above 0");
  EXPECT_EQ(of(CostRequest{.tokens_per_parameter = {20, -1}}),
            "error: --ratio: '-1' is not a number above 0");
  EXPECT_EQ(of(BudgetRequest{.n_inference_tokens = {-1}}),
            "error: --inference-tokens: '-1' is not a number of 0 or more");
  EXPECT_THAT(of(BudgetRequest{.budget_flops = 7e9}), HasSubstr("7e9 FLOPs train no model"));
  EXPECT_THAT(of(CostRequest{.compute_flops = 1e11}), HasSubstr("1e11 FLOPs train no model"));
  EXPECT_THAT(of(ExploreRequest{.what = "run"}),
              HasSubstr("WHAT: 'run' is not one of runs, grid, best-settings"));
  EXPECT_THAT(of(TableRequest{"loss-law", {}}), HasSubstr("there is no table 'loss-law'"));
  for (const NamedTable& table : named_tables())
    EXPECT_EQ(of(TableRequest{table.name, {}}), "no error");
}

TEST(OvertrainingChoices, TakeDefaultsOnlyWhereNothingWasChosen) {
  const Choice choice = with_defaults({{"rw_original"}, {}, {}}, published_figure());
  EXPECT_EQ(choice.train_sets, std::vector<std::string>{"rw_original"});
  EXPECT_EQ(choice.loss_sets, std::vector<std::string>{"c4_val"});
  EXPECT_EQ(choice.error_sets, std::vector<std::string>{"avg_subset"});
}

}  // namespace
}  // namespace rung::overtraining
