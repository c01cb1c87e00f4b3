#include "rung/data/reader/testbed_tables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/data/reader/testbed_folder.hpp"
#include "rung/data/testbed.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr const char* kHeader =
    "model,family,n_params,n_params_non_embedding,n_tokens,config.architecture,"
    "config.chinchilla_multiplier,config.learning_rate,config.final_learning_rate,"
    "config.weight_decay,config.z_loss,config.n_warmup_steps,config.batch_sequences,"
    "config.n_accumulation_steps,config.qk_norm,config.argument --lr,loss/c4_val,"
    "loss_lower_by_sequences/c4_val,loss_upper_by_sequences/c4_val,loss_lower_by_tokens/c4_val,"
    "loss_upper_by_tokens/c4_val,loss_n_sequences/c4_val,loss_n_tokens/c4_val,accuracy/copa\n";

/// A row of models.csv; the rest is the same for all.
std::string model(const std::string& name, const std::string& rate, const std::string& loss,
                  const std::string& accuracy) {
  return name + ",c4,1000,500,20000,tiny,1,0.003,3e-05,0.033,0.0001,100,8,1,1," + rate + "," +
         loss + ",3.9,4.1,3.99,4.01,10,20480," + accuracy + "\n";
}

class TestbedOfTables : public ::testing::Test {
 protected:
  TestbedOfTables() {
    folder_.write("tasks.csv",
                  "task,category,type,n_shots,n_examples,chance_percent\n"
                  "copa,reasoning,multiple choice,0,100,50\n");
    folder_.write("grid.csv",
                  "key,architecture,hidden_dim,n_layers,n_heads,batch_sequences,learning_rate,"
                  "final_learning_rate,weight_decay,n_tokens,n_warmup_steps,loss_nats\n"
                  "k,d=96_l=8_h=4,96,8,4,8,0.003,3e-05,0.033,211386240,100,5.15\n");
  }
  /// What is wrong, as "LINE: MESSAGE".
  std::vector<std::string> problems() const {
    std::vector<std::string> texts;
    try {
      read_testbed(folder_.path());
    } catch (const InputError& error) {
      for (const Problem& problem : error.problems())
        texts.push_back(std::to_string(problem.location.line) + ": " + problem.message);
    }
    return texts;
  }

  TempFolder folder_;
};

TEST_F(TestbedOfTables, ReadsAsATestbedOfFilesDoes) {
  folder_.write("models.csv", kHeader + model("c4-tiny-2.0", "0.003", "4.5", "0.5") +
                                  model("c4-tiny-1.0", "0.004", "4", "0.25"));
  const Testbed testbed = read_testbed(folder_.path());
  EXPECT_THAT(testbed.loss_sets, ElementsAre("c4_val"));
  EXPECT_THAT(testbed.tasks, ElementsAre("copa"));
  ASSERT_EQ(testbed.models.size(), 2u);
  EXPECT_EQ(testbed.models[0].name, "c4-tiny-1.0");  // by name, in whatever order they stand
  EXPECT_EQ(testbed.models[0].losses[0].loss_nats, 4);
  EXPECT_EQ(testbed.models[0].losses[0].n_tokens, 20480);
  EXPECT_THAT(testbed.models[1].accuracies, ElementsAre(0.5));
  EXPECT_FALSE(testbed.models[0].settings.seed);
  EXPECT_TRUE(testbed.models[0].settings.qk_norm);
  EXPECT_EQ(testbed.task_info("copa").chance_accuracy, 0.5);
  EXPECT_EQ(testbed.grid.at(0).final_learning_rate, 3e-5);
  std::vector<std::string> warnings;
  for (const Problem& warning : testbed.warnings)
    warnings.push_back(std::to_string(warning.location.line) + ": " + warning.message);
  EXPECT_THAT(warnings, Contains("3: hyperparameters say --lr 0.003, the command line 0.004"));
  EXPECT_THAT(
      warnings,
      Contains("2: holds a run of tiny on c4 at multiplier 1: its name would be 'c4-tiny-1'"));
}

