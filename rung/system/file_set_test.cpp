#include "rung/system/file_set.hpp"

#include <gmock/gmock.h>

#include "rung/core/error.hpp"
#include "rung/system/file.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  return names;
}

TEST(FileSet, AllAppearTogether) {
  const TempFolder folder;
  folder.write("a", "old");
  FileSet files;
  files.add(folder.path() / "a", "new");
  files.add(folder.path() / "deep/er/b", "b");
  EXPECT_EQ(read_file(folder.path() / "a"), "old");
  EXPECT_FALSE(fs::exists(folder.path() / "deep/er/b"));
  files.commit();
  EXPECT_EQ(read_file(folder.path() / "a"), "new");
  EXPECT_EQ(read_file(folder.path() / "deep/er/b"), "b");
  EXPECT_THAT(names_in(folder.path()), UnorderedElementsAre("a", "deep"));
  EXPECT_THAT(names_in(folder.path() / "deep/er"), ElementsAre("b"));
}

TEST(FileSet, WithoutCommitNothingStays) {
  const TempFolder folder;
  folder.write("a", "old");
  {
    FileSet files;
    files.add(folder.path() / "a", "new");
    files.add(folder.path() / "deep/er/b", "b");
  }
  EXPECT_EQ(read_file(folder.path() / "a"), "old");
  EXPECT_THAT(names_in(folder.path()), ElementsAre("a"));
}

TEST(FileSet, WhatCantBePreparedLeavesTheOthersAsTheyWere) {
  const TempFolder folder;
  folder.write("a", "old");
  fs::create_directory(folder.path() / "folder");
  {
    FileSet files;
    files.add(folder.path() / "a", "new");
    EXPECT_THROW(files.add(folder.path() / "folder", "x"), InputError);
    EXPECT_THROW(files.add(folder.path() / "a/b", "x"), InputError);
  }
  EXPECT_EQ(read_file(folder.path() / "a"), "old");
  EXPECT_THAT(names_in(folder.path()), UnorderedElementsAre("a", "folder"));
}

TEST(FileSet, WhatFailsAtCommitTakesTheOthersBack) {
  const TempFolder folder;
  folder.write("a", "old");
  FileSet files;
  files.add(folder.path() / "a", "new");
  files.add(folder.path() / "new/b", "b");
  files.add(folder.path() / "c", "c");
  fs::create_directories(folder.path() / "c/in the way");
  EXPECT_THROW(files.commit(), InputError);
  EXPECT_EQ(read_file(folder.path() / "a"), "old");
  EXPECT_THAT(names_in(folder.path()), UnorderedElementsAre("a", "c"));
}

TEST(FileSet, PlacedFilesCanBeReadAndTakenBack) {
  const TempFolder folder;
  folder.write("a", "old");
  FileSet files;
  files.add(folder.path() / "a", "new");
  files.add(folder.path() / "b", "b");
  files.place();
  EXPECT_EQ(read_file(folder.path() / "a"), "new");
  EXPECT_EQ(read_file(folder.path() / "b"), "b");
  files.add(folder.path() / "a", "newer");
  files.place();
  EXPECT_EQ(read_file(folder.path() / "a"), "newer");
  files.take_back();
  EXPECT_EQ(read_file(folder.path() / "a"), "old");
  EXPECT_THAT(names_in(folder.path()), ElementsAre("a"));
}

TEST(FileSet, FollowsNoLinkThatLiesInTheWayOfTemporaryFiles) {
  // The name is not to be guessed; what can be seen is that it is none of the old ones.
  const TempFolder folder;
  FileSet files;
  files.add(folder.path() / "a", "1");
  files.add(folder.path() / "a", "2");
  const std::vector<std::string> names = names_in(folder.path());
  ASSERT_EQ(names.size(), 2u);
  EXPECT_NE(names[0], names[1]);
  for (const std::string& name : names)
    EXPECT_EQ(name.size(), std::string(".rung-.part").size() + 16);
  files.commit();
  EXPECT_EQ(read_file(folder.path() / "a"), "2");
  EXPECT_THAT(names_in(folder.path()), ElementsAre("a"));
}

TEST(FileSet, WritesDevicesAsTheyStand) {
  FileSet files;
  files.add("/dev/null", "x");
  files.commit();
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

}  // namespace
}  // namespace rung
