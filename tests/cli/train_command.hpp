#pragma once
/// Commands that tokenize and train, in a folder with a text and two small models.

#include <filesystem>
#include <string>

#include "rung/core/rng.hpp"
#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {

/// Sentences whose words are drawn, so that no model's loss can fall to nothing.
inline std::string drawn_sentences() {
  const char* const kWho[] = {"the cat", "a dog", "my aunt", "the miller", "an old crow"};
  const char* const kDoes[] = {"sees", "follows", "likes", "hears"};
  Rng rng(1);
  std::string text;
  for (int i = 0; i < 1500; ++i) {
    text += std::string(kWho[rng.below(5)]) + " " + kDoes[rng.below(4)] + " " + kWho[rng.below(5)];
    text += rng.below(3) ? ".\n" : " and sleeps.\n";
    if (i % 10 == 9) text += "\n";
  }
  return text;
}

class TrainCommandTest : public ::testing::Test {
 protected:
  TrainCommandTest() {
    write_file(folder_.path() / "text.txt", drawn_sentences());
    write_file(folder_.path() / "small.toml",
               "[models.small]\nfamily = 'tiny'\nd_model = 16\nn_heads = 2\nn_layers = 1\n"
               "sequence_length = 32\n"
               "[models.smaller]\nfamily = 'tiny'\nd_model = 8\nn_heads = 2\nn_layers = 1\n"
               "sequence_length = 32\n");
  }

  /// In the test's folder.
  Ran shell(const std::string& line) {
    return run_shell("cd '" + folder_.path().string() + "' && " + line);
  }
  void tokenize() {
    const Ran ran =
        shell("$RUNG tokenize text.txt --split-at '' --vocab-size 300 --validation 0.2 --to data");
    ASSERT_EQ(ran.status, 0) << ran.err;
    write_file(folder_.path() / "data/sleeps.jsonl",
               "{\"context\": \"a dog likes the cat and\", \"choices\": [\" sleeps.\", \" crow "
               "aunt\"], \"answer\": 0}\n");
    write_file(folder_.path() / "data/data.toml",
               text("data/data.toml") +
                   "\n[[tasks]]\nname = \"sleeps_rc_0shot\"\npath = \"sleeps.jsonl\"\n");
  }
  std::string text(const std::string& name) { return read_file(folder_.path() / name); }
  bool has_trainer() {
    return std::filesystem::exists(std::filesystem::path(RUNG_COMMAND).parent_path() /
                                   "rung-train");
  }

  TempFolder folder_;
};

}  // namespace rung::cli
