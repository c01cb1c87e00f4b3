/// Training by several processes and as jobs, what goes wrong there, and text from what was
/// trained. What trains needs rung-train, and is skipped where it is not built.

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "rung/core/rng.hpp"
#include "rung/core/text.hpp"
#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kNoTrainer = "rung-train is not built: there is no libtorch here";

bool has_rung_train() {
  return std::filesystem::exists(std::filesystem::path(RUNG_COMMAND).parent_path() / "rung-train");
}

class TrainJobsTest : public ::testing::Test {
 protected:
  TrainJobsTest() {
    Rng rng(1);
    std::string text;
    for (int i = 0; i < 9000; ++i) {
      text += std::string(1 + rng.below(2), static_cast<char>('a' + rng.below(8)));
      text += i % 9 == 8 ? ".\n" : " ";
      if (i % 45 == 44) text += "\n";
    }
    write_file(path("text.txt"), text);
    write_file(path("small.toml"),
               "[models.small]\nfamily = 'tiny'\nd_model = 16\nn_heads = 2\nn_layers = 1\n"
               "sequence_length = 32\n"
               "[models.huge]\nfamily = 'tiny'\nd_model = 32768\nn_heads = 64\nn_layers = 99\n");
  }

  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  std::string text(const std::string& name) const { return read_file(path(name)); }
  Ran shell(const std::string& line) {
    return run_shell("cd '" + folder_.path().string() + "' && " + line);
  }
  void tokenize() {
    const Ran ran = shell("$RUNG tokenize text.txt --split-at '' --vocab-size 270 --to data");
    ASSERT_EQ(ran.status, 0) << ran.err;
  }
  static std::string train(const std::string& options, const std::string& length = "12K") {
    return "$RUNG train --models small.toml --model small --data data --batch_size 6 --threads 1 "
           "--length " +
           length + " " + options;
  }
  /// One of two processes of a job, as torchrun starts them.
  std::string process(int rank, const std::string& command) const {
    return "RANK=" + std::to_string(rank) +
           " WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=" + std::to_string(port_) + " " +
           command;
  }
  std::vector<double> losses(const std::string& run) const {
    std::vector<double> values;
    for (const std::string& line : split(text(run + "/steps.csv"), '\n')) {
      if (const auto cells = split(line, ','); cells.size() > 2 && parse_double(cells[2]))
        values.push_back(*parse_double(cells[2]));
    }
    return values;
  }

  TempFolder folder_;
  int port_ = 20000 + static_cast<int>(std::hash<std::string>()(folder_.path().string()) % 9000);
};

TEST_F(TrainJobsTest, TwoProcessesComeToTheLossesOfOne) {
  if (!has_rung_train()) GTEST_SKIP() << kNoTrainer;
  tokenize();
  ASSERT_EQ(shell(train("--name one")).status, 0);
  ASSERT_EQ(shell(train("--name parts --device_batch_size 3")).status, 0);
  const Ran ran = shell("{ " + process(1, train("--name two")) + " & } ; " +
                        process(0, train("--name two")) + " && wait $!");
  ASSERT_EQ(ran.status, 0) << ran.err;
  // The sum over processes is that over the parts of a batch in one of them; of a whole batch it
  // is rounded elsewhere, and small differences grow.
  EXPECT_EQ(text("two/steps.csv"), text("parts/steps.csv"));
  const std::vector<double> one = losses("one"), two = losses("two");
  ASSERT_GT(one.size(), 50u);
  ASSERT_EQ(two.size(), one.size());
  for (std::size_t i = 0; i < 10; ++i) EXPECT_NEAR(two[i], one[i], 1e-5) << i;
  for (std::size_t i = 10; i < one.size(); ++i) EXPECT_NEAR(two[i], one[i], 0.05) << i;
}

TEST_F(TrainJobsTest, MpirunsProcessesTrainTogether) {
  if (!has_rung_train()) GTEST_SKIP() << kNoTrainer;
  if (shell("command -v mpirun").status != 0) GTEST_SKIP() << "there is no mpirun here";
  tokenize();
  ASSERT_EQ(shell(train("--name parts --device_batch_size 3")).status, 0);
  const Ran ran = shell("mpirun --allow-run-as-root --oversubscribe -n 2 " + train("--name two"));
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(text("two/steps.csv"), text("parts/steps.csv"));
}

