#include "rung/system/progress_bar.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "rung/system/descriptor.hpp"

namespace rung {
namespace {

constexpr std::chrono::milliseconds kBetween{100}, kBetweenLines{30'000};
constexpr int kBarColumns = 20;
constexpr const char* kClearLine = "\r\x1b[K";

int columns_of(int descriptor) {
  winsize size{};
  constexpr int kUsual = 80;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

std::string duration_words(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s", seconds);
  if (seconds < 5400) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

}  // namespace

ProgressBar::ProgressBar(int descriptor)
    : descriptor_(descriptor),
      style_(isatty(descriptor) ? Style::bar : Style::lines),
      after_(style_ == Style::bar ? 1'000 : 10'000) {}

bool ProgressBar::begin(std::string_view stage, std::size_t n_steps) noexcept {
  const std::lock_guard lock(mutex_);
  if (under_way_) return false;
  under_way_ = true;
  stage_ = stage;
  n_steps_ = n_steps;
  begin_ = Clock::now();
  next_ = begin_ + after_;
  return true;
}

void ProgressBar::advance(std::size_t n_done) noexcept {
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  if (now < next_ || n_done >= n_steps_) return;
  next_ = now + (style_ == Style::bar ? kBetween : kBetweenLines);
  show(line(n_done, now - begin_));
  shown_ = true;
}

void ProgressBar::end() noexcept {
  const std::lock_guard lock(mutex_);
  if (shown_ && style_ == Style::bar) show("");
  under_way_ = shown_ = false;
}

std::string ProgressBar::line(std::size_t n_done, std::chrono::duration<double> since_begin) const {
  const double share = static_cast<double>(n_done) / static_cast<double>(n_steps_);
  const std::string come = fmt::format("{:.0f}%, {} left", 100 * share,
                                       duration_words(since_begin.count() * (1 - share) / share));
  if (style_ == Style::lines) return stage_ + ": " + come;
  const int n_full = static_cast<int>(share * kBarColumns);
  const std::string bar = std::string(n_full, '=') + ">" + std::string(kBarColumns - n_full, ' ');
  return stage_ + " [" + bar.substr(0, kBarColumns) + "] " + come;
}

void ProgressBar::show(const std::string& line) const {
  if (style_ == Style::lines) {
    write_all(descriptor_, line + "\n");
    return;
  }
  // A line that wraps could not be written over.
  const auto most = static_cast<std::size_t>(std::max(1, columns_of(descriptor_) - 1));
  write_all(descriptor_, kClearLine + line.substr(0, most));
}

}  // namespace rung
