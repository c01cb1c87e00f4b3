// The published command lines of the ladder, and what their outputs hold.

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/system/file.hpp"
#include "tests/cli/small_ladder.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kBpbTasks[] = {"mmlu_avg_test_5shot",      "hellaswag_val_5shot",
                                     "arc_challenge_test_5shot", "arc_easy_test_5shot",
                                     "piqa_val_5shot",           "csqa_val_5shot",
                                     "socialiqa_val_5shot",      "openbookqa_test_5shot"};

class OlmoLadder : public ::testing::Test {
 protected:
  /// A published command line from its options on; CONFIG stands for the configuration.
  Ran run(const std::string& command, const std::string& options) const {
    std::vector<std::string> words = {"ladder", command};
    for (const std::string& word : split(options, ' '))
      words.push_back(word == "CONFIG" ? config_ : word);
    return run_rung(words);
  }
  json results(const std::string& command, const std::string& options) const {
    const Ran ran = run(command, options + " --json -");
    EXPECT_EQ(ran.status, 0) << ran.err;
    return json::parse(ran.out)["results"];
  }

  const std::string config_ = "published:olmo-ladder/configs/final.json";
};

double mean_absolute_error(const json& results, std::size_t target) {
  double total = 0;
  for (const json& result : results)
    total += std::abs(result["targets"][target]["relative_error"].get<double>());
  return total / static_cast<double>(results.size());
}

std::vector<std::string> keys_of(const json& object) {
  std::vector<std::string> keys;
  for (const auto& item : object.items()) keys.push_back(item.key());
  return keys;
}

// ---- Published command lines: those of reference/olmo-ladder.md for the three commands

struct Published {
  const char* command;
  const char* options;
  double error_7b, error_13b;  // mean |relative error| in percent
};

// The errors are sound ones of the reference; 0 where it has none that is (the original stopped
// early, or its optimum was not the best).
constexpr Published kPublished[] = {
    {"step1", "-k v2_main -c CONFIG --moving_avg 5", 5.1484, 6.5591},
    {"step1", "-k v2_main -c CONFIG -y c4 --moving_avg 5", 1.9812, 3.8348},
    {"step1", "-k v2_main -c CONFIG -y rc_acc --moving_avg 5", 0, 0},
    {"step1", "-k v2_main -c CONFIG -y rc_soft_log", 0, 0},
    {"step2", "-k v2_main -c CONFIG --skip_perc 0.1 --moving_avg 5", 3.7000, 3.4845},
    {"step2", "-k v2_main -c CONFIG -x c4 --skip_perc 0.1 --moving_avg 5", 2.8262, 3.0802},
    {"step2", "-k v2_main -c CONFIG -x rc_soft_log --skip_perc 0.5 --use_log_sigmoid", 0, 0},
    {"predict",
     "-k v2_main -c CONFIG --step2-config-path CONFIG -n 13202396160 -d 5000088518656 -t 13B-5T "
     "--skip_perc 0.1 --moving_avg 5 --bootstrap 0",
     5.8517, 6.0351},
    {"predict",
     "-k v2_main -c CONFIG --step2-config-path CONFIG -n 6887575552 -d 3945065873408 -t 7B-4T "
     "--skip_perc 0.1 --moving_avg 5 --bootstrap 0",
     5.8517, 6.0351},
    {"predict",
     "-k v2_main -c CONFIG --step2-config-path CONFIG -n 6887575552 -d 3945065873408 -t 7B-4T "
     "--skip_perc 0.1 --moving_avg 5 --x_metric c4 --bootstrap 0",
     2.9824, 5.3645},
    {"predict",
     "-k v2_main -c CONFIG --step2-config-path CONFIG -n 13202396160 -d 5000088518656 -t 13B-5T "
     "--skip_perc 0.1 --moving_avg 5 --x_metric c4 --bootstrap 0",
     2.9824, 5.3645},
    {"predict",
     "-k v2_main -c CONFIG --step2-config-path CONFIG -n 6887575552 -d 3945065873408 -t 7B-4T "
     "--skip_perc 0.5 --x_metric rc_soft_log --use_log_sigmoid --bootstrap 0",
     0, 0},
    {"predict",
     "-k v2_main -c CONFIG --step2-config-path CONFIG -n 13202396160 -d 5000088518656 -t 13B-5T "
     "--skip_perc 0.5 --x_metric rc_soft_log --use_log_sigmoid --bootstrap 0",
     0, 0},
};

