#include "rung/system/gzip.hpp"

#include <gmock/gmock.h>

#include "rung/core/error.hpp"

namespace rung {
namespace {

using testing::HasSubstr;

std::string error_of(std::string_view content) {
  try {
    gunzip(content, "runs.csv.gz");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Gzip, ReadsWhatItWrites) {
  std::string long_text;
  for (int i = 0; i < 100'000; ++i) long_text += std::to_string(i * 7919 % 1000);
  for (const std::string& text :
       {std::string(), std::string("a,b\n1,2\n"), long_text, std::string(1'000'000, 'x')}) {
    const std::string packed = gzip(text);
    EXPECT_TRUE(is_gzip(packed));
    EXPECT_EQ(gunzip(packed, ""), text);
  }
  EXPECT_LT(gzip(long_text).size(), long_text.size() / 2);
}

TEST(Gzip, ReadsEveryMember) { EXPECT_EQ(gunzip(gzip("one\n") + gzip("two\n"), ""), "one\ntwo\n"); }

TEST(Gzip, UnpacksNoMoreThanAskedFor) {
  const std::string packed = gzip(std::string(3000, 'a')) + gzip(std::string(2000, 'b'));
  EXPECT_EQ(gunzip(packed, "", 5000).size(), 5000u);
  EXPECT_THROW(gunzip(packed, "", 4999), InputError);
  EXPECT_THROW(gunzip(packed, "", 2000), InputError);
}

TEST(Gzip, ReadsHowATextBegins) {
  const std::string packed = gzip("a,b\n1,2\n");
  EXPECT_EQ(gunzip_head(packed, 4), "a,b\n");
  EXPECT_EQ(gunzip_head(packed, 100), "a,b\n1,2\n");
  EXPECT_EQ(gunzip_head("\x1f\x8bnothing", 100), "");
}

TEST(Gzip, SaysWhatIsWrong) {
  const std::string packed = gzip("a,b\n1,2\n");
  EXPECT_EQ(error_of(packed.substr(0, packed.size() - 1)),
            "runs.csv.gz: error: the gzip data ends too early (is the file complete?)");
  EXPECT_EQ(error_of(packed.substr(0, 2)),
            "runs.csv.gz: error: the gzip data ends too early (is the file complete?)");
  std::string damaged = packed;
  damaged[packed.size() - 6] = static_cast<char>(damaged[packed.size() - 6] ^ 1);
  EXPECT_THAT(error_of(damaged), HasSubstr("the gzip data is damaged: incorrect data check"));
  EXPECT_THAT(error_of("a,b\n"), HasSubstr("damaged"));
  EXPECT_FALSE(is_gzip("a,b\n"));
}

}  // namespace
}  // namespace rung
