/// From text to a ladder's table. What trains needs rung-train, and is skipped where it is not
/// built; tokenizing, plans and trainers of others need nothing.

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/lm/token_file.hpp"
#include "rung/lm/tokenize.hpp"
#include "rung/system/file.hpp"
#include "rung/system/gzip.hpp"
#include "tests/cli/train_command.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(TrainCommandTest, TokenizesTextAndJsonLinesAlike) {
  tokenize();
  EXPECT_THAT(text("data/data.toml"), HasSubstr("dtype = \"uint16\"\nvocab_size = 300\n"));
  write_file(folder_.path() / "lines.jsonl.gz",
             gzip("{\"body\": \"the cat sees a dog.\"}\n{\"body\": \"caf\\u00e9\"}\n"));
  const Ran bad = shell("$RUNG tokenize lines.jsonl.gz --to other");
  EXPECT_EQ(bad.status, 2);
  EXPECT_THAT(bad.err, HasSubstr("lines.jsonl.gz:1"));
  const Ran ran = shell(
      "$RUNG tokenize lines.jsonl.gz --field body --tokenizer data/tokenizer.json --validation 0 "
      "--to other --json -");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json result = json::parse(ran.out)["results"][0];
  EXPECT_EQ(result["vocab_size"], 300);
  EXPECT_EQ(result["train"]["n_documents"], 2);
  lm::Tokenizer tokenizer = lm::read_tokenizer(folder_.path() / "other/tokenizer.json");
  const lm::TokenFile file(folder_.path() / "other/train.bin", lm::TokenType::uint16);
  std::vector<lm::Token> tokens;
  file.read(0, file.n_tokens(), 300, tokens);
  EXPECT_THAT(tokenizer.decode(tokens), HasSubstr("the cat sees a dog.<|endoftext|>"));
}

TEST_F(TrainCommandTest, DryRunPrintsAllSettings) {
  tokenize();
  const Ran ran = shell(
      "$RUNG train --models small.toml --model small --data data --length 40K --batch_size 8 "
      "--lr 0.01 --dry-run");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("learning_rate = 0.01\n"));
  EXPECT_THAT(ran.out, HasSubstr("padded_vocab_size = 300\n"));
  EXPECT_THAT(ran.out, HasSubstr("scheduler"));
  EXPECT_FALSE(path_exists(folder_.path() / "small-40K"));
  const Ran bad = shell("$RUNG train --model 190M --data nowhere");
  EXPECT_EQ(bad.status, 2);
  EXPECT_THAT(bad.err, HasSubstr("nowhere"));
}

TEST_F(TrainCommandTest, AnotherProgramTrainsWhereThePlanSaysSo) {
  // Loss by a law, so that what comes back is known.
  write_file(folder_.path() / "trainer.sh",
             "if [ $5 = small-3xC ]; then echo no room left >&2; exit 3; fi\n"
             "awk -v n=$1 -v d=$2 -v lr=$3 'BEGIN { print \"step,n_tokens,loss\"; "
             "for (i = 1; i <= 4; ++i) printf \"%d,%d,%.12g\\n\", i, d * i / 4, "
             "1.5 + 40 / n^0.4 + 90 / (d * i / 4)^0.3 }' > \"$4/log.csv\"\n");
  write_file(folder_.path() / "plan.toml",
             "models = ['small', 'smaller']\nlengths = ['1xC', '2xC', '3xC']\n"
             "trainer = \"sh trainer.sh {params} {tokens} {lr} {folder} {name}\"\n"
             "log = \"{folder}/log.csv\"\nfolder = 'my runs'\n");
  const Ran ran = shell("$RUNG ladder train plan.toml --models small.toml --json results.json");
  EXPECT_EQ(ran.status, 1) << ran.err;  // one rung failed, and took no other along
  EXPECT_THAT(ran.err, HasSubstr("no room left"));
  const json results = json::parse(text("results.json"))["results"];
  ASSERT_EQ(results.size(), 6u);
  int n_done = 0;
  for (const json& rung : results) n_done += rung["state"] == "done";
  EXPECT_EQ(n_done, 5);
  const Ran fit = shell(
      "$RUNG fit 'my runs/runs.csv' --law chinchilla --x N=n_params_non_embedding,D=n_tokens "
      "--y loss --json -");
  ASSERT_EQ(fit.status, 0) << fit.err;
  EXPECT_NEAR(json::parse(fit.out)["results"][0]["fit"]["parameters"]["beta"]["value"], 0.3, 0.05);
  const Ran bad = shell(
      "sed -i 's/{lr}/{rate}/' plan.toml && $RUNG ladder train plan.toml --models small.toml");
  EXPECT_EQ(bad.status, 2);
  EXPECT_THAT(bad.err, HasSubstr("{rate}"));
}

