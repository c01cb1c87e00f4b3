#include "rung/system/streamed_file.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <string>

#include "rung/core/error.hpp"
#include "rung/system/file.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung {
namespace {

namespace fs = std::filesystem;

std::size_t n_entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

TEST(StreamedFile, AppearsWholeWhenCommitted) {
  const TempFolder folder;
  const fs::path path = folder.path() / "model";
  StreamedFile file(path);
  file.write("one ");
  file.write("two");
  EXPECT_FALSE(file_exists(path));
  file.commit();
  EXPECT_EQ(read_file(path), "one two");
  EXPECT_EQ(n_entries(folder.path()), 1);
}

TEST(StreamedFile, IsGoneWithoutCommitAndLeavesWhatWasThere) {
  const TempFolder folder;
  const fs::path path = folder.path() / "model";
  write_file(path, "old");
  {
    StreamedFile file(path);
    file.write("new");
  }
  EXPECT_EQ(read_file(path), "old");
  EXPECT_EQ(n_entries(folder.path()), 1);
}

TEST(StreamedFile, NeedsItsFolder) {
  const TempFolder folder;
  EXPECT_THROW(StreamedFile(folder.path() / "none" / "model"), InputError);
}

}  // namespace
}  // namespace rung