TEST_F(TestbedOfTables, NamesEveryProblemWithItsLine) {
  folder_.write("models.csv", kHeader + model("c4-tiny-1.0", "0.003", "-4", "1.5") +
                                  model("c4-tiny-2.0", "0.003", "inf", "0.5"));
  folder_.write("tasks.csv",
                "task,category,type,n_shots,n_examples,chance_percent\n"
                "copa,reasoning,multiple choice,0,,50\n");
  EXPECT_THAT(problems(), UnorderedElementsAre("2: 'loss/c4_val' should be a number above 0",
                                               "2: 'accuracy/copa' should be from 0 to 1",
                                               "3: 'loss/c4_val' should be a number above 0",
                                               "2: 'n_examples' should be a number above 0"));
}

TEST_F(TestbedOfTables, AnAccuracyInPercentIsToldAsSuch) {
  folder_.write("models.csv", kHeader + model("c4-tiny-1.0", "0.003", "4", "43.19") +
                                  model("c4-tiny-2.0", "0.003", "4", "-1"));
  std::vector<std::string> hints;
  try {
    read_testbed(folder_.path());
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems()) hints.push_back(problem.hint);
  }
  EXPECT_THAT(hints, ElementsAre("in percent? divide it by 100", ""));
}

TEST_F(TestbedOfTables, TasksAreOfSomeExamplesAndAChanceBelowAll) {
  folder_.write("models.csv", kHeader + model("c4-tiny-1.0", "0.003", "4", "0.5"));
  folder_.write("tasks.csv",
                "task,n_examples,chance_percent\ncopa,3000,250\nqa,-3000,-25\nx,10,0\n"
                "y,0,100\n");
  EXPECT_THAT(problems(),
              ::testing::IsSupersetOf({"2: 'chance_percent' should be from 0 to below 100",
                                       "3: 'n_examples' should be a number above 0",
                                       "3: 'chance_percent' should be from 0 to below 100",
                                       "5: 'n_examples' should be a number above 0",
                                       "5: 'chance_percent' should be from 0 to below 100"}));
}

TEST_F(TestbedOfTables, AModelHasOneRow) {
  folder_.write("models.csv", kHeader + model("c4-tiny-1.0", "0.003", "4", "0.5") +
                                  model("c4-tiny-1.0", "0.004", "4", "0.5"));
  EXPECT_THAT(problems(), Contains("3: c4-tiny-1.0 is there twice"));
}

TEST_F(TestbedOfTables, NeedsNoMoreThanTheLawsDo) {
  folder_.write("models.csv",
                "model,label,family,n_params,n_tokens,loss/web,accuracy/copa\n"
                "c4-tiny-1,tiny,c4,1000,20000,4,0.5\n");
  folder_.write("tasks.csv", "task,n_examples,chance_percent\ncopa,100,50\n");
  std::filesystem::remove(folder_.path() / "grid.csv");
  const Testbed testbed = read_testbed(folder_.path());
  EXPECT_EQ(testbed.warnings.size(), 0u);
  EXPECT_EQ(testbed.models[0].architecture, "tiny");
  EXPECT_EQ(testbed.models[0].chinchilla_multiplier, 1);
  EXPECT_FALSE(testbed.models[0].n_params_non_embedding);
  EXPECT_FALSE(testbed.task_info("copa").n_shots);
  EXPECT_EQ(testbed_table_paths(folder_.path()).size(), 2u);
}

TEST_F(TestbedOfTables, ATaskThatIsMissingHasTheNameThatItMayBe) {
  folder_.write("models.csv",
                "model,label,family,n_params,n_tokens,loss/web,accuracy/coppa\n"
                "c4-tiny-1,tiny,c4,1000,20000,4,0.5\n");
  try {
    read_testbed(folder_.path());
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("task 'coppa' is missing"), HasSubstr("did you mean 'copa'?")));
  }
}

TEST_F(TestbedOfTables, NamesAMissingColumnAndAMissingTable) {
  folder_.write("models.csv",
                "model,family,label,n_params,n_tokens,loss/web\nc4-tiny-1.0,c4,t,1,2,3\n");
  std::filesystem::remove(folder_.path() / "tasks.csv");
  EXPECT_THAT(problems(), UnorderedElementsAre(HasSubstr("1: the testbed has no tasks: there is "),
                                               HasSubstr("can't read it")));
}

