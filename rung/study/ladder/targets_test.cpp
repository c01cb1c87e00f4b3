#include "rung/study/ladder/targets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/core/error.hpp"

namespace rung::ladder {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Ladder with_eval_model() {
  Ladder ladder;
  LadderRun& run = ladder.runs.emplace_back();
  run.model = "7B-4T";
  run.mode = Mode::eval;
  run.n_params.non_embedding = 6'887'575'552;
  run.n_tokens = {3'945'065'873'408};
  return ladder;
}

std::vector<Target> targets(const TargetRequest& request) {
  return extra_targets(request, Catalogue::embedded(), with_eval_model());
}

TEST(ExtraTargets, AnEvalModelIsNamedAloneOrAsItIs) {
  EXPECT_THAT(targets({.name = "7B-4T"}), IsEmpty());
  EXPECT_THAT(targets({7e9, 4e12, "7B-4T"}), IsEmpty());
  EXPECT_THAT(targets({7e9, 4e12}), IsEmpty());
  EXPECT_THAT(targets({1e9, 4e12, "mine"}), SizeIs(1));
}

TEST(ExtraTargets, AnEvalModelOfAnotherSizeOrLengthIsRefused) {
  for (const TargetRequest& request :
       {TargetRequest{1e9, 4e12, "7B-4T"}, TargetRequest{7e9, 1e11, "7B-4T"}}) {
    try {
      targets(request);
      FAIL();
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr("6.9B parameters and 3.9T tokens"));
    }
  }
}

TEST(ExtraTargets, ASizeThatHasLostItsUnitOrHasTwoIsRefused) {
  const std::pair<TargetRequest, const char*> refused[] = {
      {{7, 4e12, "mine"}, "-n 7 is far below every run"},
      {{7e9, 4, "mine"}, "-d 4 is far below every run"},
      {{7e18, 4e12, "mine"}, "-n 7e18 is far above every run, whose most is 6.9B"},
      {{7e9, 4e21, "mine"}, "-d 4e21 is far above every run"},
      {{4e12, 7e9, "mine"}, "7B tokens are too few for 4T parameters"}};
  for (const auto& [request, words] : refused) {
    try {
      targets(request);
      ADD_FAILURE() << words;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr(words));
    }
  }
}

}  // namespace
}  // namespace rung::ladder
