// Foreign logs of training runs.
#include <gmock/gmock.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/data/reader/importer.hpp"
#include "tests/support/error_of.hpp"

namespace rung {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::NanSensitiveDoubleEq;

std::vector<rung::Run> runs_of(const std::string& importer, const std::string& path,
                               const std::string& content) {
  return import_content(find_importer(importer), {path, content}).runs;
}

TEST(WandbCsv, TellsRunsMetricsAndBoundsApart) {
  const std::vector<rung::Run> runs = runs_of(
      "wandb_csv", "chart.csv",
      "\"Step\",\"190M-1xC - eval/c4\",\"190M-1xC - eval/c4__MIN\",\"190M-1xC - eval/c4__MAX\","
      "\"a - b - _step\",\"a - b - _step__MIN\",\"a - b - eval/c4\"\n"
      "\"0\",\"9\",\"9\",\"9\",\"\",\"\",\"\"\n"
      "\"10\",\"3.5\",\"3.4\",\"3.6\",\"12\",\"12\",\"4.5\"\n");
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].model, "190M-1xC");
  EXPECT_THAT(runs[0].metrics.at(kStep), ElementsAre(0, 10));
  EXPECT_THAT(runs[0].metrics.at("eval/c4"), ElementsAre(9, 3.5));
  EXPECT_EQ(runs[0].metrics.size(), 2u);
  EXPECT_EQ(runs[1].model, "a - b");
  EXPECT_THAT(runs[1].metrics.at(kStep), ElementsAre(12));  // its own, not the axis
}

TEST(WandbCsv, TakesTokensAsAxis) {
  const std::vector<rung::Run> runs =
      runs_of("wandb_csv", "chart.csv", "throughput/total_tokens,r - loss\n1000,3\n2000,2.5\n");
  EXPECT_THAT(runs[0].n_tokens, ElementsAre(1000, 2000));
  EXPECT_THAT(error_of([] { runs_of("wandb_csv", "c.csv", "lr,r - loss\n1,2\n"); }),
              HasSubstr("no axis"));
  EXPECT_THAT(error_of([] { runs_of("wandb_csv", "c.csv", "Step,loss\n1,2\n"); }),
              HasSubstr("'RUN - METRIC'"));
}

TEST(LogTable, KnowsSizesByTheWordsOfTheirNames) {
  const auto sizes = [](const std::string& column) {
    return runs_of("table", "t.csv", "run,step,loss," + column + "\na,1,2,60M\n")[0].n_params;
  };
  for (const char* name : {"num_params", "model/parameters", "Total params", "n-parameters",
                           "config.model.num_params"})
    EXPECT_EQ(sizes(name).total, 60e6) << name;
  for (const char* name :
       {"n_params_non_emb", "model/params_non_embedding", "non-embedding params"})
    EXPECT_EQ(sizes(name).non_embedding, 60e6) << name;
  EXPECT_EQ(sizes("active_params").active, 60e6);
  for (const char* name : {"embedding_params", "params_millions", "params_per_layer", "lr"}) {
    EXPECT_FALSE(sizes(name).total) << name;
    EXPECT_FALSE(sizes(name).non_embedding) << name;
  }
}

TEST(LogTable, KnowsTheUsualNames) {
  const std::vector<rung::Run> runs = runs_of(
      "table", "logs/history.jsonl",
      "{\"_step\": 1, \"_runtime\": 2.5, \"loss\": 3.5, \"config\": {\"lr\": 0.1}}\n"
      "{\"_step\": 2, \"_runtime\": 5, \"loss\": \"NaN\", \"num_input_tokens_seen\": 4096}\n");
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].model, "history");
  EXPECT_THAT(runs[0].metrics.at(kStep), ElementsAre(1, 2));
  EXPECT_EQ(runs[0].n_tokens[1], 4096);
  EXPECT_EQ(runs[0].settings.at("lr"), 0.1);
  EXPECT_FALSE(runs[0].metrics.count("_runtime"));
}

TEST(LogTable, PartsRunsByName) {
  const std::vector<rung::Run> runs =
      runs_of("table", "t.csv", "run,step,n_params,loss\na,1,190M,3\nb,1,370M,2\na,2,190M,2.5\n");
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_THAT(runs[0].metrics.at("loss"), ElementsAre(3, 2.5));
  EXPECT_EQ(runs[1].n_params.total, 370e6);
  EXPECT_THAT(error_of([] { runs_of("table", "t.csv", "run,step\na,1\n"); }),
              HasSubstr("holds no column of numbers that were logged"));
}

/// Wherever they stand in the table.
TEST(LogTable, TheBestOfItsKnownNamesCounts) {
  const std::vector<rung::Run> runs = runs_of(
      "table", "t.csv", "experiment,run,step,Tokens,tokens,loss\nx,a,1,1,100,3\nx,b,1,1,200,2\n");
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[1].model, "b");
  EXPECT_EQ(runs[1].n_tokens[0], 200);
}