TEST_F(TrainJobsTest, AProcessThatDiesEndsTheJobWhichGoesOnLater) {
  if (!has_rung_train()) GTEST_SKIP() << kNoTrainer;
  tokenize();
  const std::string slow = train("--save_interval 100000 --name job", "3M");
  // `rung` is killed, which takes its rung-train along, once a few steps were taken.
  const Ran ran = shell(
      "{ " + process(1, slow) + " & } ; dies=$!; { " + process(0, slow) +
      " & } ; for i in $(seq 600); do [ -s job/steps.csv ] && break; sleep 0.1; done; sleep 1; "
      "pkill -KILL -P $dies; kill -KILL $dies; wait $!");
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.err, HasSubstr("lost another one"));
  EXPECT_THAT(ran.err, HasSubstr("it goes on from step"));
  EXPECT_THAT(shell("ls job/checkpoints").out, HasSubstr("step"));
}

TEST_F(TrainJobsTest, AModelThatDoesNotFitIsRefusedWithItsMemory) {
  if (!has_rung_train()) GTEST_SKIP() << kNoTrainer;
  tokenize();
  const Ran ran =
      shell("$RUNG train --models small.toml --model huge --data data --length 1xC --name huge");
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("model 'huge' takes 2"));  // 16 bytes of 1.3e12 parameters
  EXPECT_THAT(ran.err, HasSubstr("GB to train"));
}

TEST_F(TrainJobsTest, AFullDiskLosesNothingOlder) {
  if (!has_rung_train()) GTEST_SKIP() << kNoTrainer;
  tokenize();
  const std::string run = train("--save_interval 20 --name run", "100K");
  ASSERT_EQ(shell(train("--save_interval 20 --name whole", "100K")).status, 0);
  // No file may grow past 100 kB: a checkpoint takes more.
  const Ran full = shell("(ulimit -f 100; trap '' XFSZ; " + run + ")");
  EXPECT_EQ(full.status, 1);  // the input is right
  EXPECT_THAT(full.err, Not(HasSubstr("ended with status")));
  EXPECT_THAT(full.err, HasSubstr("can't write it"));
  EXPECT_THAT(full.err, HasSubstr("step20.rung"));
  EXPECT_EQ(shell("ls -A run/checkpoints").out, "");  // and no half of one
  // Full later on, where there are checkpoints.
  ASSERT_EQ(
      shell("(timeout 60 " + run +
            " & pid=$!; for i in $(seq 3000); do [ -e run/checkpoints/step20.rung ] && break; "
            "sleep 0.01; done; pkill -KILL -P $pid; kill -9 $pid; wait $pid; true)")
          .status,
      0);
  EXPECT_EQ(shell("(ulimit -f 100; trap '' XFSZ; " + run + ")").status, 1);
  EXPECT_EQ(shell("test -s run/checkpoints/step20.rung").status, 0);
  ASSERT_EQ(shell(run).status, 0);
  EXPECT_EQ(text("run/steps.csv"), text("whole/steps.csv"));
  EXPECT_EQ(text("run/metrics.csv"), text("whole/metrics.csv"));
}

TEST_F(TrainJobsTest, WritesTextFromWhatItTrained) {
  if (!has_rung_train()) GTEST_SKIP() << kNoTrainer;
  tokenize();
  ASSERT_EQ(shell(train("--name run")).status, 0);
  const std::string generate = "$RUNG generate --checkpoint run --input-text 'aa b' ";
  const Ran greedy = shell(generate + "--temperature 0 --num-beams 1 --max-gen-len 30");
  ASSERT_EQ(greedy.status, 0) << greedy.err;
  EXPECT_THAT(greedy.out, HasSubstr(std::string(50, '-') + "\naa b"));
  EXPECT_EQ(shell(generate + "--temperature 0 --num-beams 1 --max-gen-len 30 --use-cache").out,
            greedy.out);
  const Ran drawn = shell(generate + "--use-cache");
  EXPECT_EQ(shell(generate).out, drawn.out);
  EXPECT_NE(shell(generate + "--use-cache --seed 1").out, drawn.out);
  // What it learnt: words of one letter, once or twice.
  EXPECT_THAT(shell(generate + "--num-beams 1 --max-gen-len 60").out, HasSubstr(" "));
  EXPECT_EQ(shell(generate + "--moe-freq 1").status, 2);
  const Ran of_open_lm = shell(generate + "--model-norm rms_norm");
  EXPECT_EQ(of_open_lm.status, 2);
  EXPECT_THAT(of_open_lm.err, HasSubstr("--model-norm is of OpenLM's checkpoints"));
}

