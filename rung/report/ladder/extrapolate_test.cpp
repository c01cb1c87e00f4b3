#include "rung/report/ladder/extrapolate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rung::ladder {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A prediction beyond a run's end, of losses that lie off the ends of shorter runs.
ExtrapolateDResult beyond_end(const std::string& name) {
  ExtrapolateDResult result;
  result.settings.metric = Metric::c4;
  result.name = name;
  result.fitted.fit.identified = true;
  result.at_end.predicted = 2.5;
  result.at_end.interval = Interval{0.9, 2.4, 2.6, "delta"};
  result.is_beyond_end = true;
  result.inside_gap = 0.011;
  return result;
}

TEST(ExtrapolateDReport, SaysWhichRowsAnExplanationIsOf) {
  ExtrapolateDResult missing = beyond_end("300M-20tpp");
  missing.rehearsal = Prediction{.predicted = 3, .actual = 3.5};
  missing.rehearsal->interval = Interval{0.99, 2.9, 3.1, "delta"};
  const std::string text = text_of(describe({beyond_end("100M-20tpp"), missing}));
  EXPECT_THAT(text, HasSubstr("(!) not of longer runs: inside runs"));
  EXPECT_THAT(text, HasSubstr("(!) 300M-20tpp: not to be trusted"));
}

TEST(ExtrapolateDReport, NamesNoRowsWhereTheMarksDo) {
  ExtrapolateDResult fine = beyond_end("100M-20tpp");
  fine.inside_gap.reset();
  const std::string text = text_of(describe({fine, beyond_end("300M-20tpp")}));
  EXPECT_THAT(text, HasSubstr("(!) not of longer runs: inside runs"));
  EXPECT_THAT(text, Not(HasSubstr("(!) 300M-20tpp")));
}

TEST(ExtrapolateNReport, SaysWhichCheckpointsCountWhereTheyAreNotAtTheTokens) {
  const auto text = [](double n_tokens) {
    ExtrapolateNResult result{.task = {.key = "loss", .name = "loss"}};
    result.at.push_back({.n_tokens = 1e10, .points = {{.n_tokens = n_tokens}}});
    return text_of(describe(std::vector{result}));
  };
  EXPECT_THAT(text(1.05e10), HasSubstr("first checkpoint from the row's tokens on"));
  EXPECT_THAT(text(1e10), Not(HasSubstr("first checkpoint")));
}

WrongCheckpoint spike() {
  return {.origin = {.model = "100M-20tpp"},
          .metric = Metric::c4,
          .what = "c4_loss",
          .name = "step 3600",
          .value = 25.9,
          .by_others = 2.59};
}

TEST(ExtrapolateDReport, NamesACheckpointThatStandsOffItsRun) {
  ExtrapolateDResult off = beyond_end("100M-20tpp");
  off.inside_gap.reset();
  off.wrong_checkpoints = {spike()};
  const std::string text = text_of(describe({off}));
  EXPECT_THAT(text, HasSubstr("\n100M-20tpp (!) "));
  EXPECT_THAT(text, HasSubstr("(!) c4_loss of 100M-20tpp is 25.900 at step 3600, and the "
                              "checkpoints around it say 2.590; it counts as it stands"));
  EXPECT_THAT(text, HasSubstr("--outlier_threshold LOSS leaves larger losses out"));
  off.wrong_checkpoints.front().value = 2.2;
  EXPECT_THAT(text_of(describe({off})), Not(HasSubstr("--outlier_threshold")));
}

TEST(ExtrapolateDReport, PrintsNoNumbersOfALawThatIsNotDetermined) {
  ExtrapolateDResult open = beyond_end("100M-20tpp");
  open.at_end.predicted = 2885933278.9;
  open.at_end.actual = 2.125;
  open.fitting_error = 406735809.7;
  open.check_error = 406735809.7;
  const auto text = [&] { return text_of(describe({open, beyond_end("300M-20tpp")})); };
  EXPECT_THAT(text(), HasSubstr("2885933278.9"));
  open.fitted.fit.identified = false;
  EXPECT_THAT(text(), Not(HasSubstr("2885933278.9")));
  EXPECT_THAT(text(), Not(HasSubstr("406735809")));
  EXPECT_THAT(text(), HasSubstr("2.125"));
  EXPECT_THAT(text(), HasSubstr("(!) 100M-20tpp: not determined"));
}

TEST(ExtrapolateNReport, NamesACheckpointThatStandsOffItsRun) {
  ExtrapolateNResult result{.task = {.key = "loss", .name = "loss"}};
  ExtrapolateNAtD& at = result.at.emplace_back(ExtrapolateNAtD{.n_tokens = 1e10});
  at.fitted.emplace().fit.identified = true;
  at.predictions.emplace_back().label = "7B";
  EXPECT_THAT(text_of(describe(std::vector{result})), Not(HasSubstr("7B (!)")));
  result.at.front().wrong_checkpoints = {spike()};
  EXPECT_THAT(text_of(describe(std::vector{result})),
              ::testing::AllOf(HasSubstr("7B (!)"), HasSubstr("(!) c4_loss of 100M-20tpp is")));
}

TEST(ExtrapolateDReport, SaysTheTokensOfTasksToo) {
  ExtrapolateDResult result = beyond_end("1.3B-10xC");
  result.settings.metric = Metric::rc_bpb;
  result.task.name = "CommonsenseQA, as validated";
  result.final_tokens = 5e12;
  const std::string text = text_of(describe({result, result}), 80);
  EXPECT_THAT(text, HasSubstr("5T"));
  EXPECT_THAT(text, Not(HasSubstr("actual")));
}

}  // namespace
}  // namespace rung::ladder