TEST(LogTable, ASizeIsAModelsWhereItIsLargeEnough) {
  const auto size = [](const std::string& head, const std::string& cells) {
    return runs_of("table", "t.csv", "run,step,loss," + head + "\na,1,3," + cells + "\n")[0]
        .n_params.total;
  };
  EXPECT_EQ(size("size", "190M"), 190e6);
  EXPECT_EQ(size("Size", "1.9e8"), 190e6);
  EXPECT_EQ(size("size", "512"), std::nullopt);
  EXPECT_EQ(size("size", "small"), std::nullopt);
  EXPECT_EQ(size("size,params", "1B,190M"), 190e6);
}

TEST(LogTable, ARunHasOneSize) {
  EXPECT_THAT(error_of([] {
                runs_of("table", "t.csv", "experiment,n_params,step,loss\nx,1e8,1,3\nx,2e8,1,2\n");
              }),
              HasSubstr("run 'x' is of models of 2 sizes (is 'experiment' the column that says"));
}

TEST(LogTable, NeedsAnOrder) {
  EXPECT_THAT(error_of([] { runs_of("table", "t.csv", "run,loss\na,1\na,2\n"); }),
              HasSubstr("neither steps nor tokens"));
  EXPECT_EQ(runs_of("table", "t.csv", "run,loss\na,1\nb,2\n").size(), 2u);
}

TEST(TrainerState, IsNamedAfterItsFolder) {
  const std::vector<rung::Run> runs =
      runs_of("trainer_state", "runs/190M/checkpoint-20/trainer_state.json",
              R"({"global_step": 20, "log_history": [{"step": 10, "loss": 3, "epoch": 0.5},
                  {"step": 10, "eval_loss": 3.25}, {"step": 20, "total_flos": 1e15}]})");
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].model, "190M");
  EXPECT_EQ(runs[0].total_flops, 1e15);
  EXPECT_THAT(runs[0].metrics.at("loss"), ElementsAre(3, NanSensitiveDoubleEq(std::nan("")),
                                                      NanSensitiveDoubleEq(std::nan(""))));
}

TEST(TensorBoardCsv, HasItsNamesInTheFilesName) {
  const std::vector<rung::Run> runs = runs_of("tensorboard_csv", "run-190M-1xC-tag-eval_loss.csv",
                                              "Wall time,Step,Value\n1.5,10,3.5\n2.5,20,3.25\n");
  EXPECT_EQ(runs[0].model, "190M-1xC");
  EXPECT_THAT(runs[0].metrics.at("eval_loss"), ElementsAre(3.5, 3.25));
}

TEST(Mlflow, ReadsMetricsParametersAndNames) {
  const std::string run = "mlruns/0/0123456789abcdef0123456789abcdef/";
  const std::vector<rung::Run> metric =
      runs_of("mlflow", run + "metrics/eval/loss", "1716286272123 3.5 10\n1716286273123 3.25 20\n");
  EXPECT_THAT(metric[0].metrics.at("eval/loss"), ElementsAre(3.5, 3.25));
  EXPECT_THAT(metric[0].metrics.at(kStep), ElementsAre(10, 20));
  EXPECT_EQ(runs_of("mlflow", run + "params/lr", "0.1")[0].settings.at("lr"), 0.1);
  EXPECT_EQ(runs_of("mlflow", run + "tags/mlflow.runName", "190M\n")[0].label, "190M");
  EXPECT_EQ(runs_of("mlflow", run + "meta.yaml", "run_id: 0123\nrun_name: '190M'\n")[0].label,
            "190M");
  EXPECT_THAT(error_of([&] { runs_of("mlflow", run + "metrics/loss", "1 2 3\nbroken\n"); }),
              HasSubstr("metrics/loss:2: error: is no line of an MLflow metric"));
  EXPECT_THAT(error_of([&] { runs_of("mlflow", "metrics/loss", "1 2 3\n"); }),
              HasSubstr("lies in no folder"));
}

TEST(CheckpointName, SaysModelAndStep) {
  const auto name = [](const char* text) { return parse_checkpoint_name(text); };
  EXPECT_EQ(name("org/OLMo-190M/step4000-hf").model, "OLMo-190M");
  EXPECT_EQ(name("org/OLMo-190M/step4000-hf").step, 4000);
  EXPECT_EQ(name("org__OLMo-190M").model, "OLMo-190M");
  EXPECT_EQ(name("ckpt/a-step7-unsharded").model, "a");
  EXPECT_EQ(name("runs/b/checkpoint-500/").step, 500);
  EXPECT_FALSE(name("OLMo-2-0425").step);
  EXPECT_EQ(name("footstep3").model, "footstep3");
  EXPECT_EQ(name("step3").model, "step3");
}

}  // namespace
}  // namespace rung
