#include "rung/data/run_names.hpp"

#include <gmock/gmock.h>

#include "rung/core/text.hpp"

namespace rung {
namespace {

using ::testing::HasSubstr;

TEST(SizeInName, IsTheFirstWordOfDigitsAndASuffix) {
  EXPECT_EQ(size_in_name("OLMo-190M-1xC"), 190e6);
  EXPECT_EQ(size_in_name("llama_1.3b"), 1.3e9);
  EXPECT_FALSE(size_in_name("run-17"));
  EXPECT_FALSE(size_in_name("exp3b"));
}

TEST(SizeInName, OneThatContradictsTheOthersIsTold) {
  const std::vector<NamedSize> runs = {{"s100M-a", 1e8},   {"s200M-a", 2e8},   {"s400M-a", 4.1e8},
                                       {"s1.6B-a", 1.6e6}, {"s1.6B-b", 1.6e6}, {"ref", 1e9}};
  EXPECT_EQ(doubt_of_named_sizes(runs),
            "the sizes of 2 runs are others than their names say: s1.6B-a has 1.6M parameters; "
            "are they mistyped? The table counts");
}

/// The third variant of an experiment is no model of 3 billion parameters.
TEST(SizeInName, LettersBeforeANumberAreNoSizeWhereRunsDisagree) {
  const std::vector<NamedSize> runs = {{"exp1b", 1e8}, {"exp2b", 3e8}, {"exp3b", 2.5e9}};
  EXPECT_EQ(doubt_of_named_sizes(runs), "");
}

/// Pythia-14M has 1.2 million parameters beside its embedding.
TEST(SizeInName, TheEmbeddingMayBeMostOfASmallModel) {
  EXPECT_EQ(doubt_of_named_sizes(std::vector<NamedSize>{{"p-14M", 1.2e6, false}}), "");
  EXPECT_THAT(doubt_of_named_sizes(std::vector<NamedSize>{{"p-14M", 1.2e3, false}}),
              HasSubstr("are they counted in millions?"));
}

/// 1xC may be any number of tokens a parameter, and sizes may be counted with the embedding.
TEST(LengthInName, OneThatContradictsTheOthersIsTold) {
  std::vector<NamedLength> runs;
  for (const double n : {1e8, 2e8, 4e8}) {
    for (const double length : {0.5, 1.0, 5.0})
      runs.push_back({short_count(n) + "-" + shortest(length) + "xC", n, 25 * n * length});
  }
  EXPECT_EQ(doubt_of_named_lengths(runs), "");
  runs.back().n_tokens *= 10;
  EXPECT_EQ(doubt_of_named_lengths(runs),
            "the tokens of 1 run are others than its name says: 400M-5xC has 500B tokens, and by "
            "the other names it would have 50B");
  runs.back().name = "400M";
  EXPECT_EQ(doubt_of_named_lengths(runs), "");
}

}  // namespace
}  // namespace rung
