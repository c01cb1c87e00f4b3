#pragma once
/// Progress as a line on a terminal, or as lines in a log.

#include <chrono>
#include <mutex>
#include <string>

#include "rung/core/progress.hpp"

namespace rung {

/// "bootstrap [=========>          ] 45%, 12 s left", written over itself, for stages that take
/// longer than a moment; gone when the stage is over. In what is no terminal, of stages that take
/// long: "bootstrap: 45%, 12 s left" now and then, a line each.
class ProgressBar : public Progress {
 public:
  enum class Style { bar, lines };
  /// `after`: how long a stage takes before anything is said of it.
  ProgressBar(int descriptor, Style style, std::chrono::milliseconds after)
      : descriptor_(descriptor), style_(style), after_(after) {}
  /// As the descriptor is a terminal or not.
  explicit ProgressBar(int descriptor);

  bool begin(std::string_view stage, std::size_t n_steps) noexcept override;
  void advance(std::size_t n_done) noexcept override;
  void end() noexcept override;

 private:
  using Clock = std::chrono::steady_clock;

  std::string line(std::size_t n_done, std::chrono::duration<double> since_begin) const;
  void show(const std::string& line) const;

  const int descriptor_;
  const Style style_;
  const std::chrono::milliseconds after_;
  std::mutex mutex_;
  bool under_way_ = false, shown_ = false;
  std::string stage_;
  std::size_t n_steps_ = 0;
  Clock::time_point begin_, next_;
};

}  // namespace rung
