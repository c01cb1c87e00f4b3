/// Tokenizers: learnt by hand's count, read and written, and exact for any bytes.

#include "rung/lm/tokenizer/tokenizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/core/rng.hpp"
#include "rung/lm/tokenizer/byte_pairs.hpp"
#include "rung/lm/tokenizer/vocabulary_file.hpp"
#include "tests/support/error_of.hpp"

namespace rung::lm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> pieces_of(const char* pattern, std::string_view text) {
  std::vector<std::string> pieces;
  Splitter(pattern).split(text, [&](std::string_view piece) { pieces.emplace_back(piece); });
  return pieces;
}

Vocabulary learnt(const std::vector<std::string>& texts, std::size_t vocab_size) {
  PieceCounts counts(kGpt2Pattern);
  for (const std::string& text : texts) counts.add(text);
  return learn_byte_pairs(counts, vocab_size);
}

std::string some_text() {
  std::string text;
  for (int i = 0; i < 40; ++i)
    text += "the cat sat on the mat, and the dog's day was done; naïve Ünïcødé 12345\n\n  x = " +
            std::to_string(i * i) + "\t漢字 🙂\r\n";
  return text;
}

TEST(Splitter, AsThePatternsSay) {
  EXPECT_THAT(pieces_of(kGpt2Pattern, "I'd say  hello, 2024!"),
              ElementsAre("I", "'d", " say", " ", " hello", ",", " 2024", "!"));
  EXPECT_THAT(pieces_of(kCl100kPattern, "I'D say 2024 Über-cool\n\n x"),
              ElementsAre("I", "'D", " say", " ", "202", "4", " Über", "-cool", "\n\n", " x"));
}

TEST(Splitter, BytesThatAreNoTextAreKept) {
  const std::string text = "ab\xff\xfe cd\x80";
  std::string whole;
  for (const std::string& piece : pieces_of(kGpt2Pattern, text)) whole += piece;
  EXPECT_EQ(whole, text);
  EXPECT_THAT(error_of([] { Splitter("(a"); }), HasSubstr("no regular expression"));
}

TEST(BytePairs, TheMostFrequentFirst) {
  // Pieces: "aab" once, " aab" twice, " ab" once: "ab" 4 times, "aa" 3 times, " a" 3 times.
  const Vocabulary vocabulary = learnt({"aab aab aab ab"}, 260);
  ASSERT_EQ(vocabulary.tokens.size(), 260u);
  EXPECT_EQ(vocabulary.tokens[257], "ab");
  EXPECT_EQ(vocabulary.tokens[258], "aab");  // 3; " a" is left twice, " ab" once
  EXPECT_EQ(vocabulary.tokens[259], " aab");
  EXPECT_EQ(learnt({"aab aab aab ab"}, 400).tokens.size(), 260u);  // no pair occurs twice any more
  EXPECT_THAT(error_of([] { learnt({"a"}, 256); }), HasSubstr("--vocab-size"));
}

TEST(Tokenizer, AnyBytesComeBack) {
  Tokenizer tokenizer(learnt({some_text()}, 500));
  EXPECT_EQ(tokenizer.decode(tokenizer.encode(some_text())), some_text());
  EXPECT_LT(tokenizer.encode(some_text()).size(), some_text().size() / 2);
  Rng rng(1);
  for (int i = 0; i < 200; ++i) {
    std::string bytes;
    for (std::uint32_t n = rng.below(200); n > 0; --n)
      bytes += static_cast<char>(rng.below(i % 2 ? 256 : 40));
    EXPECT_EQ(tokenizer.decode(tokenizer.encode(bytes)), bytes) << i;
  }
  EXPECT_EQ(tokenizer.decode(tokenizer.encode("a<|endoftext|>b")), "a<|endoftext|>b");
  EXPECT_GT(tokenizer.encode("<|endoftext|>").size(), 1u);  // from text it is never the token
}

TEST(Tokenizer, WrittenAndReadItIsTheSame) {
  Tokenizer tokenizer(learnt({some_text()}, 400));
  Tokenizer back(read_vocabulary(tokenizer_json(tokenizer.vocabulary()), "tokenizer.json"));
  EXPECT_EQ(back.size(), tokenizer.size());
  EXPECT_EQ(back.end_of_text(), 0);
  EXPECT_EQ(back.encode(some_text()), tokenizer.encode(some_text()));
}

/// All bytes, a few pairs, as tiktoken's files are.
std::string rank_file(const std::vector<std::string>& base64_pairs) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (int byte = 0; byte < 256; ++byte)
    text += std::string{kDigits[byte >> 2], kDigits[(byte & 3) << 4]} +
            "== " + std::to_string(byte) + "\n";
  int rank = 256;
  for (const std::string& pair : base64_pairs) text += pair + " " + std::to_string(rank++) + "\n";
  return text;
}

TEST(Tokenizer, RanksOfTiktoken) {
  // "lo", "el", "lo!" and "hel": of "hello!", lo comes first, then el, then lo! and hel.
  const Vocabulary vocabulary =
      read_vocabulary(rank_file({"bG8=", "ZWw=", "bG8h", "aGVs"}), "mine.tiktoken");
  Tokenizer tokenizer(vocabulary);
  EXPECT_THAT(tokenizer.encode("hello"), ElementsAre(259, 256));
  EXPECT_EQ(tokenizer.end_of_text(), 260);
  EXPECT_EQ(tokenizer.decode({259, 256}), "hello");
}

TEST(Tokenizer, BadFilesAreToldWithTheirPlace) {
  const auto error = [](const std::string& text) {
    return error_of([&] { Tokenizer(read_vocabulary(text, "t.json")); });
  };
  EXPECT_THAT(error("{}"), HasSubstr("'model' is missing"));
  EXPECT_THAT(error("{\"model\": {\"type\": \"Unigram\"}}"), HasSubstr("only BPE"));
  EXPECT_THAT(error("{\"model\": {\"vocab\": {\"a\": 0}, \"merges\": [\"a b\"]}}"),
              HasSubstr("'b', which is no token"));
  EXPECT_THAT(error("{\"model\": {\"vocab\": {\"a\": 0}, \"merges\": []}}"),
              HasSubstr("no token for byte 0"));
  // Sixteen million tokens' room would be made for it.
  EXPECT_THAT(error("{\"model\": {\"vocab\": {\"a\": 16000000}, \"merges\": []}}"),
              HasSubstr("no token's number"));
  EXPECT_THAT(error("{\"model\": {\"vocab\": {\"a\": 0, \"b\": 0}, \"merges\": []}}"),
              HasSubstr("'b' has the number of another token, 0"));
  EXPECT_THAT(error("{\"added_tokens\": [{\"id\": 0, \"content\": \"b\"}], \"model\": {\"vocab\": "
                    "{\"a\": 0}, \"merges\": []}}"),
              HasSubstr("'b' has the number of another token, 0"));
  EXPECT_THAT(error("IQ== 0\nIg== 2\n"), HasSubstr("t.json:2"));
  EXPECT_THAT(error("hello\n"), HasSubstr("t.json:1"));
}

}  // namespace
}  // namespace rung::lm