TEST_F(OlmoLadder, PublishedCommandLinesWork) {
  for (const Published& published : kPublished) {
    SCOPED_TRACE(std::string(published.command) + " " + published.options);
    const json tasks = results(published.command, published.options);
    ASSERT_EQ(tasks.size(), 8u);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      EXPECT_EQ(tasks[i]["task"], kBpbTasks[i]);
      ASSERT_EQ(tasks[i]["targets"].size(), 2u);
      EXPECT_EQ(tasks[i]["targets"][0]["name"], "7B-4T");
      EXPECT_EQ(tasks[i]["targets"][1]["name"], "13B-5T");
    }
    if (published.error_7b == 0) continue;
    EXPECT_NEAR(100 * mean_absolute_error(tasks, 0), published.error_7b, 1e-4);
    EXPECT_NEAR(100 * mean_absolute_error(tasks, 1), published.error_13b, 1e-4);
  }
}

TEST_F(OlmoLadder, McAccuracyIsNotInTheLadder) {
  for (const char* command : {"step2", "predict"}) {
    const Ran ran = run(command, "-k v2_main -c CONFIG -y mc_acc --moving_avg 5");
    EXPECT_EQ(ran.status, 2);
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, HasSubstr("mc_5shot"));
  }
}

// ---- JSON

TEST_F(OlmoLadder, Step1Json) {
  const json result = results("step1", "-k mmlu_avg_test_5shot -c CONFIG --moving_avg 5").front();
  for (const char* key : {"task", "fit", "fitting_error", "targets"})
    EXPECT_THAT(keys_of(result), Contains(key));
  const json& fit = result["fit"];
  EXPECT_EQ(keys_of(fit), (std::vector<std::string>{"identified", "law", "n_points", "notes",
                                                    "objective", "parameters", "status"}));
  EXPECT_EQ(fit["status"], "certified");
  EXPECT_EQ(fit["identified"], true);
  EXPECT_EQ(fit["n_points"], 16);
  EXPECT_NEAR(fit["objective"].get<double>(), 6.6526419023e-05, 1e-13);
  // a = log A and b = log B, with everything that goes with them.
  const json& parameters = fit["parameters"];
  const std::pair<const char*, double> kValues[] = {{"a", 3.639427157},
                                                    {"b", 4.60609069},
                                                    {"alpha", 0.2262164445},
                                                    {"beta", 0.2360755747},
                                                    {"E", 0.4540930373}};
  EXPECT_EQ(parameters.size(), std::size(kValues));
  for (const auto& [name, value] : kValues) {
    const json& parameter = parameters[name];
    EXPECT_NEAR(parameter["value"].get<double>(), value, 1e-6) << name;
    const double stderror = parameter["stderr"].get<double>();
    EXPECT_GT(stderror, 0) << name;
    // A symmetric interval of a Student's t with 11 degrees of freedom.
    const double lower = parameter["lower"].get<double>(), upper = parameter["upper"].get<double>();
    EXPECT_NEAR(upper - value, 1.7959 * stderror, 1e-3 * stderror) << name;  // of 90%
    EXPECT_NEAR(value - lower, 1.7959 * stderror, 1e-3 * stderror) << name;
  }
  const json& target = result["targets"][0];
  EXPECT_EQ(target["n"], 6887575552);
  EXPECT_EQ(target["d"], 3945065873408);
  EXPECT_NEAR(target["predicted"].get<double>(), 0.786944095524891, 1e-7);
  EXPECT_EQ(keys_of(target["interval"]),
            (std::vector<std::string>{"level", "lower", "method", "upper"}));
}

TEST_F(OlmoLadder, Step2Json) {
  const std::string options = "-k mmlu_avg_test_5shot -c CONFIG --skip_perc 0.1 --moving_avg 5";
  const json sigmoid = results("step2", options).front()["fit"];
  EXPECT_EQ(sigmoid["law"], "sigmoid");
  EXPECT_EQ(keys_of(sigmoid["parameters"]), (std::vector<std::string>{"a", "b", "k", "x0"}));
  EXPECT_NEAR(sigmoid["parameters"]["k"]["value"].get<double>(), 4.833378975, 1e-4);
  const json log_sigmoid = results("step2", options + " --use_log_sigmoid").front()["fit"];
  EXPECT_EQ(log_sigmoid["law"], "log-sigmoid");
  EXPECT_EQ(keys_of(log_sigmoid["parameters"]), (std::vector<std::string>{"a", "k", "x0"}));
}

