#include "rung/data/sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/core/error.hpp"
#include "rung/system/file.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/git_repository.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const std::vector<std::pair<std::string, std::string>> kLadderFiles = {
    {"README.md", "readme"},
    {"src/scripts/paper/configs/final.json", "{}"},
    {"src/scripts/paper/data/ladder-runs/190M-1xC.csv", "_step\n"},
    {"src/scripts/paper/figures/big.png", "picture"},
    {"src/scaling/utils.py", "code"}};

TEST(Sources, EachSaysWhatItIsAndWhereFrom) {
  for (const DataSource& source : data_sources()) {
    for (const std::string* text : {&source.name, &source.contents, &source.paper, &source.licence,
                                    &source.address, &source.folder, &source.mark}) {
      EXPECT_NE(*text, "") << source.name;
    }
    EXPECT_EQ(&data_source(source.name), &source);
  }
  EXPECT_THAT(error_of([] { data_source("over-trianing"); }),
              HasSubstr("did you mean 'over-training'?"));
}

TEST(Sources, SharedDataIsFoundByName) {
  const auto shared = shared_path("data");
  if (!shared) GTEST_SKIP() << "no shared data";
  for (const DataSource& source : data_sources()) {
    EXPECT_EQ(data_within(source, *shared), *shared / source.name) << source.name;
    EXPECT_EQ(data_within(source, *shared / source.name), *shared / source.name) << source.name;
  }
}

TEST(Sources, ACloneOfTheRepositoryWillDo) {
  const TempFolder folder;
  folder.write("clone/exp_data/eval_metadata.csv", "");
  const DataSource& source = data_source("over-training");
  EXPECT_EQ(data_within(source, folder.path() / "clone"), folder.path() / "clone" / "exp_data");
  EXPECT_EQ(data_within(source, folder.path()), std::nullopt);
  EXPECT_EQ(data_within(source, ""), std::nullopt);
}

TEST(Sources, TheChosenFolderComesBeforeTheCache) {
  const TempFolder folder;
  folder.write("chosen/eval_metadata.csv", "");
  folder.write("cache/over-training/eval_metadata.csv", "");
  const DataSource& source = data_source("over-training");
  DataPlaces places{folder.path() / "chosen", folder.path() / "cache", folder.path() / "beside"};
  EXPECT_EQ(find_data(source, places), folder.path() / "chosen");
  places.chosen = "";
  EXPECT_EQ(find_data(source, places), folder.path() / "cache" / "over-training");
  places.cache = "";
  EXPECT_EQ(find_data(source, places), std::nullopt);
}

TEST(Fetch, TakesTheResultsAndLeavesTheRest) {
  const TempFolder folder;
  FetchOptions options;
  options.address = make_git_repository(folder, kLadderFiles);
  const FetchedData fetched = fetch_data(data_source("olmo-ladder"), folder.path() / "to", options);
  EXPECT_EQ(fetched.folder, folder.path() / "to" / "olmo-ladder");
  EXPECT_FALSE(fetched.was_there);
  EXPECT_EQ(fetched.commit.size(), 40u);
  EXPECT_EQ(fetched_commit(fetched.folder), fetched.commit);
  EXPECT_EQ(read_file(fetched.folder / "data/ladder-runs/190M-1xC.csv"), "_step\n");
  EXPECT_FALSE(fs::exists(fetched.folder / "figures"));
  EXPECT_FALSE(fs::exists(fetched.folder / ".git"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path() / "to"), {}), 1)
      << "something was left behind";
}

TEST(Fetch, WhatIsThereIsKeptUnlessReplaced) {
  const TempFolder folder;
  const DataSource& source = data_source("olmo-ladder");
  FetchOptions options;
  options.address = make_git_repository(folder, kLadderFiles);
  folder.write("to/olmo-ladder/configs/final.json", "mine");
  const FetchedData kept = fetch_data(source, folder.path() / "to", options);
  EXPECT_TRUE(kept.was_there);
  EXPECT_EQ(kept.commit, "");
  EXPECT_EQ(read_file(kept.folder / "configs/final.json"), "mine");
  options.replace = true;
  EXPECT_EQ(
      read_file(fetch_data(source, folder.path() / "to", options).folder / "configs/final.json"),
      "{}");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path() / "to"), {}), 1)
      << "something was left behind";
}

TEST(Fetch, AStrangersFolderIsNotReplacedUnasked) {
  const TempFolder folder;
  folder.write("to/olmo-ladder/holiday.jpg", "");
  const std::string error = error_of([&] {
    fetch_data(data_source("olmo-ladder"), folder.path() / "to", {"file:///nowhere", false, {}});
  });
  EXPECT_THAT(error, HasSubstr("is there already, without configs/final.json"));
}

TEST(Fetch, AFailureChangesNothing) {
  const TempFolder folder;
  const DataSource& source = data_source("olmo-ladder");
  folder.write("to/olmo-ladder/configs/final.json", "mine");
  FetchOptions options{
      make_git_repository(folder, {{"README.md", "another repository"}}), true, {}};
  EXPECT_THAT(error_of([&] { fetch_data(source, folder.path() / "to", options); }),
              HasSubstr("holds no src/scripts/paper/configs/final.json"));
  options.address = "file://" + (folder.path() / "nowhere").string();
  EXPECT_THAT(error_of([&] { fetch_data(source, folder.path() / "to", options); }),
              HasSubstr("by hand: "));
  options.progress = [](const std::string&) { throw InputError("stopped"); };
  EXPECT_EQ(error_of([&] { fetch_data(source, folder.path() / "to", options); }), "error: stopped");
  EXPECT_EQ(read_file(folder.path() / "to/olmo-ladder/configs/final.json"), "mine");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path() / "to"), {}), 1)
      << "something was left behind";
}

}  // namespace
}  // namespace rung
