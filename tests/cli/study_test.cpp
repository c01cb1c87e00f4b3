#include <filesystem>
#include <fstream>

#include "rung/study/file.hpp"
#include "rung/system/file.hpp"
#include "tests/cli/small_ladder.hpp"
#include "tests/cli/study_command.hpp"

namespace rung::cli {
namespace {

const char* kRuns =
    "params,tokens,loss\n1e7,2e8,5.312\n1e7,8e8,4.620\n1e7,3.2e9,4.174\n3e7,2e8,4.914\n"
    "3e7,8e8,4.227\n3e7,3.2e9,3.771\n1e8,8e8,3.890\n1e8,3.2e9,3.441\n1e8,1.3e10,3.127\n";

TEST(Study, GivesWhatItsCommandGives) {
  const SmallLadder ladder;
  std::ofstream(ladder.path("mine.toml"))
      << "command = \"ladder step1\"\n"
         "keys = [\"t\"]\n"
         "config_path = \"config.json\"  # either sign will do\n"
         "tasks = \"tasks.toml\"\n"
         "moving-avg = 2\n"
         "n = 3e9\nd = 1e11\n"
         "print_table_as_latex = false\n";
  const Words command = {"ladder",       "step1",
                         "-k",           "t",
                         "-c",           ladder.path("config.json"),
                         "--tasks",      ladder.path("tasks.toml"),
                         "-n",           "3e9",
                         "-d",           "1e11",
                         "--moving_avg", "2"};
  EXPECT_EQ(results_of({"study", "run", ladder.path("mine.toml")}), numbered_results({command}));
  EXPECT_EQ(run_rung({"study", "run", ladder.path("mine.toml")}).out, run_rung(command).out);
}

TEST(Study, StepsRunInOrderOnEachOthersFilesAndShareWhatStandsAbove) {
  const TempFolder folder;
  folder.write("data/runs.csv", kRuns);
  const auto study = folder.write("study.toml",
                                  "title = \"Two laws\"\n"
                                  "x = \"N=params, D=tokens\"\n"
                                  "table = \"data/runs.csv\"\n"
                                  "bootstrap = 0\n"
                                  "[[step]]\n"
                                  "command = \"fit\"\n"
                                  "law = \"chinchilla\"\n"
                                  "fix = [\"beta=0.28\", \"alpha=0.34\"]\n"
                                  "save-fit = \"fit.json\"\n"
                                  "[[step]]\n"
                                  "title = \"From the saved fit\"\n"
                                  "command = \"predict\"\n"
                                  "fit = \"fit.json\"\n"
                                  "table = \"\"  # not the one above: only --at\n"
                                  "at = [\"N=7e9, D=4e12\", \"N=1e9, D=1e11\"]\n");
  const Json results = results_of({"study", "run", study.string()});
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0]["step"], 1);
  EXPECT_EQ(results[0]["fit"]["parameters"]["beta"]["value"], 0.28);
  EXPECT_EQ(results[1]["predictions"].size(), 2u);
  EXPECT_EQ(results[1]["step"], 2);
  const std::string fit = (folder.path() / "fit.json").string();
  EXPECT_EQ(results,
            numbered_results({{"fit", (folder.path() / "data/runs.csv").string(), "--law",
                               "chinchilla", "--x", "N=params, D=tokens", "--bootstrap", "0",
                               "--fix", "beta=0.28", "--fix", "alpha=0.34"},
                              {"predict", fit, "--at", "N=7e9, D=4e12", "--at", "N=1e9, D=1e11"}}));
  const Ran shown = run_rung({"study", "run", study.string()});
  EXPECT_THAT(shown.out, StartsWith("Two laws\n\nStep 1: rung fit\n\nchinchilla: "));
  EXPECT_THAT(shown.out, HasSubstr("\n\nStep 2: From the saved fit\n\n"));
}