TEST_F(OlmoLadder, PredictJsonListsATargetOnce) {
  const std::string options =
      "-k hellaswag_val_5shot -c CONFIG --skip_perc 0.1 --moving_avg 5 --bootstrap 0";
  const json known =
      results("predict", options + " -n 6887575552 -d 3945065873408 -t 7B-4T").front();
  EXPECT_EQ(keys_of(known["fits"]), (std::vector<std::string>{"step1", "step2"}));
  ASSERT_EQ(known["targets"].size(), 2u);
  EXPECT_NEAR(known["targets"][0]["predicted"].get<double>(), 0.8252313054, 5e-6);
  EXPECT_NEAR(known["targets"][0]["actual"].get<double>(), 0.8134833574, 1e-9);

  const json other = results("predict", options + " -n 32e9 -d 6e12 -t 32B").front();
  ASSERT_EQ(other["targets"].size(), 3u);
  const json& target = other["targets"][2];
  EXPECT_EQ(target["name"], "32B");
  EXPECT_EQ(target["n"], 32000000000);
  EXPECT_TRUE(target["actual"].is_null() && target["relative_error"].is_null());
  EXPECT_GT(target["predicted"], known["targets"][1]["predicted"]);
}

TEST_F(OlmoLadder, IntervalsDoNotDependOnThreads) {
  const std::string options =
      "-k hellaswag_val_5shot piqa_val_5shot -c CONFIG --skip_perc 0.1 --moving_avg 5 --bootstrap "
      "100 --seed 5 --threads ";
  const json one = results("predict", options + "1");
  EXPECT_EQ(one, results("predict", options + "3"));
  const json& interval = one[0]["targets"][0]["interval"];
  EXPECT_EQ(interval["level"], 0.9);
  EXPECT_LT(interval["lower"], one[0]["targets"][0]["predicted"]);
  EXPECT_GT(interval["upper"], one[0]["targets"][0]["predicted"]);
}

// ---- Doubt

TEST_F(OlmoLadder, FitsInDoubtAreMarked) {
  const Ran ran = run("step1",
                      "-k mmlu_avg_test_5shot piqa_val_5shot -c CONFIG -y rc_acc "
                      "--moving_avg 5 --csv -");
  ASSERT_EQ(ran.status, 0) << ran.err;
  for (const std::string& line : split(ran.out, '\n')) {
    if (line.starts_with("mmlu")) {
      EXPECT_THAT(line, HasSubstr(",no,\"no finite best fit"));
    } else if (line.starts_with("piqa")) {
      EXPECT_THAT(line, ::testing::EndsWith(",yes,"));
    }
  }
  const Ran text =
      run("step1", "-k mmlu_avg_test_5shot piqa_val_5shot -c CONFIG -y rc_acc --moving_avg 5");
  EXPECT_THAT(text.out, HasSubstr("\nMMLU (!)  "));
  EXPECT_THAT(text.out, HasSubstr("\nPIQA      "));
  EXPECT_THAT(text.out, HasSubstr("\n(!) MMLU: "));
}

// ---- Other forms

TEST_F(OlmoLadder, CsvHasThePublishedColumnsAndARowATarget) {
  const Ran ran = run("step1", "-k mmlu_avg_test_5shot -c CONFIG --moving_avg 5 --csv -");
  const std::vector<std::string> lines = split(ran.out, '\n');
  EXPECT_THAT(lines[0], StartsWith("Task,task_name,y,y_pred,fitted_function,fitting_error,target"));
  EXPECT_THAT(lines[1], StartsWith("mmlu_avg_test_5shot,MMLU,0.7770182544589043,0.7869440"));
  EXPECT_THAT(lines[1],
              HasSubstr("\"L(N, D) = 38.07 / N^0.2262 + 100.1 / D^0.2361 + 0.4541\",0.0045995"));
  EXPECT_THAT(lines[1], HasSubstr(",7B-4T,"));
  EXPECT_THAT(lines[2], HasSubstr(",13B-5T,"));
}

