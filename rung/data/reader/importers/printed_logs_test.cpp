// What trainers print.
#include <gmock/gmock.h>

#include "rung/core/error.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/reader/log_lines.hpp"
#include "tests/support/error_of.hpp"

namespace rung {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::NanSensitiveDoubleEq;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Imported import_log(const std::string& importer, const std::string& content,
                    const std::string& path) {
  const Importer& found = find_importer(importer);
  EXPECT_EQ(found.likeness({path, content}), Likeness::certain);
  return import_content(found, {path, content});
}

TEST(LogLines, TakeTimesAndColoursOff) {
  std::vector<LogLine> lines;
  std::vector<std::string> texts;
  for_each_log_line(
      "2024-05-21 10:11:12.500\thost\n2024-05-21,10:11:12 | INFO\r\n"
      "2024-05-21T10:11:12.25Z 2024-05-21 10:11:13 both\n\x1b[34mblue\x1b[0m  line\n2024-05\n\nend",
      [&](const LogLine& line) {
        lines.push_back({line.seconds, {}});
        texts.emplace_back(line.text);
      });
  EXPECT_THAT(texts, ElementsAre("\thost", " | INFO", " both", "blue  line", "2024-05", "", "end"));
  EXPECT_EQ(lines[0].seconds, 1716286272.5);
  EXPECT_EQ(lines[1].seconds, 1716286272);
  EXPECT_EQ(lines[2].seconds, 1716286273);
  EXPECT_FALSE(lines[3].seconds);
}

TEST(OlmoCoreLog, ReadsStepsMetricsAndEvaluations) {
  const Imported imported =
      import_log("olmo_core",
                 "2025-03-01 12:00:00.000\thost:0\tolmo_core.train:1\tINFO\tTraining\n"
                 "2025-03-01 12:00:10.000\thost:0\tolmo_core.x:68\tINFO\t"
                 "[step=100/2000,epoch=1,eta=5h11m]\n"
                 "    train/CE loss=6.234\n"
                 "    train/PPL=1,511.9\n"
                 "    optim/LR (group 0)=1.20E-05\n"
                 "    throughput/total tokens=419,430,400\n"
                 "2025-03-01 12:00:11.000\thost:0\tolmo_core.x:9\tINFO\t"
                 "[eval=lm,step=1/10]\n"
                 "2025-03-01 12:00:12.000\thost:0\tolmo_core.x:9\tINFO\t"
                 "Finished lm evals in 2.1 seconds. Metrics:\n"
                 "    c4_en-validation/CE loss=6.5\n"
                 "2025-03-01 12:00:12.000\thost:0\tolmo_core.x:9\tINFO\tSaved\n"
                 "    a line=3\n"
                 "2025-03-01 12:00:20.000\thost:0\tolmo_core.x:68\tINFO\t"
                 "[step=200/2000,epoch=1]\n"
                 "    train/CE loss=5.5\n",
                 "logs/190M.log");
  ASSERT_EQ(imported.runs.size(), 1u);
  const rung::Run& run = imported.runs[0];
  EXPECT_EQ(run.model, "190M");
  EXPECT_THAT(run.metrics.at("step"), ElementsAre(100, 200));
  EXPECT_THAT(run.metrics.at("train/CE loss"), ElementsAre(6.234, 5.5));
  EXPECT_THAT(run.metrics.at("eval/lm/c4_en-validation/CE loss"),
              ElementsAre(6.5, NanSensitiveDoubleEq(kNone)));
  EXPECT_EQ(run.metrics.at("train/PPL")[0], 1511.9);
  EXPECT_EQ(run.n_tokens[0], 419430400);
  EXPECT_EQ(run.settings.at("max_steps"), 2000);
  EXPECT_EQ(run.metrics.at("seconds")[1] - run.metrics.at("seconds")[0], 10);
  EXPECT_FALSE(run.metrics.count("a line"));
}

// A run that goes back to its last checkpoint prints steps again: rows of their own, of which the
// import's --repeated says what counts.
TEST(OlmoCoreLog, StepsThatComeAgainAreRowsOfTheirOwn) {
  const Imported imported = import_log(
      "olmo_core",
      "[step=1/9,epoch=1]\n  loss=3\n[step=2/9,epoch=1]\n  loss=2\n[step=2/9,epoch=1]\n  loss=1\n",
      "runs/190M/train.log");
  EXPECT_EQ(imported.runs[0].model, "190M");
  EXPECT_THAT(imported.runs[0].metrics.at("step"), ElementsAre(1, 2, 2));
  EXPECT_THAT(imported.runs[0].metrics.at("loss"), ElementsAre(3, 2, 1));
}

TEST(OlmoCoreLog, RefusesOtherText) {
  EXPECT_THAT(error_of([] {
                import_content(find_importer("olmo_core"), {"x.log", "[step=a]\n  loss=1\nno\n"});
              }),
              HasSubstr("no step with metrics"));
}

const char* const kOpenLm =
    "2023-11-20,05:19:00 | INFO | Params:\n"
    "2023-11-20,05:19:00 | INFO |   global_batch_size: 64\n"
    "2023-11-20,05:19:00 | INFO |   lr: 0.003\n"
    "2023-11-20,05:19:00 | INFO |   name: rpj-d=96\n"
    "2023-11-20,05:19:00 | INFO |   seq_len: 2048\n"
    "2023-11-20,05:19:00 | INFO |   val_data: None\n"
    "2023-11-20,05:19:10 | INFO | Train Epoch: 0 [   64/1280 (5%)] Loss: 10.987 Data (t): 0.7 "
    "Batch (t): 3.2, 5242.88/s, 655.36/s/gpu LR: 0.000003 \n"
    "2023-11-20,05:19:20 | INFO | Train Epoch: 0 [ 1280/1280 (100%)] Loss: 8.500 Data (t): 0.7 "
    "Batch (t): 3.2, 5242.88/s, 655.36/s/gpu LR: 0.003000 \n"
    "evaluation on: ['s3://bucket/c4_val/shard-0.tar']\n"
    "evaluation loss: 8.25\n"
    "2023-11-20,05:19:30 | INFO | Train Epoch: 1 [  640/1280 (50%)] Loss: 7.500 Data (t): 0.7 "
    "Batch (t): 3.2, 5242.88/s, 655.36/s/gpu LR: 0.002000 \n";

TEST(OpenLmLog, ReadsParametersRowsAndEvaluations) {
  const Imported imported = import_log("open_lm", kOpenLm, "logs/exp/out.log");
  ASSERT_EQ(imported.runs.size(), 1u);
  EXPECT_THAT(imported.warnings, IsEmpty());
  const rung::Run& run = imported.runs[0];
  EXPECT_EQ(run.model, "rpj-d=96");
  EXPECT_THAT(run.metrics.at("step"), ElementsAre(1, 20, 30));
  EXPECT_THAT(run.n_tokens, ElementsAre(64 * 2048, 1280 * 2048, 1920 * 2048));
  EXPECT_THAT(run.metrics.at("train/loss"), ElementsAre(10.987, 8.5, 7.5));
  EXPECT_THAT(run.metrics.at("train/lr"), ElementsAre(3e-6, 0.003, 0.002));
  EXPECT_EQ(run.metrics.at("valid/c4_val/loss")[1], 8.25);
  EXPECT_EQ(run.metrics.at("seconds")[2] - run.metrics.at("seconds")[0], 20);
  EXPECT_EQ(run.settings.at("learning_rate_peak"), 0.003);
  EXPECT_EQ(run.settings.at("batch_size_in_tokens"), 64 * 2048);
  EXPECT_FALSE(run.descriptions.count("val_data"));
}

TEST(OpenLmLog, WithoutParametersSamplesStandForSteps) {
  const std::string all = kOpenLm;
  const Imported imported =
      import_log("open_lm", all.substr(all.find("2023-11-20,05:19:10")), "logs/exp/out.log");
  EXPECT_EQ(imported.runs[0].model, "exp");
  EXPECT_THAT(imported.runs[0].metrics.at("step"), ElementsAre(64, 1280, 1920));
  EXPECT_THAT(imported.warnings.at(0), HasSubstr("doesn't say its global_batch_size"));
  EXPECT_THAT(error_of([] {
                import_content(find_importer("open_lm"), {"out.log", "nothing"});
              }),
              HasSubstr("no line 'Train Epoch"));
}

}  // namespace
}  // namespace rung