/// Also where only the data, or a step's files, tell of it.
TEST(Study, AStepsMistakesHaveTheLineOfTheirSetting) {
  const TempFolder folder;
  folder.write("runs.csv", kRuns);
  const auto error = [&](const std::string& rest) {
    const auto study = folder.write("study.toml", "[[step]]\n" + rest);
    return run_rung({"study", "run", study.string()}).err;
  };
  const std::string fit = "command = \"fit\"\ntable = \"runs.csv\"\nlaw = \"chinchilla\"\n";
  EXPECT_THAT(error(fit + "x = \"N=parms, D=tokens\"\n"),
              HasSubstr("study.toml:5:1: error: --x: there is no column 'parms'"));
  const std::string at = "at = \"N=7e9, D=4e12\"\n";
  EXPECT_THAT(error("command = \"predict\"\n" + at + "fit = \"nothere.json\"\n"),
              HasSubstr("study.toml:4:1: error:"));
  const std::string first = fit + "x = \"N=params, D=tokens\"\nsave-fit = \"fit.json\"\n";
  EXPECT_THAT(error(first + "[[step]]\ncommand = \"plan\"\ntable = \"runs.csv\"\nlaw = "
                            "\"chinchilla\"\ncriterion = \"q\"\n"),
              HasSubstr("study.toml:11:1: error: --criterion: 'q' is not one of c, v, d"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "fit.json"));  // nothing has run
}

