#include "rung/system/published.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/core/error.hpp"
#include "rung/system/file.hpp"

namespace rung {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Published, ShippedFilesAreReadByTheirNames) {
  EXPECT_THAT(read_file("published:olmo-ladder/configs/final.json"), StartsWith("{"));
  EXPECT_THAT(read_file("published:olmo-ladder/./ladder-runs//190M-1xC.csv"),
              StartsWith("throughput/total_tokens,"));
  EXPECT_THAT(read_file("published:obs-scaling/base_llm_benchmark_eval.csv"),
              StartsWith("Model,Model Family,"));
}

TEST(Published, FilesAndFoldersExist) {
  EXPECT_TRUE(file_exists("published:over-training/models.csv"));
  EXPECT_FALSE(file_exists("published:over-training"));
  EXPECT_TRUE(path_exists("published:over-training"));
  EXPECT_TRUE(path_exists("published:olmo-ladder/configs/"));
  EXPECT_FALSE(path_exists("published:over-train"));
  EXPECT_FALSE(path_exists("published:"));
  EXPECT_FALSE(file_exists("over-training/models.csv"));
  EXPECT_EQ(absolute_path("published:olmo-ladder"), "published:olmo-ladder");
}

TEST(Published, OtherNamesAreRefusedWithTheNearest) {
  try {
    read_file("published:olmo-ladder/configs/finale.json");
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("published:olmo-ladder/configs/finale.json: error: no such"));
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'published:olmo-ladder/configs/final.json'"));
  }
  EXPECT_THROW(read_file("published:../published/README.md"), InputError);
}

}  // namespace
}  // namespace rung