TEST_F(TrainJobsTest, WritesTextFromOpenLmByAddressOrPath) {
  if (!has_rung_train()) GTEST_SKIP() << kNoTrainer;
  tokenize();
  const std::string weights = RUNG_SOURCE_DIR "/tests/reference/open_lm_swiglu.pt";
  write_file(path("params.txt"), "model_norm: gain_only_lp_layer_norm\nqk_norm: True\n");
  write_file(path("model.json"), "{\"name\": \"tiny\", \"checkpoint_url\": \"file://" + weights +
                                     "\", \"params_url\": \"file://" + path("params.txt") +
                                     "\"}\n");
  // Its vocabulary of 32 is too small for any text.
  const std::string by_json =
      "XDG_CACHE_HOME=$PWD/cache $RUNG generate --model-json model.json --tokenizer "
      "data/tokenizer.json --input-text a";
  const Ran ran = shell(by_json);
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("fetching file://"));
  EXPECT_THAT(ran.err, HasSubstr("it has more tokens than the model"));
  EXPECT_THAT(shell(by_json).err, Not(HasSubstr("fetching")));
  const Ran absent = shell(
      "XDG_CACHE_HOME=$PWD/cache $RUNG generate --checkpoint "
      "file:///nowhere/x.pt --tokenizer data/tokenizer.json --input-text a");
  EXPECT_EQ(absent.status, 2);
  EXPECT_THAT(absent.err, HasSubstr("can't fetch file:///nowhere/x.pt"));
  const Ran plain = shell("$RUNG generate --checkpoint '" + weights +
                          "' --tokenizer data/tokenizer.json --input-text a");
  EXPECT_THAT(plain.err, HasSubstr("k_norm.weight' is not in such a model"));
}

/// Until no job is there. One that is requeued waits until its old credentials are void.
constexpr const char* kWaitForQueue =
    "for i in $(seq 400); do\n"
    "  [ -z \"$(squeue --noheader)\" ] && break\n"
    "  job=$(squeue --noheader --states=PD --format='%i %r' | awk '$2 == \"BeginTime\" { print $1 "
    "}')\n"
    "  [ -n \"$job\" ] && sleep 4 && scontrol update JobId=$job StartTime=now\n"
    "  sleep 0.2\ndone\n";

/// A plan whose trainer is a script of the test's.
constexpr const char* kPlan =
    "models = ['small']\nlengths = ['1xC', '2xC']\nfolder = 'runs'\n"
    "trainer = \"bash TRAINER {name} {folder} {tokens}\"\nlog = \"{folder}/log.csv\"\n";

TEST_F(TrainJobsTest, LaunchesHere) {
  std::string plan = kPlan;
  plan.replace(plan.find("TRAINER"), 7, path("trainer.sh"));
  write_file(path("plan.toml"), plan);
  write_file(path("trainer.sh"),
             "[ $1 = small-2xC -a ! -e again ] && touch again && exit 3\n"
             "echo \"step,n_tokens,loss\n1,$3,2.5\" >$2/log.csv\n");
  const std::string launch = "$RUNG launch local plan.toml --models small.toml ";
  const Ran dry = shell(launch + "--dry-run --processes 2");
  EXPECT_EQ(dry.status, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("runs/jobs/small-1xC.sh"));
  EXPECT_THAT(dry.out, HasSubstr("WORLD_SIZE=2"));
  EXPECT_FALSE(path_exists(path("runs")));
  const Ran first = shell(launch + "--jobs 2 --json jobs.json");
  EXPECT_EQ(first.status, 1) << first.err;
  const json jobs = json::parse(text("jobs.json"))["results"];
  EXPECT_EQ(jobs[0]["state"], "done");
  EXPECT_THAT(jobs[1]["state"].get<std::string>(), HasSubstr("failed: status 3"));
  EXPECT_THAT(shell(launch + "--status").out, HasSubstr("failed: status 3"));
  EXPECT_EQ(shell(launch).status, 0);
  EXPECT_THAT(shell(launch + "--status").out, Not(HasSubstr("failed")));
}

