#include "rung/study/observational/further_metrics.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/error_of.hpp"

namespace rung::observational {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<std::string> kPublic = {"meta-llama/Llama-2-7b-hf", "a/phi", "b/phi"};

std::vector<std::string> models_in(const Table& table) {
  return std::get<std::vector<std::string>>(table.column("Model").values);
}

Table scores(std::vector<double> values) {
  Table table("scores.csv");
  table.add({"model", std::vector<std::string>{"Llama-2-7b", "mine", "Llama-2-7b"}});
  table.add({"task", std::vector<std::string>{"piqa", "piqa", "gsm8k"}});
  table.add({"metric", std::vector<std::string>{"acc", "acc", "exact_match"}});
  table.add({"value", std::move(values)});
  return table;
}

TEST(FurtherMetrics, RowsOfScoresBecomeColumns) {
  const Table wide = further_metrics(scores({0.5, 0.25, 0.1}), "Model", kPublic);
  EXPECT_THAT(models_in(wide), ElementsAre("meta-llama/Llama-2-7b-hf", "mine"));
  EXPECT_THAT(wide.numbers("piqa_acc"), ElementsAre(0.5, 0.25));
  EXPECT_EQ(wide.numbers("gsm8k_exact_match")[0], 0.1);
  EXPECT_TRUE(std::isnan(wide.numbers("gsm8k_exact_match")[1]));
}

TEST(FurtherMetrics, ShortNamesStandForOneModelOnly) {
  Table table("mine.csv");
  table.add({"Model", std::vector<std::string>{"phi", "b/phi", "org__Llama-2-7b-hf"}});
  table.add({"x", std::vector<double>{1, 2, 3}});
  EXPECT_THAT(models_in(further_metrics(table, "Model", kPublic)),
              ElementsAre("phi", "b/phi", "meta-llama/Llama-2-7b-hf"));
}

TEST(FurtherMetrics, AScoreThatStandsTwiceIsNamed) {
  Table table("scores.csv");
  table.add({"model", std::vector<std::string>{"m", "m"}});
  table.add({"task", std::vector<std::string>{"piqa", "piqa"}});
  table.add({"metric", std::vector<std::string>{"acc", "acc"}});
  table.add({"value", std::vector<double>{0.5, 0.6}});
  table.set_lines({2, 3});
  EXPECT_THAT(error_of([&] { further_metrics(table, "Model", kPublic); }),
              HasSubstr("scores.csv:3: error: 'piqa_acc' of 'm' stands here a second time"));
}

}  // namespace
}  // namespace rung::observational