TEST(Study, LongTitlesAreBrokenIntoLines) {
  const TempFolder folder;
  const std::string title =
      "Twenty words of one title are too many for a line of eighty columns, "
      "which this one has more than";
  const auto study = folder.write("study.toml", "title = \"" + title +
                                                    "\"\n[[step]]\ncommand = \"laws\"\n"
                                                    "[[step]]\ncommand = \"laws\"\ntitle = \"" +
                                                    title + "\"\n");
  std::istringstream lines(run_rung({"study", "run", study.string()}).out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
  EXPECT_THAT(run_rung({"study", "run", study.string(), "--wide"}).out,
              StartsWith(title + "\n\nStep 1"));
}

TEST(Study, WhatIsSetForAllStepsIsNotHeldAgainstOne) {
  const TempFolder folder;
  folder.write("runs.csv", kRuns);
  const std::string first =
      "x = \"N=params, D=tokens\"\nbootstrap = 0\n"
      "[[step]]\ncommand = \"fit\"\ntable = \"runs.csv\"\nlaw = \"chinchilla\"\n"
      "fix = [\"beta=0.28\", \"alpha=0.34\"]\nsave-fit = \"fit.json\"\n"
      "[[step]]\ncommand = \"allocate\"\nfit = \"fit.json\"\nbudget = \"1e21\"\n";
  const auto told = [&](const std::string& more) {
    return run_rung({"study", "run", folder.write("study.toml", first + more).string()}).err;
  };
  EXPECT_THAT(told(""), Not(HasSubstr("nothing under --fit")));
  EXPECT_THAT(told("level = 0.5\n"), HasSubstr("--level changes nothing under --fit"));
}

TEST(Study, WhatIsALongNameOfOneStepIsNoLetterOfAnother) {
  const TempFolder folder;
  folder.write("runs.csv", kRuns);
  const std::string ladder = RUNG_SOURCE_DIR "/docs/examples/tutorial/runs.csv";
  const auto study =
      folder.write("study.toml",
                   "x = \"N=params, D=tokens\"\nbootstrap = 0\n"
                   "[[step]]\ncommand = \"fit\"\ntable = \"runs.csv\"\nlaw = \"chinchilla\"\n"
                   "[[step]]\ncommand = \"ladder step2\"\nruns = [\"" +
                       ladder +
                       "\"]\nloss = \"tutorial-validation/CrossEntropyLoss\"\n"
                       "accuracy = \"order_rc_0shot_acc\"\n");
  EXPECT_EQ(results_of({"study", "run", study.string()}).size(), 2u);
}

TEST(Study, TheCommandLineReplacesWhatTheFileSays) {
  const TempFolder folder;
  folder.write("runs.csv", kRuns);
  const auto study = folder.write("study.toml",
                                  "command = \"fit\"\ntable = \"runs.csv\"\nlaw = \"chinchilla\"\n"
                                  "x = \"N=params, D=tokens\"\nfix = [\"beta=0.28\"]\nseed = 3\n");
  const std::string csv = (folder.path() / "out.csv").string();
  const Ran ran = run_rung({"study", "run", study.string(), "--fix", "beta=0.3", "--csv", csv,
                            "--bootstrap", "0", "--json", "-"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const Json json = Json::parse(ran.out);
  EXPECT_EQ(json["command"], "study run");
  EXPECT_EQ(json["context"]["seed"], 3);
  EXPECT_EQ(json["context"]["inputs"].size(), 2u);  // the study and the table
  EXPECT_EQ(json["context"]["options"]["steps"][0]["command"], "fit");
  EXPECT_EQ(json["context"]["options"]["steps"][0]["options"]["law"], "chinchilla");
  EXPECT_EQ(json["results"][0]["fit"]["parameters"]["beta"]["value"], 0.3);
  EXPECT_THAT(read_file(csv), StartsWith("parameter,"));
}

TEST(Study, ReadsStandardInput) {
  const Ran ran = run_shell("echo 'command = \"laws\"\nname = \"chinchilla\"' | $RUNG study run -");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("chinchilla"));
}

TEST(Study, StatusIsTheWorstOfTheSteps) {
  const TempFolder folder;
  folder.write("runs.csv", "N,loss\n1,2\n2,2\n3,2\n4,2\n5,2\n");
  const auto study = folder.write(
      "study.toml",
      "[[step]]\ncommand = \"laws\"\nname = \"kaplan-n\"\n[[step]]\n"
      "command = \"overtraining explore\"\nwhat = \"runs\"\nwhere = \"n_params < 0\"\n");
  EXPECT_EQ(run_rung({"study", "run", study.string(), "--data", "published:over-training"}).status,
            1);
}

struct BadStudy {
  const char* text;
  const char* error;  // after the file's name
};

class BadStudies : public ::testing::TestWithParam<BadStudy> {};

TEST_P(BadStudies, SayWhereAndExitWithTwo) {
  const TempFolder folder;
  folder.write("runs.csv", kRuns);
  const auto study = folder.write("study.toml", GetParam().text);
  const Ran ran = run_rung({"study", "run", study.string()});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("study.toml:" + std::string(GetParam().error)));
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, BadStudies,
    ::testing::Values(
        BadStudy{"command = \"fit\"\nlaww = \"chinchilla\"\n",
                 "2:1: error: 'rung fit' has no option 'laww' (did you mean 'law'"},
        BadStudy{"command = \"fitt\"\n",
                 "1:1: error: there is no command 'fitt' for a study (did you mean 'fit'"},
        BadStudy{"command = \"study run\"\n", "1:1: error: there is no command 'study run'"},
        BadStudy{"x = \"N=params\"\n", "1:1: error: a step needs a command"},
        BadStudy{"command = 3\n", "1:1: error: 'command' should be text"},
        BadStudy{"step = 3\ncommand = \"fit\"\n", "1:8: error: 'step' should be tables"},
        BadStudy{"command = \"fit\"\ncommand = \"fit\"\n", "2:"},
        BadStudy{"command = \"fit\"\nlaw = \"a\"\nx = [1, 2]\n",
                 "3:1: error: 'x' takes one value, not a list"},
        BadStudy{"command = \"fit\"\nx = true\n",
                 "2:1: error: 'x' takes text or a number, not true or false"},
        BadStudy{"command = \"fit\"\n[table]\nfile = \"x\"\n",
                 "2:2: error: 'table' takes text or a number, not a table"},
        BadStudy{"command = \"fit\"\nprofile = \"yes\"\n",
                 "2:1: error: 'profile' is either true or false"},
        BadStudy{"command = \"fit\"\nlaw = 1979-05-27\n", "2:"},
        BadStudy{"command = \"fit\"\njson = \"x.json\"\n",
                 "2:1: error: 'json' is no setting of a study"},
        BadStudy{"command = \"ladder step1\"\nmoving_avg = 5\nmoving-avg = 5\n",
                 "3:1: error: 'moving-avg' is already set on line 2"},
        BadStudy{"command = \"ladder step1\"\nconfig-path = \"c.json\"\nmoving_avg = \"many\"\n",
                 "3:1: error: "},
        BadStudy{"command = \"ladder step1\"\nmoving_avg = 1\n", "1:1: error: which runs to use?"},
        BadStudy{"command = \"ladder step1\"\nconfig-path = \"data:olmo/x.json\"\n",
                 "2:1: error: there is no data set 'olmo' (did you mean 'olmo-ladder'?)"},
        BadStudy{"command = \"fit\"\ntable = \"runs.csv\"\nlaw = \"chinchila\"\nx = \"N=params\"\n",
                 "3:1: error: "},
        BadStudy{"command = \"predict\"\ntable = \"runs.csv\"\n", "1:1: error: FIT is required"},
        BadStudy{"alpha = 3\n[[step]]\ncommand = \"fit\"\n",
                 "1:1: error: no step's command has an option 'alpha'"},
        BadStudy{"[[step]]\ncommand = \"laws\"\ncsv = \"a.csv\"\n[[step]]\ncommand = \"laws\"\n"
                 "csv = \"a.csv\"\n",
                 "5:1: error: two steps would write to"},
        BadStudy{"law = \"chinchilla\"\ntable = \"runs.csv\"\nsave-fit = \"a.json\"\n"
                 "[[step]]\ncommand = \"fit\"\n[[step]]\ncommand = \"fit\"\n",
                 "7:1: error: two steps would write to"},
        BadStudy{"command = \"fit\n", "1:"}));

TEST(Study, EveryMistakeIsTold) {
  const TempFolder folder;
  const auto study = folder.write(
      "study.toml",
      "[[step]]\ncommand = \"fit\"\nlaww = 1\n[[step]]\ncommand = \"laws\"\nnames = 2\n");
  const Ran ran = run_rung({"study", "run", study.string()});
  EXPECT_THAT(ran.err, HasSubstr("study.toml:3:1: "));
  EXPECT_THAT(ran.err, HasSubstr("study.toml:6:1: "));
}

TEST(Study, AFaultNamesItsStep) {
  const TempFolder folder;
  const std::string path = (folder.path() / "study.toml").string();
  write_file(path,
             "[[step]]\ncommand = \"laws\"\n[[step]]\ntitle = \"ours\"\ncommand = \"fit\"\n"
             "table = \"none.csv\"\nlaw = \"chinchilla\"\n");
  const Ran ran = run_rung({"study", "run", path});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("In step 2: ours\n"));
}

TEST(Study, UnknownNamesAndMissingFilesAreTold) {
  EXPECT_THAT(run_rung({"study", "show", "ladder-step"}).err,
              StartsWith("error: there is no study 'ladder-step' (did you mean 'ladder-step1'"));
  EXPECT_THAT(run_rung({"study", "run", "none.toml"}).err,
              HasSubstr("there is no study 'none.toml', by name or as a file"));
  EXPECT_THAT(run_rung({"study", "run", "ladder-step1", "--movingavg", "3"}).err,
              HasSubstr("no command of the study has an option '--movingavg' (did you mean"));
  EXPECT_THAT(run_rung({"study", "run", "ladder-step1", "--data", "/nowhere"}).err,
              HasSubstr("rung/study/files/ladder-step1.toml:5:1: error: the public results "
                        "'olmo-ladder' are not in /nowhere"));
}

}  // namespace
}  // namespace rung::cli