TEST_F(TrainJobsTest, LaunchesBySlurm) {
  std::string plan = kPlan;
  plan.replace(plan.find("TRAINER"), 7, path("trainer.sh"));
  write_file(path("plan.toml"), plan);
  // The first time it is stopped with a checkpoint; then it ends; the other rung fails.
  write_file(path("trainer.sh"),
             "[ $1 = small-2xC ] && exit 3\n"
             "echo process $SLURM_PROCID of $SLURM_STEP_NUM_TASKS\n"
             "[ $SLURM_PROCID != 0 ] && exit 0\n"
             "[ -e $2/stopped ] || { touch $2/stopped; exit 130; }\n"
             "echo \"step,n_tokens,loss\n1,$3,2.5\" >$2/log.csv\n");
  const std::string launch = "$RUNG launch slurm plan.toml --models small.toml ";
  const Ran dry = shell(launch + "--dry-run --time 1:00:00 --sbatch=--mem=1G");
  EXPECT_EQ(dry.status, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("#SBATCH --time=1:00:00\n"));
  EXPECT_THAT(dry.out, HasSubstr("#SBATCH --mem=1G\n"));
  write_file(path("session.sh"),
             launch + "--processes 2 --csv first.csv >/dev/null || exit 4\n" + launch +
                 "--status >under-way.txt\n" + kWaitForQueue + launch +
                 "--status --json last.json >/dev/null\ncat runs/small-1xC/job.log\n");
  const Ran ran = shell("export RUNG; '" RUNG_SOURCE_DIR
                        "/tests/support/slurm_cluster' \"$PWD/slurm\" bash session.sh");
  if (ran.status == 77) GTEST_SKIP() << ran.err;
  ASSERT_TRUE(file_exists(path("last.json"))) << ran.err;
  EXPECT_THAT(text("first.csv"), HasSubstr("submitted"));
  const json jobs = json::parse(text("last.json"))["results"];
  EXPECT_EQ(jobs[0]["state"], "done") << ran.out << ran.err;
  EXPECT_THAT(jobs[1]["state"].get<std::string>(), HasSubstr("failed: status 3"));
  EXPECT_THAT(ran.out, HasSubstr("process 1 of 2"));
  EXPECT_TRUE(file_exists(path("runs/small-1xC/stopped")));
}

TEST_F(TrainJobsTest, SrunsProcessesTrainTogetherAndGoOnWhenRequeued) {
  if (!has_rung_train()) GTEST_SKIP() << kNoTrainer;
  tokenize();
  write_file(path("plan.toml"),
             "data = 'data/data.toml'\nmodels = ['small']\nlengths = ['400K']\nfolder = 'runs'\n"
             "[recipe]\nbatch_sequences = 6\n");
  const std::string options = " plan.toml --models small.toml ";
  write_file(path("session.sh"),
             "$RUNG launch slurm" + options +
                 "--processes 2 --cpus 1 >/dev/null || exit 4\n"
                 "for i in $(seq 600); do ls runs/small-400K/checkpoints/step*0.rung >/dev/null "
                 "2>&1 && break; "
                 "sleep 0.05; done\n"
                 "scontrol requeue $(squeue --noheader --format=%i)\n" +
                 kWaitForQueue + "$RUNG launch slurm" + options +
                 "--status\ncat runs/small-400K/job.log\n");
  const Ran ran = shell("export RUNG; '" RUNG_SOURCE_DIR
                        "/tests/support/slurm_cluster' \"$PWD/slurm\" bash session.sh");
  if (ran.status == 77) GTEST_SKIP() << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("done")) << ran.err;
  const std::vector<double> two = losses("runs/small-400K");
  ASSERT_EQ(
      shell(
          "sed -i \"s/'runs'/'alone'/; 1i device_batch_size = 3\" plan.toml && $RUNG ladder train" +
          options + "--threads 1")
          .status,
      0);
  EXPECT_EQ(two, losses("alone/small-400K"));
}

}  // namespace
}  // namespace rung::cli
