// Offline files of Weights & Biases, made byte by byte from the published description of LevelDB's
// log and of its protocol buffers.
#include <gmock/gmock.h>

#include <random>

#include "rung/core/error.hpp"
#include "rung/data/reader/block_log.hpp"
#include "rung/data/reader/importer.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/wandb_file.hpp"

namespace rung {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::NanSensitiveDoubleEq;

Imported import_wandb(std::string content, const std::string& path = "wandb/run-abc123.wandb") {
  return import_content(find_importer("wandb"), {path, std::move(content)});
}

std::string three_rows() {
  WandbFileBuilder file;
  file.add_run("abc123", "190M-1xC");
  file.add_config({{"lr", "0.004"},
                   {"data", R"({"global_batch_size": 64, "path": "c4"})"},
                   {"seq_len", "2048"}});
  file.add_history(1, {{"loss", "3.5"}, {"_runtime", "10"}});
  file.add_history(2,
                   {{"loss", "\"NaN\""}, {"_runtime", "20"}, {"image", R"({"_type": "image"})"}});
  file.add_history(3, {{"loss", "3.25"}, {"eval", R"({"acc": 0.5})"}, {"_runtime", "30"}});
  return file.bytes();
}

// The published check value: cbf43926 of "123456789".
TEST(WandbFile, CheckSumIsThatOfZlib) { EXPECT_EQ(fragment_crc32('1', "23456789"), 0xcbf43926U); }

// Written by another program, in Python from the description: a header, and one FULL record with
// step 7 and loss 2.5.
TEST(WandbFile, ReadsBytesOfAnotherProgram) {
  const std::string bytes(
      ":W&B\xe1\xbe\x00"
      "\xd2\xf6\xef\x7f\x16\x00\x01"
      "\x08\x01\x12\x12\x0a\x0c\x0a\x04loss\x82\x01\x03"
      "2.5\x12\x02\x08\x07",
      36);
  const Imported imported = import_wandb(bytes);
  EXPECT_THAT(imported.warnings, IsEmpty());
  EXPECT_THAT(imported.runs.at(0).metrics.at("step"), ElementsAre(7));
  EXPECT_THAT(imported.runs.at(0).metrics.at("loss"), ElementsAre(2.5));
}

TEST(WandbFile, ReadsHistoryConfigAndName) {
  const Imported imported = import_wandb(three_rows());
  ASSERT_EQ(imported.runs.size(), 1u);
  const rung::Run& run = imported.runs.front();
  EXPECT_EQ(run.model, "abc123");
  EXPECT_EQ(run.label, "190M-1xC");
  EXPECT_THAT(run.metrics.at("step"), ElementsAre(1, 2, 3));
  EXPECT_THAT(run.metrics.at("loss"), ElementsAre(3.5, NanSensitiveDoubleEq(std::nan("")), 3.25));
  EXPECT_EQ(run.metrics.at("eval.acc")[2], 0.5);
  EXPECT_THAT(run.metrics.at("seconds"), ElementsAre(10, 20, 30));
  EXPECT_FALSE(run.metrics.count("image"));
  EXPECT_EQ(run.settings.at("learning_rate_peak"), 0.004);
  EXPECT_EQ(run.settings.at("batch_size_in_tokens"), 64 * 2048);
  EXPECT_EQ(run.descriptions.at("data.path"), "c4");
  EXPECT_THAT(imported.warnings, IsEmpty());
}

TEST(WandbFile, ATruncatedFileGivesAllWholeRecords) {
  const std::string whole = three_rows();
  std::size_t least_rows = 0;
  for (std::size_t size = 8; size < whole.size(); ++size) {
    Imported imported;
    try {
      imported = import_wandb(whole.substr(0, size));
    } catch (const InputError& error) {
      ASSERT_THAT(error.what(), HasSubstr("holds no whole record"));
      continue;
    }
    const std::size_t n_rows = imported.runs.at(0).n_rows();
    EXPECT_GE(n_rows, least_rows);
    EXPECT_LE(n_rows, 2u);
    least_rows = n_rows;
    if (imported.warnings.empty()) continue;  // cut between two records
    EXPECT_THAT(imported.warnings.front(), HasSubstr("breaks off at byte "));
  }
  EXPECT_EQ(least_rows, 2u);
}

TEST(WandbFile, RecordsGoOverBlocks) {
  const std::string note(100'000, 'x');
  WandbFileBuilder file;
  file.add_run("abc123", "long");
  file.add_history(1, {{"loss", "3.5"}, {"note", '"' + note + '"'}});
  // Its header would not fit the rest of a block, which is zeros then.
  for (int step = 2; step <= 4000; ++step) file.add_history(step, {{"loss", "3.25"}});
  const Imported imported = import_wandb(file.bytes());
  EXPECT_THAT(imported.warnings, IsEmpty());
  EXPECT_EQ(imported.runs.at(0).n_rows(), 4000u);
  EXPECT_EQ(imported.runs.at(0).metrics.at("step").back(), 4000);
}

TEST(WandbFile, GoesOnInTheNextBlockAfterDamage) {
  WandbFileBuilder file;
  for (int step = 1; step <= 4000; ++step) file.add_history(step, {{"loss", "3.25"}});
  std::string damaged = file.bytes();
  ASSERT_GT(damaged.size(), 3 * 32768u);
  damaged[100] = static_cast<char>(damaged[100] ^ 1);
  const Imported imported = import_wandb(damaged);
  EXPECT_THAT(imported.warnings.front(), HasSubstr("is damaged at byte "));
  EXPECT_GT(imported.runs.at(0).n_rows(), 2500u);
  EXPECT_EQ(imported.runs.at(0).metrics.at("step").back(), 4000);
}

TEST(WandbFile, RefusesOtherBytes) {
  EXPECT_THAT(error_of([] { import_wandb("no run at all"); }), HasSubstr("doesn't begin with"));
  EXPECT_THAT(error_of([] { import_wandb(""); }), HasSubstr("doesn't begin with"));
  EXPECT_THAT(error_of([] { import_wandb(std::string(":W&B\xe1\xbe\x07", 7)); }),
              HasSubstr("a version"));
  std::mt19937 random(5);
  for (int i = 0; i < 200; ++i) {
    std::string bytes(":W&B\xe1\xbe\0", 7);
    for (int k = 0; k < 500; ++k) bytes += static_cast<char>(random());
    EXPECT_THAT(error_of([&] { import_wandb(bytes); }), HasSubstr("holds no whole record"));
  }
}

TEST(WandbFile, ASummaryStandsForAHistoryThatIsNotThere) {
  WandbFileBuilder file;
  file.add_summary({{"loss", "2.5"}, {"_step", "40"}});
  const rung::Run run = import_wandb(file.bytes()).runs.at(0);
  EXPECT_THAT(run.metrics.at("loss"), ElementsAre(2.5));
  EXPECT_THAT(run.metrics.at("step"), ElementsAre(40));
}

}  // namespace
}  // namespace rung
