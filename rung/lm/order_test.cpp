/// The order of the data: every sequence in its share, another order each epoch and seed.

#include "rung/lm/order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "rung/lm/batches.hpp"
#include "rung/system/file.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::lm {
namespace {

TEST(Order, AnEpochHasEachSequenceOnce) {
  Order order({{10, 10}, {7, 7}}, 3);
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    std::set<std::pair<std::size_t, std::size_t>> seen;
    for (std::uint64_t i = 0; i < 17; ++i) {
      const SequencePlace place = order.at(17 * epoch + i);
      seen.insert({place.source, place.sequence});
    }
    EXPECT_EQ(seen.size(), 17u);
  }
}

TEST(Order, WeightsAreSharesOfTheSequences) {
  Order order({{10, 3}, {90, 1}}, 1);
  std::map<std::size_t, int> counts, first;
  for (std::uint64_t i = 0; i < 400; ++i) {
    const SequencePlace place = order.at(i);
    ++counts[place.source];
    if (place.source == 0) ++first[place.sequence];
  }
  EXPECT_EQ(counts[0], 300);
  EXPECT_EQ(counts[1], 100);
  for (const auto& [sequence, n] : first) EXPECT_EQ(n, 30) << sequence;  // around and around
}

TEST(Order, IsDecidedByTheSeedAlone) {
  Order order({{50, 1}}, 3), same({{50, 1}}, 3), other({{50, 1}}, 4);
  int n_equal = 0;
  for (std::uint64_t i = 0; i < 50; ++i) n_equal += order.at(i) == other.at(i);
  EXPECT_LT(n_equal, 10);
  EXPECT_EQ(same.at(120), order.at(120));  // whatever was asked before
  EXPECT_EQ(same.at(7), order.at(7));
}

TEST(Batches, ReadsSequencesAndLeavesRepetitionsOut) {
  const TempFolder folder;
  std::vector<Token> tokens;
  for (Token i = 0; i < 64; ++i) tokens.push_back(i);
  for (Token i = 0; i < 64; ++i) tokens.push_back(i % 2);  // "01" 32 times
  const auto path = folder.path() / "train.bin";
  write_file(path, token_bytes(tokens, TokenType::uint16));
  DataMix mix{.name = "mix", .vocab_size = 64};
  mix.train.push_back({path, {}});
  Batches batches(mix, {.length = 64, .vocab_size = 64});
  const Batch batch = batches.at(0, 2);
  ASSERT_EQ(batch.counted.size(), 2u);
  const std::size_t plain = batch.counted[0] ? 0 : 1;
  EXPECT_NE(batch.counted[0], batch.counted[1]);
  EXPECT_EQ(batch.tokens[plain * 64 + 63], 63);
  EXPECT_EQ(batch.n_counted_targets(), 63u);
  EXPECT_THAT(error_of([&] { Batches(mix, {.length = 64, .vocab_size = 60}).at(0, 2); }),
              ::testing::HasSubstr("not below the vocabulary's 60"));
  EXPECT_THAT(error_of([&] { Batches(mix, {.length = 129, .vocab_size = 64}); }),
              ::testing::HasSubstr("128 tokens"));
}

TEST(Batches, RepetitionNeedsThirtyTwoRounds) {
  std::vector<Token> tokens(3 * 32);
  for (std::size_t i = 0; i < tokens.size(); ++i) tokens[i] = static_cast<Token>(i % 3);
  EXPECT_TRUE(is_repetitive(tokens));
  EXPECT_FALSE(is_repetitive(std::span(tokens).first(3 * 31)));
}

TEST(TokenFile, WideTokensComeBack) {
  const TempFolder folder;
  const std::vector<Token> tokens = {0, 65535, 65536, 100277};
  const auto path = folder.path() / "wide.bin";
  write_file(path, token_bytes(tokens, TokenType::uint32));
  const TokenFile file(path, TokenType::uint32);
  std::vector<Token> back;
  file.read(0, 4, 100278, back);
  EXPECT_EQ(back, tokens);
  write_file(path, "odd");
  EXPECT_THAT(error_of([&] { TokenFile(path, TokenType::uint16); }),
              ::testing::HasSubstr("no multiple of 2 bytes"));
}

}  // namespace
}  // namespace rung::lm
