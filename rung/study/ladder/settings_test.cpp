// Settings that can't be are told by option, value and what they must be, whoever gives them.
#include <gtest/gtest.h>

#include "rung/study/ladder/combined.hpp"
#include "rung/study/ladder/compute_error.hpp"
#include "rung/study/ladder/extrapolate.hpp"
#include "rung/study/ladder/variance.hpp"
#include "tests/support/error_of.hpp"

namespace rung::ladder {
namespace {

TEST(LadderSettings, NameOptionValueAndConstraint) {
  const auto of = [](const auto& settings) { return error_of([&] { settings.validate(); }); };
  EXPECT_EQ(of(Step1Settings{.points = {.moving_avg = 0}}),
            "error: --moving_avg: '0' is not a number of 1 or more");
  EXPECT_EQ(of(Step1Settings{.huber_delta = 0}),
            "error: --huber_delta: '0' is not a number above 0");
  EXPECT_EQ(of(Step2Settings{.points = {.skip_perc = 1.5}}),
            "error: --skip_perc: '1.5' is not a number of 0 to 1");
  EXPECT_EQ(of(ChainSettings{.n_bootstrap = -1}),
            "error: --bootstrap: '-1' is not a number of 0 or more");
  EXPECT_EQ(of(ChainSettings{.step2 = {.level = 2}}),
            "error: --level: '2' is not a number between 0 and 1");
  EXPECT_EQ(of(VarianceSettings{.last_n_points = 0}),
            "error: --last_n_points: '0' is not a number of 1 or more");
  EXPECT_EQ(of(ExtrapolateDSettings{.final_tokens = -5}),
            "error: --final_loss_tokens: '-5' is not a number above 0");
  EXPECT_EQ(of(ExtrapolateNSettings{.level = 0}),
            "error: --level: '0' is not a number between 0 and 1");
  EXPECT_EQ(of(CombinedSettings{.level = 1}),
            "error: --level: '1' is not a number between 0 and 1");
  EXPECT_EQ(of(ChainSettings{}), "no error");
}

TEST(LadderSettings, AreLookedAtBeforeAnythingIsFitted) {
  const Ladder nothing;
  std::vector<LeftOutRun> left_out;
  EXPECT_EQ(error_of([&] { run_chain(nothing, nothing, {}, {.level = 3}); }),
            "error: --level: '3' is not a number between 0 and 1");
  EXPECT_EQ(error_of([&] { run_extrapolate_d({.level = 3}, nothing, {}, left_out); }),
            "error: --level: '3' is not a number between 0 and 1");
}

}  // namespace
}  // namespace rung::ladder
