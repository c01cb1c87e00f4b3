#include "rung/report/ladder/compute_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/study/ladder/simulate.hpp"

namespace rung::ladder {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// By model size, with the loss or accuracy of the largest run's end times a factor.
ComputeErrors with_wrong_end(const std::string& metric, double factor) {
  constexpr std::size_t kLargest = 15;
  SimulatedLadder made = simulate_ladder({.n_tasks = 1}, 9);
  made.ladder.runs[kLargest].metrics.at(metric).back() *= factor;
  ComputeErrorRequest request{.vary = Vary::model_size};
  request.chain.n_bootstrap = 0;
  return run_compute_error(request, made.ladder, made.tasks);
}

std::string chained_of(const ComputeErrors& found, std::size_t entry) {
  return percent(*found.errors[entry].mean.chained, 1);
}

TEST(ComputeErrorReport, MarksAndNamesWhatPredictDoubts) {
  const ComputeErrors sound = with_wrong_end("task1/bpb", 1);
  for (const std::string& text : {text_of(describe(sound, {})), csv_of(describe(sound, {}))})
    EXPECT_THAT(text, Not(HasSubstr("task1/bpb of")));
  for (const auto& [metric, factor] : {std::pair("task1/bpb", 10.0), {"task1/acc", 0.1}}) {
    const ComputeErrors found = with_wrong_end(metric, factor);
    const std::string reason = std::string(metric) + " of 1.3B-10xC is ";
    ASSERT_EQ(found.errors.size(), 4U);
    EXPECT_TRUE(found.errors[2].mean.identified);
    const Document document = describe(found, {});
    const std::string text = text_of(document);
    // The run comes in with the last part.
    EXPECT_THAT(text, AllOf(HasSubstr(chained_of(found, 2) + "\n"),
                            HasSubstr(chained_of(found, 3) + " (!)\n"), HasSubstr(reason),
                            HasSubstr(", by all runs: step ")));
    EXPECT_THAT(csv_of(document), HasSubstr(reason));
    const Json& results = document.results();
    EXPECT_TRUE(results[2]["doubts"].empty());
    EXPECT_THAT(results[3]["doubts"].dump(), HasSubstr(reason));
    EXPECT_TRUE(results[3]["identified"].get<bool>());
  }
}

TEST(ComputeErrorReport, MarksTheStepsThatADoubtIsOf) {
  const ComputeErrors found = with_wrong_end("task1/acc", 0.1);
  const TaskError& all = found.errors.back().tasks.front();
  EXPECT_TRUE(all.step1_doubts.empty());
  EXPECT_FALSE(all.step2_doubts.empty());
  EXPECT_THAT(text_of(describe(found, {.which_step = "step1"})), Not(HasSubstr("task1/acc of")));
  const std::string text = text_of(describe(found, {.which_step = "all"}));
  EXPECT_EQ(text.find("task1/acc of"), text.rfind("task1/acc of"));  // once for both steps
}

/// Three parts of two tasks, with so many reasons of the first part besides.
ComputeErrors of_three_parts(std::size_t n_more) {
  ComputeErrors found{.vary = Vary::model_size, .target = "7B", .errors = {}};
  for (const char* key : {"1B", "2B", "3B"}) {
    ComputeError& entry = found.errors.emplace_back(ComputeError{.key = key});
    for (const char* name : {"PIQA", "COPA"}) {
      TaskError task{.chained = 0.1, .identified = true, .chained_doubts = {"shared"}};
      task.task.name = name;
      if (entry.key != "1B") task.chained_doubts.emplace_back("later");
      if (entry.key == "2B") task.chained_doubts.emplace_back(name);
      for (std::size_t i = 0; i < n_more && entry.key == "1B"; ++i)
        task.chained_doubts.push_back("more " + std::to_string(i));
      entry.tasks.push_back(task);
    }
    entry.mean = entry.tasks[0];
  }
  return found;
}

TEST(ComputeErrorReport, SaysOfWhichPartsAReasonIs) {
  const std::string text = text_of(describe(of_three_parts(0), {}));
  EXPECT_THAT(text, HasSubstr("\n(!) PIQA, COPA: shared\n(!) PIQA, COPA, from 2B on: later\n"
                              "(!) PIQA, up to 2B: PIQA\n(!) COPA, up to 2B: COPA\n"));
  EXPECT_THAT(text_of(describe(of_three_parts(9), {})),
              AllOf(HasSubstr("up to 1B: more 1\n"), Not(HasSubstr("more 2")),
                    HasSubstr("(!) 7 more reasons, most of smaller parts of the ladder")));
}

}  // namespace
}  // namespace rung::ladder