TEST_F(OlmoLadder, LatexInPlaceOfTheText) {
  const Ran ran =
      run("step1", "-k mmlu_avg_test_5shot -c CONFIG --moving_avg 5 --print_table_as_latex");
  EXPECT_THAT(ran.out, StartsWith("\\begin{tabular}{lrrrrrrrr}\n\\toprule\n & "
                                  "\\multicolumn{4}{c}{7B-4T} & \\multicolumn{4}{c}{13B-5T}"));
  EXPECT_THAT(ran.out, HasSubstr("\nMMLU & 0.777 & 0.787 & +1.3\\% & "));
}

TEST_F(OlmoLadder, NotesWhatItRead) {
  const Ran ran = run("step1", "-k piqa_val_5shot -c CONFIG --json -");
  const json inputs = json::parse(ran.out)["context"]["inputs"];
  EXPECT_EQ(inputs.size(), 19u);  // the configuration, 16 runs and 2 targets
  EXPECT_EQ(inputs[0]["path"], config_);
  EXPECT_EQ(inputs[0]["sha256"], sha256(read_file(config_)));
}

// ---- Figures

TEST(LadderFigures, AreWrittenInEveryFormat) {
  const SmallLadder ladder;
  const std::pair<const char*, const char*> kBeginnings[] = {{"png", "\x89PNG\r\n\x1a\n"},
                                                             {"pdf", "%PDF-"},
                                                             {"svg", "<?xml"},
                                                             {"html", "<!doctype html>"}};
  for (const char* command : {"step1", "step2", "predict"}) {
    for (const auto& [ending, beginning] : kBeginnings) {
      const std::string path = ladder.path(std::string(command) + "." + ending);
      const Ran ran = ladder.run(command, {"-o", path});
      ASSERT_EQ(ran.status, 0) << ran.err;
      EXPECT_THAT(read_file(path), StartsWith(beginning)) << command;
    }
  }
}

TEST(LadderFigures, SayWhatTheyShow) {
  const SmallLadder ladder;
  ASSERT_EQ(ladder.run("step2", {"-o", ladder.path("x.svg")}).status, 0);
  const std::string svg = read_file(ladder.path("x.svg"));
  for (const char* words : {"Accuracy from loss: relative error", "Task loss (bits per byte)",
                            "big actual", "predicted, 90% interval", ">S<", ">M<", ">L<"})
    EXPECT_THAT(svg, HasSubstr(words));
}

TEST(LadderFigures, SayWhichCheckpointsTheyDoNotDraw) {
  const SmallLadder ladder;
  for (const char* command : {"step2", "step2-mc", "predict"}) {
    ASSERT_EQ(ladder.run(command, {"-o", ladder.path("x.svg")}).status, 0) << command;
    EXPECT_THAT(read_file(ladder.path("x.svg")),
                HasSubstr("the 3% of checkpoints whose loss is highest are not drawn"))
        << command;
  }
}

// ---- Losses

TEST(LadderLoss, WithoutOneNamedIsWhatTheRunsHave) {
  SmallLadder ladder;
  ladder.write("tasks.toml", "[tasks.t]\nc4 = \"x\"\nrc_acc = \"y\"\n");
  for (const std::string command : {"step2", "step2-mc", "predict", "compute-error"}) {
    std::vector<std::string> options = {"--json", "-"};
    if (command == "compute-error") options.insert(options.end(), {"--vary", "N"});
    const Ran chosen = ladder.run(command, options);
    options.insert(options.end(), {"-x", "c4"});
    const Ran named = ladder.run(command, options);
    ASSERT_EQ(chosen.status, 0) << command << ": " << chosen.err;
    EXPECT_THAT(chosen.err, HasSubstr("not every run has Task loss (bits per byte): accuracy is "
                                      "predicted from C4 loss"));
    EXPECT_THAT(chosen.err, HasSubstr("-x c4"));
    EXPECT_EQ(json::parse(chosen.out)["results"], json::parse(named.out)["results"]) << command;
    EXPECT_EQ(ladder.run(command, {"-x", "rc_bpb"}).status, 2) << command;
  }
}