/// A trainer whose losses follow a law, so that what comes back is known; one rung, if any, ends
/// with a loss of its own.
constexpr const char* kLawTrainer =
    "awk -v n=$1 -v d=$2 -v name=$4 'BEGIN { print \"step,n_tokens,loss\"; srand(n + d); "
    "for (i = 1; i <= 4; ++i) printf \"%d,%d,%.12g\\n\", i, d * i / 4, (1.5 + 40 / n^0.4 + "
    "90 / (d * i / 4)^0.3) * (1 + 0.001 * (rand() - 0.5)) * (name == \"tiny-66k-4xC\" ? 1.3 : 1) "
    "}' > \"$3/log.csv\"\n";

TEST_F(TrainCommandTest, PredictsAfterEachRungAndWarnsOfOneThatFallsOff) {
  write_file(folder_.path() / "trainer.sh", kLawTrainer);
  write_file(folder_.path() / "plan.toml",
             "models = ['smaller', 'small', 'tiny-66k']\nlengths = ['1xC', '2xC', '4xC']\n"
             "trainer = \"sh trainer.sh {params} {tokens} {folder} {name}\"\n"
             "log = \"{folder}/log.csv\"\nfolder = 'runs'\n[recipe]\nbatch_sequences = 4\n"
             "[[targets]]\nmodel = 'tiny-160k'\nlength = '2xC'\n");
  const Ran ran = shell("$RUNG ladder train plan.toml --models small.toml --json results.json");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("tiny-160k-2xC by 7 rungs: loss "));
  EXPECT_THAT(ran.err, HasSubstr("tiny-66k-4xC falls off the ladder"));
  EXPECT_THAT(ran.err, Not(HasSubstr("tiny-66k-2xC falls off")));
  const json results = json::parse(text("results.json"))["results"];
  ASSERT_EQ(results.size(), 10u);
  EXPECT_TRUE(results[0]["expected"].is_null());  // nothing was there to expect it by
  const json& before = results[7];
  EXPECT_EQ(before["expected"]["covered"], true);
  const json& target = results[9];
  const double loss = target["loss"];
  EXPECT_EQ(before["forecasts"][0]["target"], "tiny-160k-2xC");
  EXPECT_EQ(before["forecasts"][0]["n_rungs"], 8);
  EXPECT_NEAR(before["forecasts"][0]["predicted"], loss, 0.02 * loss);
  EXPECT_EQ(target["forecasts"].size(), 0u);
}

TEST_F(TrainCommandTest, ALadderOfWhichNothingIsTrainedIsNoResult) {
  write_file(folder_.path() / "plan.toml",
             "models = ['smaller']\nlengths = ['1xC']\ntrainer = \"false {params} {folder}\"\n"
             "log = \"{folder}/log.csv\"\nfolder = 'runs'\n[recipe]\nbatch_sequences = 4\n");
  const Ran ran = shell("$RUNG ladder train plan.toml --models small.toml");
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("failed"));
}

