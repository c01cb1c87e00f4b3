#include "rung/system/progress_bar.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "rung/system/file.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// What a bar writes in `use`.
template <class Use>
std::string written(std::chrono::milliseconds after, const Use& use,
                    ProgressBar::Style style = ProgressBar::Style::bar) {
  const TempFolder folder;
  const auto path = folder.write("terminal", "");
  const int descriptor = open(path.c_str(), O_WRONLY);
  {
    ProgressBar bar(descriptor, style, after);
    use(bar);
  }
  close(descriptor);
  return read_file(path);
}

TEST(ProgressBar, ShowsTheStageAndIsGoneAtItsEnd) {
  const std::string text = written(std::chrono::milliseconds(0), [](ProgressBar& bar) {
    EXPECT_TRUE(bar.begin("bootstrap", 200));
    EXPECT_FALSE(bar.begin("another", 1));
    bar.advance(90);
    bar.end();
  });
  EXPECT_THAT(text, AllOf(HasSubstr("\r\x1b[Kbootstrap [=========>          ] 45%, "),
                          HasSubstr(" s left"), EndsWith("\r\x1b[K")));
}

TEST(ProgressBar, SaysNothingOfWhatIsSoonOver) {
  const auto use = [](ProgressBar& bar) {
    for (int stage = 0; stage < 2; ++stage) {
      EXPECT_TRUE(bar.begin("bootstrap", 2));
      bar.advance(1);
      bar.advance(2);
      bar.end();
    }
  };
  EXPECT_EQ(written(std::chrono::seconds(60), use), "");
}

TEST(ProgressBar, IsALineNowAndThenInALog) {
  const auto use = [](ProgressBar& bar) {
    bar.begin("backtest", 200);
    for (std::size_t i = 90; i < 150; ++i) bar.advance(i);
    bar.end();
  };
  const std::string text = written(std::chrono::milliseconds(0), use, ProgressBar::Style::lines);
  EXPECT_THAT(text, AllOf(StartsWith("backtest: 45%, "), EndsWith(" s left\n")));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST(ProgressBar, IsNotDrawnAtEveryStep) {
  const std::string text = written(std::chrono::milliseconds(0), [](ProgressBar& bar) {
    bar.begin("bootstrap", 100'000);
    for (std::size_t i = 1; i < 1000; ++i) bar.advance(i);
    bar.end();
  });
  EXPECT_LT(std::count(text.begin(), text.end(), '\r'), 100);
}

}  // namespace
}  // namespace rung
