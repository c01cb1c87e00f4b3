#include "rung/study/observational/models.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/data/reader/csv.hpp"

namespace rung::observational {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

const char* const kHead = "Model,Model Family,Model Size (B),Pretraining Data Size (T),A,\"B,x\"\n";

Models read(const std::string& rows, std::vector<std::string>& warnings,
            const ScoreOptions& options = {}) {
  return models_of(parse_csv(kHead + rows, "models.csv"), {"A", "B,x"}, {}, options, warnings);
}

TEST(Models, ComputeIsSixTimesSizeTimesTokensWhereNoColumnHasIt) {
  std::vector<std::string> warnings;
  const Models models = read("m1,F,7,2,0.5,0.4\nm2,F,13,,0.6,\n", warnings);
  EXPECT_EQ(models.flops_1e21[0], 84);
  EXPECT_TRUE(std::isnan(models.flops_1e21[1]));
  EXPECT_TRUE(std::isnan(models.scores(1, 1)));
  EXPECT_THAT(warnings, IsEmpty());
  EXPECT_THAT(models.values("size"), ElementsAre(7, 13));
}

TEST(Models, PercentIsSaidAndDividedByAHundred) {
  std::vector<std::string> warnings;
  const Models models = read("m1,F,7,2,50,0.4\nm2,F,13,2,0.8,0.2\nm3,F,13,2,7,0.3\n", warnings);
  EXPECT_NEAR(models.scores(0, 0), 0.5, 1e-15);
  EXPECT_NEAR(models.scores(1, 0), 0.008, 1e-15);
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("A is in percent"),
                                    "B,x is taken for shares, though A is in percent"));
}

TEST(Models, ScoresBelowTheirRangeAreNamed) {
  std::vector<std::string> warnings;
  const Models models = read("m1,F,7,2,0.5,0.4\nm2,F,13,2,0.6,-0.2\n", warnings);
  EXPECT_THAT(warnings, ElementsAre("B,x lies below 0 and counts as 0 for m2 (-0.2)"));
  EXPECT_EQ(models.scores(1, 1), 0);
}

/// Moved inside, they would be perfect.
TEST(Models, ScoresAboveTheirRangeAreRefused) {
  std::vector<std::string> warnings;
  const auto of_scores = [&](const char* first, const char* second, const ScoreOptions& options) {
    read(std::string("m1,F,7,2,0.5,") + first + "\nm2,F,13,2,0.6," + second + "\n", warnings,
         options);
  };
  EXPECT_THAT([&] { of_scores("0.4", "55", {}); },
              ThrowsMessage<InputError>(HasSubstr("models.csv:3: error: 'B,x' is 55, and scores")));
  EXPECT_THAT([&] { of_scores("55", "101", {}); }, ThrowsMessage<InputError>(HasSubstr("is 101")));
  EXPECT_THAT([&] { of_scores("5", "11", {.range = std::pair(0.0, 10.0)}); },
              ThrowsMessage<InputError>(HasSubstr("is 11, and scores lie from 0 to 10")));
  of_scores("55", "1100", {.range = std::nullopt});
}

TEST(Models, AModelWithoutAFamilyStandsForItself) {
  std::vector<std::string> warnings;
  const Models models = read("m1,F,7,2,0.5,0.4\nm2,,13,2,0.6,0.2\nm3,,13,2,0.6,0.3\n", warnings);
  EXPECT_THAT(models.distinct_families(), ElementsAre("F", "m2", "m3"));
  EXPECT_TRUE(models.has_family(0));
  EXPECT_FALSE(models.has_family(2));
}

TEST(Models, AModelWithoutAnyScoreIsLeftOutByName) {
  std::vector<std::string> warnings;
  const Models models = read("m1,F,7,2,,\nm2,F,13,2,0.6,0.2\n", warnings);
  EXPECT_THAT(models.names, ElementsAre("m2"));
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("m1")));
}

