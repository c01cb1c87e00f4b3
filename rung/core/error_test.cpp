#include "rung/core/error.hpp"

#include <gmock/gmock.h>

#include <algorithm>

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

TEST(Problem, LeavesOutTheMiddleOfRowsOfDigits) {
  const std::string digits(400, '9');
  EXPECT_EQ((Problem{Location{}, "'" + digits + "' is no size", ""}).text(),
            "error: '9999999999…99999' is no size");
  EXPECT_EQ((Problem{Location{}, "'1234567890123' is no size", ""}).text(),
            "error: '1234567890123' is no size");
}

TEST(InputError, SaysEveryProblem) {
  const InputError error(
      {{Location{"a.csv", 1}, "first", ""}, {Location{"a.csv", 2}, "second", "look"}});
  EXPECT_EQ(error.problems().size(), 2);
  EXPECT_STREQ(error.what(), "a.csv:1: error: first\na.csv:2: error: second (look)");
}

TEST(InputError, ShowsTenAndCountsTheOthers) {
  std::vector<Problem> problems(12, {{"a.csv", 7}, "odd", ""});
  const auto n_lines = [](const InputError& error) {
    const std::string text = error.what();
    return std::count(text.begin(), text.end(), '\n') + 1;
  };
  const InputError twelve(problems);
  EXPECT_EQ(twelve.problems().size(), 12u);
  EXPECT_EQ(n_lines(twelve), 11);
  EXPECT_THAT(twelve.what(),
              testing::EndsWith("a.csv:7: error: odd\na.csv: error: 2 problems more"));
  problems.resize(10);
  EXPECT_EQ(n_lines(InputError(problems)), 10);
  const InputError counted(problems, 90);
  EXPECT_THAT(counted.what(), testing::EndsWith("a.csv: error: 90 problems more"));
  // Of two such errors as one, the counts add up.
  problems.insert(problems.end(), counted.problems().begin(), counted.problems().end());
  problems.back().location.file = "b.csv";
  EXPECT_THAT(InputError(problems).what(), testing::EndsWith("\nerror: 100 problems more"));
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
  EXPECT_EQ(did_you_mean("levle", {"level", "level", "step"}), "did you mean 'level'?");
  EXPECT_EQ(did_you_mean("D", {"N"}), "");
  EXPECT_EQ(did_you_mean("n", {"N", "D"}), "did you mean 'N'?");
}

}  // namespace
}  // namespace rung
