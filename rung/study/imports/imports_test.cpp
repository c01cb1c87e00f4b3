#include "rung/study/imports/imports.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/error_of.hpp"

namespace rung::imports {
namespace {

using ::testing::AllOf;
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

/// Errors name the line of a checkpoint, where it is of one row.
TEST(Imports, CheckpointsKnowTheirRows) {
  rung::Run first = part("a", {1, 2, 3}, {5, 4, 3}), again = part("a", {3, 4}, {3.5, 2});
  first.table = again.table = "log.csv";
  first.lines = {2, 3, 4}, again.lines = {7, 8};
  const auto lines = [](std::vector<rung::Run> parts, std::vector<Score> scores) {
    return run({}, {std::move(parts), std::move(scores), {}}).runs[0].lines;
  };
  EXPECT_THAT(lines({first, again}, {}), ElementsAre(2, 3, 0, 8));
  EXPECT_THAT(lines({first}, {scored("a", 0.5)}), ElementsAre());
  again.table = "other.csv";
  EXPECT_THAT(lines({first, again}, {}), ElementsAre());
}

TEST(Imports, RowsThatSayOnlyWhenStayApart) {
  rung::Run first = part("a", {}, {}), again = part("a", {}, {});
  first.n_tokens = {std::nan(""), std::nan("")};
  again.n_tokens = {std::nan("")};
  first.metrics = {{kSeconds, {20, 10}}, {"loss", {4, 5}}};
  again.metrics = {{kSeconds, {30}}, {"loss", {3}}};
  const Result result = run({}, {{first, again}, {}, {}});
  EXPECT_THAT(result.table.numbers("loss"), ElementsAre(5, 4, 3));
  again.metrics[kStep] = {7};
  EXPECT_EQ(run({}, {{first, again}, {}, {}}).table.n_rows(), 1u);
}

TEST(Imports, RowsOfOneStepAreAsLateAsTheLast) {
  rung::Run first = part("a", {1, 2}, {5, 4}), again = part("a", {2, 3}, {4, 3});
  first.metrics[kSeconds] = {10, 20};
  again.metrics[kSeconds] = {50, 60};
  const Result result = run({.repeated = Repeated::mean}, {{first, again}, {}, {}});
  EXPECT_THAT(result.table.numbers(kSeconds), ElementsAre(10, 50, 60));
  EXPECT_TRUE(result.notes.empty() || result.notes[0].find("logged again") == std::string::npos);
}

TEST(Imports, TakesGroupsOfMetrics) {
  rung::Run logged = part("a", {1}, {5});
  for (const char* metric :
       {"train/CE loss", "eval/c4_en-validation/CrossEntropyLoss", "optim/LR (group 0)",
        "eval/downstream/hellaswag_len_norm", "eval/downstream_bpb/arc_easy_rc_bpb",
        "throughput/device/TPS", "piqa_acc_norm", kSeconds})
    logged.metrics[metric] = {1};
  const auto kept = [&](const std::vector<std::string>& groups, const std::string& expression) {
    std::vector<std::string> names;
    const Result result = run({.metrics = expression, .groups = groups}, {{logged}, {}, {}});
    for (const auto& [name, values] : result.runs[0].metrics) names.push_back(name);
    return names;
  };
  EXPECT_THAT(kept({"train"}, ""),
              ElementsAre("loss", "optim/LR (group 0)", kSeconds, kStep, "train/CE loss"));
  EXPECT_THAT(kept({"validation"}, ""),
              ElementsAre("eval/c4_en-validation/CrossEntropyLoss", kSeconds, kStep));
  EXPECT_THAT(kept({"downstream"}, ""),
              ElementsAre("eval/downstream/hellaswag_len_norm", "piqa_acc_norm", kSeconds, kStep));
  EXPECT_THAT(
      kept({"bpb", "throughput"}, ""),
      ElementsAre("eval/downstream_bpb/arc_easy_rc_bpb", kSeconds, kStep, "throughput/device/TPS"));
  EXPECT_THAT(kept({"downstream"}, "piqa"), ElementsAre("piqa_acc_norm", kSeconds, kStep));
  EXPECT_THAT(error_of([&] {
                run({.groups = {"acc"}}, {{logged}, {}, {}});
              }),
              HasSubstr("one of train, validation"));
}

// Two runs of one name keep their identifiers; one that has its name for itself takes it.
TEST(Imports, IdentifiersGiveWayToNames) {
  std::vector<rung::Run> runs = {part("id1", {1}, {5}), part("id2", {1}, {4}),
                                 part("id3", {1}, {3})};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].label = i == 2 ? "alone" : "shared";
    runs[i].descriptions[kRunId] = runs[i].model;
  }
  const Result result = run({}, {runs, {}, {}});
  EXPECT_EQ(result.runs[0].model, "id1");
  EXPECT_EQ(result.runs[1].model, "id2");
  EXPECT_EQ(result.runs[2].model, "alone");
  EXPECT_FALSE(result.table.has("config.run_id"));
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
  known.n_tokens = {4000, 4000, 4000};  // the whole run's, on each row
  EXPECT_THAT(run({}, {{known}, {}, {}}).table.numbers("n_tokens"), ElementsAre(0, 2000, 4000));
  const Result by_batch = run({.batch_tokens = 100}, {{part("a", {1, 2}, {3, 2})}, {}, {}});
  EXPECT_THAT(by_batch.table.numbers("n_tokens"), ElementsAre(100, 200));
}

