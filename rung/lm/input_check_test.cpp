#include "rung/lm/input_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/lm/tokenizer/byte_pairs.hpp"
#include "rung/lm/tokenizer/vocabulary_file.hpp"
#include "rung/system/file.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::lm {
namespace {

using ::testing::HasSubstr;

constexpr int kDataVocabulary = 400;
constexpr std::size_t kSequence = 8;

/// A data file of line numbers that the cases below know.
constexpr const char* kDataFile =
    "vocab_size = 400\n"
    "eos_token = 0\n"
    "tokenizer = 'tokenizer.json'\n"
    "[[train]]\n"
    "path = 'train.bin'\n"
    "[[validation]]\n"
    "name = 'held'\n"
    "path = 'held.bin'\n"
    "[[tasks]]\n"
    "name = 'cloze'\n"
    "path = 'cloze.jsonl'\n"
    "shots = 1\n";

constexpr const char* kCloze =
    "{\"context\": \"a\", \"choices\": [\"b\", \"c\"], \"answer\": 0}\n"
    "{\"context\": \"d\", \"choices\": [\"e\", \"f\"], \"answer\": 1}\n";

std::string tokens_file(Token last = 1) {
  std::vector<Token> tokens(100, 3);
  tokens.back() = last;
  return token_bytes(tokens, TokenType::uint16);
}

class InputCheckTest : public ::testing::Test {
 protected:
  InputCheckTest() {
    write_file(folder_.path() / "data.toml", kDataFile);
    write_file(folder_.path() / "train.bin", tokens_file());
    write_file(folder_.path() / "held.bin", tokens_file());
    write_file(folder_.path() / "cloze.jsonl", kCloze);
    PieceCounts pieces(kGpt2Pattern);
    pieces.add("a a a");
    write_file(folder_.path() / "tokenizer.json", tokenizer_json(learn_byte_pairs(pieces, 300)));
  }
  std::string error(const InputUse& use = {.sequence_length = kSequence,
                                           .model_vocabulary = kDataVocabulary}) {
    const auto path = folder_.path() / "data.toml";
    return error_of([&] { check_inputs(parse_data_mix(read_file(path), path), use); });
  }
  TempFolder folder_;
};

TEST_F(InputCheckTest, TakesWhatIsWhole) { EXPECT_EQ(error(), "no error"); }

TEST_F(InputCheckTest, NamesEveryFileThatIsBadAndWhereItIsNamed) {
  std::string numpy = "\x93NUMPY";
  numpy.resize(64);
  std::string gzip = "\x1f\x8b\x08";
  gzip.resize(64);
  const struct {
    const char* file;
    std::string content;  // "": the file is not there
    std::vector<const char*> says;
  } cases[] = {
      {"held.bin", "", {"held.bin: error", "named in", "data.toml:8"}},
      {"train.bin", "", {"train.bin: error", "data.toml:5"}},
      {"cloze.jsonl", "", {"cloze.jsonl: error", "data.toml:11"}},
      {"tokenizer.json", "", {"tokenizer.json: error", "data.toml:3"}},
      {"held.bin", numpy, {"NumPy", "data.toml:8"}},
      {"train.bin", gzip, {"gzip"}},
      {"train.bin", "Once upon a time there was a cat.\n", {"it is text", "rung tokenize"}},
      {"train.bin", std::string("\1\0\1", 3), {"no multiple of 2 bytes"}},
      {"held.bin", tokens_file().substr(0, 8), {"4 tokens, less than one sequence of 8"}},
      {"held.bin", tokens_file(400), {"token 99 is 400, not below the vocabulary's 400"}},
      {"cloze.jsonl", std::string(kCloze) + "{\"context\": 1}\n", {"cloze.jsonl:3"}},
      {"cloze.jsonl", "{\"choices\": [\"b\"], \"answer\": 0}\n", {"there are 0 questions"}},
      {"tokenizer.json", "{}", {"tokenizer.json"}},
  };
  for (const auto& each : cases) {
    const auto path = folder_.path() / each.file;
    const std::string whole = read_file(path);
    if (each.content.empty()) {
      std::filesystem::remove(path);
    } else {
      write_file(path, each.content);
    }
    for (const char* words : each.says) EXPECT_THAT(error(), HasSubstr(words)) << each.file;
    write_file(path, whole);
  }
}

TEST_F(InputCheckTest, CollectsTheProblemsOfAllFiles) {
  std::filesystem::remove(folder_.path() / "held.bin");
  std::filesystem::remove(folder_.path() / "cloze.jsonl");
  EXPECT_THAT(error(), AllOf(HasSubstr("held.bin"), HasSubstr("cloze.jsonl")));
}

TEST_F(InputCheckTest, HoldsTheVocabulariesAgainstEachOther) {
  EXPECT_THAT(error({.sequence_length = kSequence, .model_vocabulary = 399}),
              HasSubstr("vocab_size of 400 is more than the model's vocabulary of 399"));
  std::string small = kDataFile;
  small.replace(small.find("400"), 3, "100");
  write_file(folder_.path() / "data.toml", small);
  EXPECT_THAT(error(), HasSubstr("tokens, the data a vocab_size of 100"));
}

TEST_F(InputCheckTest, OnlyWhatIsUsedIsLookedAt) {
  std::filesystem::remove(folder_.path() / "train.bin");
  EXPECT_EQ(
      error({.sequence_length = kSequence, .model_vocabulary = kDataVocabulary, .trains = false}),
      "no error");
}

TEST_F(InputCheckTest, OfALargeFileStretchesAreLookedAt) {
  std::vector<Token> tokens(500'000, 3);
  tokens.back() = 9;
  write_file(folder_.path() / "large.bin", token_bytes(tokens, TokenType::uint16));
  const TokenFile file(folder_.path() / "large.bin", TokenType::uint16);
  EXPECT_NO_THROW(check_tokens(file, 10, 200'000));
  EXPECT_THAT(error_of([&] { check_tokens(file, 9, 200'000); }), HasSubstr("token 499999 is 9"));
}

TEST(DataMix, NamesAreGoodForColumnsAndStandOnce) {
  const auto error = [](const std::string& more) {
    return error_of([&] {
      parse_data_mix(
          "vocab_size = 9\neos_token = 0\n[[validation]]\nname = 'v'\npath = 'v.bin'\n" + more,
          "data.toml");
    });
  };
  EXPECT_THAT(error("[[validation]]\nname = 'v'\npath = 'w.bin'\n"),
              HasSubstr("data.toml:7:8: error: 'v' is named twice"));
  EXPECT_THAT(error("[[tasks]]\nname = 'a,b'\npath = 't.jsonl'\n"), HasSubstr("comma"));
  EXPECT_THAT(error("[[tasks]]\nname = 'v'\npath = 't.jsonl'\n"), HasSubstr("no error"));
}

}  // namespace
}  // namespace rung::lm
