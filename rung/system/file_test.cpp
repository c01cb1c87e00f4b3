#include "rung/system/file.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>

#include "rung/core/error.hpp"
#include "tests/support/error_of.hpp"

namespace rung {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A folder of its own for each test, gone afterwards.
class File : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  std::ptrdiff_t n_entries() const {
    return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
  }

  const fs::path folder_ =
      fs::temp_directory_path() / ("rung_file_test_" + std::to_string(::getpid()));
};

TEST_F(File, ReadsBackWhatItWrote) {
  for (const std::size_t size : {0, 1, 65536, 1'000'001}) {
    std::string content(size, 'x');
    for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * i);
    write_file(folder_ / "some.bin", content);
    EXPECT_EQ(read_file(folder_ / "some.bin"), content);
  }
  EXPECT_EQ(n_entries(), 1) << "a temporary file was left";
}

TEST_F(File, ReadsAPipeOfUnknownLength) {
  const fs::path pipe = folder_ / "pipe";
  const std::string command =
      "mkfifo '" + pipe.string() + "' && (head -c 300000 /dev/zero > '" + pipe.string() + "' &)";
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(read_file(pipe), std::string(300'000, '\0'));
}

TEST_F(File, ReadsNoDeviceWithoutAnEnd) {
  EXPECT_THAT(error_of([] { read_file("/dev/zero"); }),
              HasSubstr("/dev/zero: error: is a device that gives bytes without end"));
  EXPECT_EQ(read_file("/dev/null"), "");
}

TEST_F(File, SaysWhyItCantRead) {
  write_file(folder_ / "runs.csv", "");
  const std::string missing = error_of([&] { read_file(folder_ / "run.csv"); });
  EXPECT_THAT(missing, HasSubstr("run.csv: error: can't read it: No such file or directory"));
  EXPECT_THAT(missing, HasSubstr("did you mean 'runs.csv'?"));
  EXPECT_THAT(error_of([&] { read_file(folder_ / "deep" / "run.csv"); }),
              HasSubstr("there is no folder"));
  EXPECT_THAT(error_of([&] { read_file(folder_); }), HasSubstr("Is a directory"));
}

TEST_F(File, SaysWhyItCantWrite) {
  EXPECT_THAT(error_of([&] { write_file(folder_ / "deep" / "a.txt", "a"); }),
              HasSubstr("there is no folder"));
  EXPECT_THAT(error_of([&] { write_file(folder_, "a"); }), HasSubstr("Is a directory"));
}

TEST_F(File, SaysThatTheDiskIsFull) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "this machine has no /dev/full";
  EXPECT_THAT(error_of([] { write_file("/dev/full", "a"); }), HasSubstr("No space left on device"));
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(File, KeepsLinksAndPermissions) {
  write_file(folder_ / "target", "old");
  fs::permissions(folder_ / "target", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("target", folder_ / "link");
  write_file(folder_ / "link", "new");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(read_file(folder_ / "target"), "new");
  EXPECT_EQ(fs::status(folder_ / "target").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST(Sha256, AgreesWithTheStandardsExamples) {
  // FIPS 180-2, appendix B.
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

}  // namespace
}  // namespace rung
