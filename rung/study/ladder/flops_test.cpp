#include "rung/study/ladder/flops.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/study/ladder/targets.hpp"

namespace rung::ladder {
namespace {

using testing::HasSubstr;
using testing::Optional;

LadderRun run_called(const std::string& model, double n_params,
                     std::optional<double> flops_per_token = {}) {
  LadderRun run;
  run.model = model;
  run.n_params.non_embedding = n_params;
  run.flops_per_token = flops_per_token;
  return run;
}

constexpr double kPublished190M = 190'354'176;

TEST(Flops, TheRunsOwnCountWhereAllSayThem) {
  Ladder ladder;
  ladder.runs = {run_called("190M", kPublished190M, 7), run_called("mine", 5e8, 9)};
  EXPECT_FALSE(complete_flops(ladder, Catalogue::embedded()));
  EXPECT_EQ(ladder.runs[0].flops_per_token, 7);
}

TEST(Flops, TheCataloguesOnlyForModelsOfItsNamesAndSizes) {
  Ladder ladder;
  ladder.runs = {run_called("190M-1xC", kPublished190M), run_called("7B-4T", 6'887'575'552)};
  EXPECT_THAT(complete_flops(ladder, Catalogue::embedded()),
              Optional(HasSubstr("of 2 runs are those of the catalogue's")));
  EXPECT_EQ(ladder.runs[0].flops_per_token, 1'903'391'232);
  EXPECT_EQ(ladder.runs[1].flops_per_token, 49'412'071'424);
}

TEST(Flops, ASharedNameIsNoModelOfTheCatalogue) {
  Ladder ladder;
  ladder.runs = {run_called("190M-mine", 190e6), run_called("370M-mine", 370e6)};
  EXPECT_THAT(complete_flops(ladder, Catalogue::embedded()),
              Optional(std::string("no run says its FLOPs: 6 N FLOPs per token count for every "
                                   "run")));
  EXPECT_EQ(ladder.runs[0].flops_per_token, 6 * 190e6);
}

TEST(Flops, CountsAreNeverMixed) {
  Ladder ladder;
  ladder.runs = {run_called("190M", kPublished190M), run_called("other", 5e8),
                 run_called("third", 6e8, 1)};
  EXPECT_THAT(complete_flops(ladder, Catalogue::embedded()),
              Optional(HasSubstr("only 1 of 3 runs say their FLOPs: 6 N")));
  for (const LadderRun& run : ladder.runs) EXPECT_EQ(run.flops_per_token, 6 * n_params(run));
}

TEST(Flops, ATargetIsCountedAsTheRunsAre) {
  const Catalogue catalogue = Catalogue::embedded();
  const auto flops_of_target = [&](const Ladder& ladder, double n, const std::string& name) {
    return extra_targets({n, 1e12, name}, catalogue, ladder).front().compute_flops;
  };
  Ladder by_rule, said;
  by_rule.runs = {run_called("a", 1e8, 6e8)};
  said.runs = {run_called("a", 1e8, 9e8), run_called("b", 2e8, 15e8)};
  EXPECT_THAT(flops_of_target(by_rule, 7e9, "7B-1T"), Optional(42e21));
  EXPECT_THAT(flops_of_target(said, 2e8, "c"), Optional(15e20));
  EXPECT_THAT(flops_of_target(said, 6'887'575'552, "7B-4T"), Optional(49'412'071'424e12));
  EXPECT_FALSE(flops_of_target(said, 7e9, "7B-4T"));
}

}  // namespace
}  // namespace rung::ladder