TEST_F(TrainCommandTest, APlanOfNextRunsIsTrained) {
  write_file(folder_.path() / "trainer.sh", kLawTrainer);
  std::string runs = "N,D,loss\n";
  for (const double n : {5e3, 1e4, 2e4}) {
    for (const double ratio : {10.0, 20.0, 40.0, 80.0})
      runs += shortest(n) + "," + shortest(ratio * n) + "," +
              shortest((1.5 + 40 / std::pow(n, 0.4) + 90 / std::pow(ratio * n, 0.3)) *
                       (1 + 1e-3 * std::sin(n * ratio))) +
              "\n";
  }
  write_file(folder_.path() / "runs.csv", runs);
  const Ran planned = shell(
      "$RUNG plan runs.csv --law chinchilla --at 'N=160K, D=6.4M' --grid 'N=2e4..7e4:2, D=20*N' "
      "--budget 1e12 --repeats 2 --save-plan next.toml --family tiny");
  ASSERT_EQ(planned.status, 0) << planned.err;
  EXPECT_THAT(text("next.toml"), HasSubstr("[[rungs]]\nmodel = 'tiny-66k'"));
  EXPECT_THAT(text("next.toml"), HasSubstr("[[targets]]\nmodel = 'tiny-160k'"));
  const Ran ran = shell(
      "sed -i \"s/^data = .*/trainer = 'sh trainer.sh {params} {tokens} {folder} {name}'\\n"
      "log = '{folder}\\/log.csv'/\" next.toml && $RUNG ladder train next.toml --json -");
  ASSERT_EQ(ran.status, 0) << ran.err << text("next.toml");
  const json results = json::parse(ran.out)["results"];
  ASSERT_GE(results.size(), 2u);
  EXPECT_EQ(results.back()["name"], "tiny-160k-6400000");
  const Ran no_family = shell(
      "$RUNG plan runs.csv --law chinchilla --at 'N=160K, D=6.4M' --grid 'N=2e4..7e4:2, D=20*N' "
      "--budget 1e12 --save-plan next.toml --family tinny");
  EXPECT_EQ(no_family.status, 2);
  EXPECT_THAT(no_family.err, HasSubstr("olmo"));
}

TEST_F(TrainCommandTest, ANewEvaluationIsAFileAndAnEntry) {
  if (!has_trainer()) GTEST_SKIP() << "rung-train is not built: there is no libtorch here";
  tokenize();
  write_file(folder_.path() / "plan.toml",
             "data = 'data/data.toml'\nmodels = ['smaller', 'small']\nfolder = 'runs'\n"
             "lengths = ['0.1xC', '0.2xC', '0.4xC']\nevaluations = 2\ntensorboard = true\n"
             "[recipe]\nbatch_sequences = 16\nlearning_rate = 0.01\n");
  // What docs/train.md shows: a file of questions, an entry for them.
  write_file(folder_.path() / "data/who.jsonl",
             "{\"context\": \"the miller sees an old\", \"choices\": [\" crow\", \" dog\"], "
             "\"answer\": 0}\n"
             "{\"context\": \"a dog likes my\", \"choices\": [\" aunt\", \" cat\"], "
             "\"answer\": 0}\n");
  write_file(folder_.path() / "data/data.toml",
             text("data/data.toml") +
                 "\n[[tasks]]\nname = \"who_rc_1shot\"\npath = \"who.jsonl\"\nshots = 1\n");
  const std::string ladder = "$RUNG ladder train plan.toml --models small.toml --threads 1";
  const Ran trained = shell(ladder);
  ASSERT_EQ(trained.status, 0) << trained.err;
  EXPECT_THAT(text("runs/small-0.4xC/metrics.csv"),
              HasSubstr("eval/downstream_bpb/who_rc_1shot_bpb"));
  EXPECT_THAT(shell("ls runs/small-0.4xC").out, HasSubstr("events.out.tfevents."));
  // Backfill: another that comes later, on what is trained already.
  write_file(
      folder_.path() / "data/later.toml",
      text("data/data.toml") + "\n[[tasks]]\nname = \"later_rc_0shot\"\npath = \"who.jsonl\"\n");
  const Ran filled = shell(
      "for run in runs/*/; do $RUNG evaluate --load_path ${run%/} --data data/later.toml; done");
  ASSERT_EQ(filled.status, 0) << filled.err;
  ASSERT_EQ(shell(ladder).status, 0);  // gathers them again
  EXPECT_THAT(text("runs/runs.csv"), HasSubstr("later_rc_0shot_bpb"));
  for (const char* task : {"who_rc_1shot", "later_rc_0shot"}) {
    const Ran fit = shell("$RUNG ladder step1 runs/runs.csv --loss eval/downstream_bpb/" +
                          std::string(task) + "_bpb --targets small-0.4xC --json -");
    ASSERT_EQ(fit.status, 0) << fit.err;
    EXPECT_GT(json::parse(fit.out)["results"][0]["targets"][0]["actual"], 0.0);
  }
}