TEST(Imports, SizesByNameOrFacts) {
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

TEST(Imports, SizesThatContradictNamesAreTold) {
  const auto warnings = [](const char* name, double size) {
    rung::Run logged = part(name, {1}, {3});
    logged.n_params.total = size;
    logged.n_tokens = {2e9};
    const std::vector<std::string> told = run({}, {{logged}, {}, {}}).warnings;
    return told.empty() ? "" : told.front();
  };
  EXPECT_EQ(warnings("x-1.3B", 1.2e9),
            "the sizes of 1 run are others than their names say: x-1.3B has 1.2B parameters in the "
            "table, which counts");
  EXPECT_THAT(warnings("x-190M", 160e6), HasSubstr("others than their names say"));
  EXPECT_THAT(warnings("x-190M", 190), HasSubstr("are they counted in millions?"));
  EXPECT_EQ(warnings("x-1.3B", 1.3e9), "");
  EXPECT_EQ(warnings("x-1B", 1.3e9), "");        // rounded
  EXPECT_EQ(warnings("x-750M", 681297408), "");  // an exact count, by and by
  EXPECT_EQ(warnings("x-7B", 6.74e9), "");
}

TEST(Imports, FactsThatContradictTheLogsAreNamed) {
  rung::Run logged = part("x", {1}, {3});
  logged.n_params.total = 6.7e9;
  logged.n_tokens = {2e9};
  Table facts("facts.csv");
  facts.add({"model", std::vector<std::string>{"x"}});
  facts.add({"n_params", std::vector<double>{7e9}});
  facts.add({"n_tokens", std::vector<double>{4e9}});
  facts.add({"size", std::vector<double>{7}});
  const Result told = run({}, {{logged}, {}, {}}, &facts);
  EXPECT_THAT(told.warnings, Contains(AllOf(HasSubstr("and counts: n_params of 'x' is 7000000000"),
                                            HasSubstr("6700000000 in its log"))));
  EXPECT_THAT(told.warnings, Contains(HasSubstr("which count: n_tokens of 'x'")));
  EXPECT_THAT(told.notes, Contains(HasSubstr("--facts takes nothing from size:")));
  EXPECT_THAT(told.table.numbers("n_params"), ElementsAre(7e9));
  EXPECT_THAT(told.table.numbers("n_tokens"), ElementsAre(2e9));
  logged.n_params.total = 7e9;
  logged.n_tokens = {4e9};
  EXPECT_THAT(run({}, {{logged}, {}, {}}, &facts).warnings, ::testing::IsEmpty());
}

TEST(Imports, SaysWhatLeavesNothing) {
  const Imported imported{.runs = {part("a", {1}, {3})}, .scores = {}, .warnings = {}};
  EXPECT_THAT(error_of([&] { run({.runs = "^b"}, imported); }),
              testing::StartsWith("error: --runs leaves nothing over"));
  EXPECT_THAT(error_of([&] { run({.runs = "("}, imported); }),
              HasSubstr("--runs: '(' is no regular expression"));
  EXPECT_THAT(error_of([&] { run({.kind = Kind::scores}, imported); }),
              HasSubstr("there are no scores"));
  EXPECT_THAT(error_of([&] { run({.batch_tokens = -1}, imported); }),
              HasSubstr("--batch-tokens must be"));
}

}  // namespace
}  // namespace rung::imports
