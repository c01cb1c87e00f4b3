#include "rung/core/error.hpp"

#include <gmock/gmock.h>

namespace rung {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Problem, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ((Problem{Location{"runs.csv", 14, 7}, "loss is 0", "is it a ratio?"}).text(),
            "runs.csv:14:7: error: loss is 0 (is it a ratio?)");
  EXPECT_EQ((Problem{Location{"runs.csv", 14}, "loss is 0", ""}).text(),
            "runs.csv:14: error: loss is 0");
  EXPECT_EQ((Problem{Location{"runs.csv"}, "it is empty", ""}).text(),
            "runs.csv: error: it is empty");
  EXPECT_EQ((Problem{Location{}, "no files given", ""}).text(), "error: no files given");
}

TEST(InputError, SaysEveryProblem) {
  const InputError error(
      {{Location{"a.csv", 1}, "first", ""}, {Location{"a.csv", 2}, "second", "look"}});
  EXPECT_EQ(error.problems().size(), 2);
  EXPECT_STREQ(error.what(), "a.csv:1: error: first\na.csv:2: error: second (look)");
}

TEST(NearestNames, PutsTheBestFirst) {
  const std::vector<std::string> known = {"arc_easy", "arc_challenge", "hellaswag", "arc_ease"};
  EXPECT_THAT(nearest_names("arc_esy", known), ElementsAre("arc_easy", "arc_ease"));
  EXPECT_THAT(nearest_names("hella", known), ElementsAre("hellaswag"));
  EXPECT_THAT(nearest_names("winogrande", known), IsEmpty());
  EXPECT_THAT(nearest_names("arc_esy", known, 1), ElementsAre("arc_easy"));
}

TEST(DidYouMean, IsEmptyWhenNothingIsNear) {
  EXPECT_EQ(did_you_mean("los", {"loss", "step"}), "did you mean 'loss'?");
  EXPECT_EQ(did_you_mean("something", {"loss", "step"}), "");
}

}  // namespace
}  // namespace rung