TEST_F(TrainCommandTest, KilledAtAnyMomentItComesToTheSameLosses) {
  if (!has_trainer()) GTEST_SKIP() << "rung-train is not built: there is no libtorch here";
  tokenize();
  const std::string train =
      "$RUNG train --models small.toml --model small --data data --length 60K --batch_size 8 "
      "--save_interval 10 --eval_interval 60 --threads 1 --name ";
  const Ran whole = shell(train + "whole");
  ASSERT_EQ(whole.status, 0) << whole.err;
  int n_kills = 0;
  for (int i = 0; i < 40; ++i) {
    const double seconds = 0.6 + 0.13 * (i % 7);
    const Ran ran = shell("timeout -s KILL " + shortest(seconds) + " " + train + "killed");
    if (ran.status == 0) break;
    ++n_kills;
  }
  const Ran last = shell(train + "killed");
  EXPECT_EQ(last.status, 0) << last.err;
  EXPECT_GT(n_kills, 0);
  EXPECT_EQ(text("killed/steps.csv"), text("whole/steps.csv"));
  EXPECT_EQ(text("killed/metrics.csv"), text("whole/metrics.csv"));
}

TEST_F(TrainCommandTest, FromTextToAPrediction) {
  if (!has_trainer()) GTEST_SKIP() << "rung-train is not built: there is no libtorch here";
  tokenize();
  write_file(folder_.path() / "plan.toml",
             "data = 'data/data.toml'\nmodels = ['smaller', 'small']\n"
             "lengths = ['0.1xC', '0.2xC', '0.4xC']\nfolder = 'runs'\n"
             "[[targets]]\nmodel = 'small'\nlength = '0.8xC'\n"
             "[recipe]\nbatch_sequences = 16\nlearning_rate = 0.01\n");
  const Ran ran = shell("$RUNG ladder train plan.toml --models small.toml --threads 1");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("hours here"));
  EXPECT_THAT(text("runs/small-0.8xC/metrics.csv"),
              HasSubstr("eval/downstream_bpb/sleeps_rc_0shot_bpb"));
  const Ran again = shell("$RUNG ladder train plan.toml --models small.toml --threads 1");
  EXPECT_EQ(again.status, 0) << again.err;  // all is there
  const Ran predicted = shell(
      "$RUNG ladder step1 runs/runs.csv --loss data-validation/CrossEntropyLoss "
      "--targets small-0.8xC --json -");
  ASSERT_EQ(predicted.status, 0) << predicted.err;
  const json target = json::parse(predicted.out)["results"][0]["targets"][0];
  // What is drawn of a sentence, over its tokens, of which "an old crow" has the most.
  const double drawn = std::log(5 * 4 * 5) + std::log(3) / 3 + std::log(1.5) * 2 / 3;
  EXPECT_GT(target["actual"].get<double>(), drawn / 15);
  EXPECT_LT(target["actual"].get<double>(), 2);
  EXPECT_GT(target["predicted"].get<double>(), 0);
}

TEST_F(TrainCommandTest, EvaluatesCheckpointsAfterwards) {
  if (!has_trainer()) GTEST_SKIP() << "rung-train is not built: there is no libtorch here";
  tokenize();
  const Ran trained = shell(
      "$RUNG train --models small.toml --model small --data data --length 20K --batch_size 8 "
      "--precision bf16 --name run");
  ASSERT_EQ(trained.status, 0) << trained.err;
  std::string more = text("data/data.toml");
  more.replace(more.find("sleeps_rc"), 9, "again_rc");
  write_file(folder_.path() / "data/more.toml", more);
  const Ran ran = shell("$RUNG evaluate --load_path run --data data/more.toml");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(text("run/metrics.csv"), HasSubstr("again_rc_0shot_len_norm"));
  EXPECT_EQ(shell("$RUNG evaluate --load_path data").status, 2);
}

}  // namespace
}  // namespace rung::cli