// ---- Own tasks

TEST(LadderTasks, OfTheEnvironment) {
  const SmallLadder ladder;
  const EnvironmentValue tasks("RUNG_TASKS", ladder.path("tasks.toml"));
  const Ran ran = run_rung({"ladder", "step1", "-k", "t", "-c", ladder.path("config.json")});
  EXPECT_EQ(ran.status, 0) << ran.err;
}

/// What a step saves predicts what the step predicts, and a training run can be planned on it.
TEST_F(OlmoLadder, ParametersAtABoundAreSaid) {
  const TempFolder folder;
  const std::string saved = (folder.path() / "loss.json").string();
  const std::string note = "note: CommonsenseQA: E is at its bound 0\n";
  const Ran step1 = run_rung({"ladder", "step1", "-k", "v2_main", "-c",
                              "published:olmo-ladder/configs/final.json", "--save-fit", saved});
  EXPECT_THAT(step1.out, HasSubstr(note));
  EXPECT_THAT(run_rung({"predict", saved, "--at", "N=7B, D=4T"}).err,
              HasSubstr("csqa_val_5shot: E is at its bound 0\n"));
}

TEST_F(OlmoLadder, SavedStepsKeepTheirDoubts) {
  const TempFolder folder;
  const std::string saved = (folder.path() / "accuracy.json").string();
  const json found = results("step2", "-k v2_main -c CONFIG --save-fit " + saved);
  const std::string said = run_rung({"predict", saved, "--wide", "--at", "L=0.6"}).err;
  int n_doubts = 0;
  for (const json& task : found) {
    for (const std::string doubt : task["doubts"]) {
      ++n_doubts;
      EXPECT_THAT(said, HasSubstr("group '" + task["task"].get<std::string>() + "': " + doubt));
    }
  }
  EXPECT_GT(n_doubts, 0);
}

TEST_F(OlmoLadder, SavedStepsPredictAndAllocate) {
  const TempFolder folder;
  const std::string loss = (folder.path() / "loss.json").string(),
                    accuracy = (folder.path() / "accuracy.json").string();
  const std::string tasks = "-k piqa_val_5shot arc_easy_test_5shot -c CONFIG --moving_avg 5";
  const json step1 = results("step1", tasks + " --save-fit " + loss);
  const json step2 = results("step2", tasks + " --skip_perc 0.1 --save-fit " + accuracy);
  const auto predicted = [&](const std::string& fit, const std::string& at) {
    const Ran ran = run_rung({"predict", fit, "--at", at, "--json", "-"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    return json::parse(ran.out)["results"];
  };
  const json& target = step1[1]["targets"][0];
  const json saved = predicted(loss, "N=" + target["n"].dump() + ", D=" + target["d"].dump());
  ASSERT_EQ(saved.size(), 2u);
  EXPECT_EQ(saved[1]["group"], "arc_easy_test_5shot");
  EXPECT_EQ(saved[1]["predictions"][0]["predicted"], target["predicted"]);
  EXPECT_NEAR(saved[1]["predictions"][0]["interval"]["upper"], target["interval"]["upper"], 1e-9);
  EXPECT_EQ(predicted(accuracy, "L=0.5")[0]["group"], "piqa_val_5shot");

  const Ran allocated = run_rung(
      {"allocate", "--fit", loss, "--accuracy-fit", accuracy, "--budget", "1e22", "--json", "-"});
  ASSERT_EQ(allocated.status, 0) << allocated.err;
  const json plan = json::parse(allocated.out)["results"];
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_NEAR(6 * plan[0]["n_params"].get<double>() * plan[0]["n_tokens"].get<double>() / 1e22, 1,
              1e-6);
}

TEST_F(OlmoLadder, PredictSaysWhereFreeCurvesEnd) {
  const std::string options = "-k hellaswag_val_5shot csqa_val_5shot -c CONFIG --bootstrap 0";
  const std::string out = run("predict", options + " --free-top").out;
  EXPECT_THAT(out, HasSubstr("note: --free-top: curves end"));
  EXPECT_THAT(out, HasSubstr("CommonsenseQA at"));
  EXPECT_THAT(run("predict", options).out, ::testing::Not(HasSubstr("--free-top: curves end")));
}

}  // namespace
}  // namespace rung::cli