TEST_F(TestbedOfTables, AHeadingAloneHoldsNothing) {
  folder_.write("models.csv", kHeader);
  EXPECT_THAT(problems(), ElementsAre("1: there are no runs below the heading"));
  folder_.write("models.csv", kHeader + model("c4-tiny-1.0", "0.003", "4", "0.5"));
  folder_.write("tasks.csv", "task,n_examples,chance_percent\n");
  EXPECT_THAT(problems(), ElementsAre("1: there are no tasks below the heading"));
}

/// However many rows there are, a misspelt header is told once, where it stands.
TEST_F(TestbedOfTables, TellsAMisspeltHeaderOnceAndWhatItMayMean) {
  folder_.write("models.csv",
                "model,lable,family,params,tokens,web_loss,qa accuracy\n"
                "c4-tiny-1,tiny,c4,1000,20000,4,0.5\nc4-tiny-2,tiny,c4,1000,40000,4,0.5\n");
  folder_.write("tasks.csv", "task,examples,chance_percent\ncopa,100,50\n");
  EXPECT_THAT(problems(), UnorderedElementsAre(
                              "1: there is no column 'label'", "1: there is no column 'n_params'",
                              "1: there is no column 'n_tokens'",
                              "1: the testbed has no losses: there is no column 'loss/SET'",
                              "1: the testbed has no tasks: there is no column 'accuracy/TASK'",
                              "1: there is no column 'n_examples'"));
  try {
    read_testbed(folder_.path());
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(error.problems()[0].hint, "did you mean 'lable'?");
    EXPECT_EQ(error.problems()[2].hint, "did you mean 'tokens'?");
    EXPECT_EQ(error.problems()[3].hint, "'web_loss' would be 'loss/web'");
    EXPECT_EQ(error.problems()[4].hint, "'qa accuracy' would be 'accuracy/qa'");
  }
}

TEST_F(TestbedOfTables, ReadsQuantitiesInItsNumbers) {
  folder_.write("models.csv",
                "model,label,family,n_params,n_tokens,loss/web,accuracy/copa\n"
                "c4-tiny-1,tiny,c4,25M,500M,4,0.5\n");
  folder_.write("tasks.csv", "task,n_examples,chance_percent\ncopa,2K,50\n");
  const Testbed testbed = read_testbed(folder_.path());
  EXPECT_EQ(testbed.models[0].n_params, 25e6);
  EXPECT_EQ(testbed.models[0].n_tokens, 500e6);
  EXPECT_EQ(testbed.task_info("copa").n_examples, 2000);
  folder_.write("models.csv",
                "model,label,family,n_params,n_tokens,loss/web,accuracy/copa\n"
                "c4-tiny-1,tiny,c4,25M,500M,4,0.5\nc4-tiny-2,tiny,c4,25M,many,4,0.5\n");
  EXPECT_THAT(problems(), Contains("3: column 'n_tokens': 'many' is not a number"));
}

TEST_F(TestbedOfTables, AnEmptyLossOrAccuracyIsNotMeasured) {
  folder_.write("models.csv", kHeader + model("c4-tiny-1.0", "0.003", "4", "") +
                                  model("c4-tiny-2.0", "0.003", "", "0.5"));
  const Testbed testbed = read_testbed(folder_.path());
  EXPECT_TRUE(std::isnan(testbed.models[0].accuracies[0]));
  EXPECT_TRUE(std::isnan(testbed.models[1].losses[0].loss_nats));
  ASSERT_EQ(testbed.unmeasured.size(), 2u);
  EXPECT_EQ(testbed.unmeasured[0].text(), "run 'c4-tiny-1.0' has no accuracy/copa");
  EXPECT_EQ(testbed.unmeasured[1].text(), "run 'c4-tiny-2.0' has no loss/c4_val");
  EXPECT_EQ(testbed.unmeasured[1].where.line, 3u);
}

TEST_F(TestbedOfTables, SaysWhichFoldersItReads) {
  for (const auto& [folder, message] :
       {std::pair(folder_.path() / "nosuch", "no such folder"),
        std::pair(folder_.path() / "tasks.csv", "is a file, not a folder"),
        std::pair(folder_.path(), "holds neither models.csv nor models/")}) {
    try {
      read_testbed(folder);
      ADD_FAILURE() << message;
    } catch (const InputError& error) {
      EXPECT_EQ(error.problems().front().message, message);
      EXPECT_THAT(error.problems().front().hint, HasSubstr("models.csv and tasks.csv"));
    }
  }
}

}  // namespace
}  // namespace rung
