#include "rung/study/ladder/combination.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rung::ladder {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> names(const TaskData& data, Signal signal) {
  std::vector<std::string> found;
  for (const Member& member : members_for(data, signal)) found.push_back(member.name);
  return found;
}

TaskData ladder_with(std::vector<ThroughLoss> losses) {
  TaskData data;
  for (const ThroughLoss loss : losses) data.has[index_of(loss)] = true;
  data.has_compute = data.has_sizes_and_lengths = true;
  return data;
}

const Member& named(const std::string& name) {
  for (const Member& member : all_members()) {
    if (member.name == name) return member;
  }
  throw std::out_of_range(name);
}

TEST(MembersFor, ALadderWithEveryLossHasTheNine) {
  EXPECT_EQ(names(ladder_with({ThroughLoss::task_bpb, ThroughLoss::task_ce, ThroughLoss::c4,
                               ThroughLoss::mean_bpb}),
                  Signal::clear)
                .size(),
            9U);
}

TEST(MembersFor, ValidationLossAndAccuraciesHaveSixOrFourOfAClearSignal) {
  const TaskData data = ladder_with({ThroughLoss::c4});
  EXPECT_THAT(names(data, Signal::weak), ElementsAre("c4_nd", "c4_flops", "c4_free_nd",
                                                     "c4_free_flops", "direct_nd", "direct_flops"));
  EXPECT_THAT(names(data, Signal::clear),
              ElementsAre("c4_nd", "c4_flops", "c4_free_nd", "c4_free_flops"));
  EXPECT_THAT(names(data, Signal::at_chance), ElementsAre("direct_nd", "direct_flops"));
}

TEST(MembersFor, ComputeAloneHasTheLawOfLogAccuracy) {
  TaskData data = ladder_with({});
  data.has_sizes_and_lengths = false;
  EXPECT_THAT(names(data, Signal::clear), ElementsAre("direct_flops"));
  data.has_compute = false;
  EXPECT_THAT(names(data, Signal::clear), IsEmpty());
}

TEST(Combine, OneRunawayMemberDoesNotMoveTheOthers) {
  const std::vector<Member> members = {named("c4_nd"), named("c4_flops"), named("single_step")};
  const Combination of =
      combine(members, std::vector<std::optional<double>>{0.43, 0.43, 0.996}, Signal::clear);
  EXPECT_NEAR(*of.predicted, 0.43, 1e-12);
  EXPECT_EQ(of.n_kept, 2U);
  EXPECT_GT(of.disagreement, 1);
  EXPECT_LT(of.spread, 1e-12);
  EXPECT_THAT(of.left_out, ElementsAre(false, false, true));
}

TEST(Combine, MembersThatAgreeAreAveraged) {
  const std::vector<Member> members = {named("c4_nd"), named("c4_flops"), named("single_step")};
  const Combination of =
      combine(members, std::vector<std::optional<double>>{0.4, std::nullopt, 0.5}, Signal::clear);
  EXPECT_DOUBLE_EQ(*of.predicted, 0.45);
  EXPECT_EQ(of.n_kept, 2U);
  EXPECT_FALSE(combine(members, std::vector<std::optional<double>>(3), Signal::clear).predicted);
}

TEST(Combine, AWeakSignalIsDrawnToTheLawOfLogAccuracy) {
  const std::vector<Member> members = {named("c4_nd"), named("c4_flops"), named("direct_flops")};
  const std::vector<std::optional<double>> predictions = {0.5, 0.5, 0.4};
  const double mean = (0.5 + 0.5 + 0.4) / 3;
  EXPECT_NEAR(*combine(members, predictions, Signal::clear).predicted, mean, 1e-12);
  EXPECT_NEAR(*combine(members, predictions, Signal::weak).predicted, (mean + 0.4) / 2, 1e-12);
  // Off the others it is left out of their mean only.
  const std::vector<std::optional<double>> off = {0.5, 0.5, 0.1};
  EXPECT_THAT(combine(members, off, Signal::clear).left_out, ElementsAre(false, false, true));
  EXPECT_THAT(combine(members, off, Signal::weak).left_out, ElementsAre(false, false, false));
}

}  // namespace
}  // namespace rung::ladder