TEST(Models, EqualRowsCountOnceAndConflictingOnesAreRefused) {
  std::vector<std::string> warnings;
  EXPECT_EQ(read("m1,F,7,2,0.1,0.2\nm1,F,7,2,0.1,0.2\n", warnings).size(), 1u);
  EXPECT_THAT([&] { read("m1,F,7,2,0.1,0.2\nm1,F,7,2,0.1,0.3\n", warnings); },
              ThrowsMessage<InputError>(HasSubstr("models.csv:3: error: model 'm1' stands here")));
}

TEST(Models, RefusesMissingColumnsMetricsAndNames) {
  std::vector<std::string> warnings;
  EXPECT_THAT([&] { read("m1,F,7,2,,0.2\nm2,F,7,2,,0.3\n", warnings); },
              ThrowsMessage<InputError>(HasSubstr("no model has a score in 'A'")));
  EXPECT_THROW(read(",F,7,2,0.1,0.2\n", warnings), InputError);
  const Table table = parse_csv("Model,MMLU\nm,0.5\n", "t.csv");
  EXPECT_THAT(
      [&] {
        models_of(table, {"MMLu", "GSM8K"}, {}, {}, warnings);
      },
      ThrowsMessage<InputError>(
          testing::AllOf(HasSubstr("'MMLu'"), HasSubstr("MMLU"), HasSubstr("'GSM8K'"))));
  EXPECT_THROW(models_of(table, {"MMLU"}, {.model = "name"}, {}, warnings), InputError);
}

TEST(Models, FamiliesThatAreNotThereAreRefused) {
  std::vector<std::string> warnings;
  const Models models = read("m1,Llama,7,2,0.1,0.2\nm2,OPT,7,2,0.1,0.3\n", warnings);
  EXPECT_THAT(with_families(models, {"OPT"}).names, ElementsAre("m2"));
  EXPECT_THAT([&] { with_families(models, {"Lama"}); },
              ThrowsMessage<InputError>(HasSubstr("did you mean 'Llama'")));
}

TEST(ModelSets, LeaveOutByFamilyAndByModel) {
  std::vector<std::string> warnings;
  const Models models = read(
      "m1,Llama,7,2,0.1,0.2\nm2,OPT,7,2,0.1,0.3\nm3,OPT,8,2,0.1,0.3\nm4,X,8,2,0.1,0.3\n", warnings);
  const ModelSets sets = parse_model_sets(
      "[metrics]\nmine = ['A']\n[models]\nlate = ['m3']\n"
      "[sets.one]\ntable = 't.csv'\nmetrics = 'mine'\nfamilies = ['OPT', 'Llama']\n"
      "without = ['late']\n[sets.two]\nlike = 'one'\nwithout = []\nwithout_families = ['Llama']\n",
      "mine.toml");
  EXPECT_THAT(models_of_set(models, sets.set("one")).names, ElementsAre("m1", "m2"));
  EXPECT_THAT(models_of_set(models, sets.set("two")).names, ElementsAre("m2", "m3"));
  EXPECT_THAT(sets.metric_columns("mine"), ElementsAre("A"));
  EXPECT_THAT(sets.metric_columns("A, C"), ElementsAre("A", "C"));
  EXPECT_THAT(sets.model_names("late,m9"), ElementsAre("m3", "m9"));
  EXPECT_THROW(sets.set("three"), InputError);
}

TEST(ModelSets, SayWhereAFileIsWrong) {
  EXPECT_THAT([] { parse_model_sets("[sets.a]\ntable = 't.csv'\nmetrics = 'non'\n", "s.toml"); },
              ThrowsMessage<InputError>(HasSubstr("s.toml:3")));
  EXPECT_THAT([] { parse_model_sets("[sets.a]\nlike = 'b'\n", "s.toml"); },
              ThrowsMessage<InputError>(HasSubstr("no set 'b' before this one")));
  EXPECT_THROW(parse_model_sets("[set.a]\n", "s.toml"), InputError);
}

TEST(ModelSets, BuiltinOnesAreThere) {
  const ModelSets& sets = builtin_model_sets();
  EXPECT_EQ(sets.set("base").families.size(), 28u);
  EXPECT_EQ(sets.set("base").without_models.size(), 20u);
  EXPECT_EQ(sets.metric_columns("default").size(), 8u);
}

}  // namespace
}  // namespace rung::observational
