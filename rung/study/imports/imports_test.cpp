#include "rung/study/imports/imports.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/error_of.hpp"

namespace rung::imports {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::NanSensitiveDoubleEq;

const auto kNone = NanSensitiveDoubleEq(std::nan(""));

rung::Run part(const std::string& model, std::vector<double> steps, std::vector<double> losses) {
  rung::Run run;
  run.model = model;
  run.n_tokens.assign(steps.size(), std::nan(""));
  run.metrics = {{kStep, std::move(steps)}, {"loss", std::move(losses)}};
  return run;
}

Score scored(const std::string& model, double value, std::optional<double> date = {},
             std::optional<double> step = {}) {
  return {.model = model,
          .task = "piqa",
          .metric = "acc",
          .value = value,
          .stderror = 0.01,
          .n = 100,
          .step = step,
          .date = date,
          .file = "out/" + model + "/results.json"};
}

TEST(Imports, LastOrMeanOfAResumedRun) {
  const Imported parts{.runs = {part("a", {1, 2, 3}, {5, 4, 3}), part("a", {3, 4}, {3.5, 2})},
                       .scores = {},
                       .warnings = {}};
  const Result last = run({}, parts);
  EXPECT_THAT(last.table.numbers("loss"), ElementsAre(5, 4, 3.5, 2));
  EXPECT_THAT(last.notes, Contains(HasSubstr("the last counts")));
  const Result mean = run({.repeated = Repeated::mean}, parts);
  EXPECT_THAT(mean.table.numbers("loss"), ElementsAre(5, 4, 3.25, 2));
  EXPECT_THAT(mean.notes, Contains(HasSubstr("their mean counts")));
}

TEST(Imports, JoinsScoresByStepOrAtTheEnd) {
  Imported imported{.runs = {part("a", {10, 20}, {3, 2})},
                    .scores = {scored("a", 0.5), scored("a", 0.25, {}, 15)},
                    .warnings = {}};
  const Result result = run({}, std::move(imported));
  EXPECT_THAT(result.table.numbers(kStep), ElementsAre(10, 15, 20));
  EXPECT_THAT(result.table.numbers("piqa_acc"), ElementsAre(kNone, 0.25, 0.5));
  EXPECT_THAT(result.table.numbers("piqa_n"), ElementsAre(kNone, 100, 100));
}

TEST(Imports, NewestScoreCounts) {
  Imported imported{.runs = {},
                    .scores = {scored("a", 0.5, 200), scored("a", 0.25, 100), scored("b", 0.1)},
                    .warnings = {}};
  const Result result = run({}, std::move(imported));
  EXPECT_FALSE(result.is_of_runs);
  EXPECT_THAT(result.table.numbers("value"), ElementsAre(0.5, 0.1));
  EXPECT_THAT(result.notes, Contains(HasSubstr("the newest counts")));
}

TEST(Imports, TokensFollowFromSteps) {
  rung::Run known = part("a", {0, 10, 20}, {3, 2, 1});
  known.n_tokens = {0, std::nan(""), 4000};
  EXPECT_THAT(run({}, {{known}, {}, {}}).table.numbers("n_tokens"), ElementsAre(0, 2000, 4000));
  const Result by_batch = run({.batch_tokens = 100}, {{part("a", {1, 2}, {3, 2})}, {}, {}});
  EXPECT_THAT(by_batch.table.numbers("n_tokens"), ElementsAre(100, 200));
}

TEST(Imports, SizesByNameOrFacts) {
  EXPECT_EQ(size_in_name("OLMo-190M-1xC"), 190e6);
  EXPECT_EQ(size_in_name("llama_1.3b"), 1.3e9);
  EXPECT_FALSE(size_in_name("run-17"));
  const Result result = run({}, {{part("x-190M", {1}, {3})}, {}, {}});
  EXPECT_THAT(result.notes, Contains(HasSubstr("taken from names: the sizes of 1 run:")));
  Table facts("facts.csv");
  facts.add({"model", std::vector<std::string>{"x-190M"}});
  facts.add({"n_params", std::vector<double>{190354176}});
  facts.add({"n_tokens", std::vector<double>{4e9}});
  const Result told = run({}, {{part("x-190M", {1}, {3})}, {}, {}}, &facts);
  EXPECT_THAT(told.table.numbers("n_params"), ElementsAre(190354176));
  EXPECT_THAT(told.table.numbers("n_tokens"), ElementsAre(4e9));
  EXPECT_THAT(told.warnings, ::testing::IsEmpty());
  const Result other = run({}, {{part("y-370M", {1}, {3})}, {}, {}}, &facts);
  EXPECT_THAT(other.warnings, Contains(HasSubstr("--facts: no run is called 'x-190M'")));
  Table nameless("facts.csv");
  nameless.add({"n_params", std::vector<double>{190354176}});
  EXPECT_THAT(error_of([&] {
                run({}, {{part("x-190M", {1}, {3})}, {}, {}}, &nameless);
              }),
              HasSubstr("facts.csv: error: has no column 'model'"));
}

TEST(Imports, SaysWhatLeavesNothing) {
  const Imported imported{.runs = {part("a", {1}, {3})}, .scores = {}, .warnings = {}};
  EXPECT_THAT(error_of([&] { run({.runs = "^b"}, imported); }), HasSubstr("leave nothing over"));
  EXPECT_THAT(error_of([&] { run({.runs = "("}, imported); }),
              HasSubstr("--runs: '(' is no regular expression"));
  EXPECT_THAT(error_of([&] { run({.kind = Kind::scores}, imported); }),
              HasSubstr("there are no scores"));
  EXPECT_THAT(error_of([&] { run({.batch_tokens = -1}, imported); }),
              HasSubstr("--batch-tokens must be"));
}

}  // namespace
}  // namespace rung::imports
