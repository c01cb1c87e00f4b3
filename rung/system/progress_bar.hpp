#pragma once
/// Progress as a line on a terminal.

#include <chrono>
#include <mutex>
#include <string>

#include "rung/core/progress.hpp"

namespace rung {

/// "bootstrap [=========>          ] 45%, 12 s left", written over itself, for stages that take
/// longer than a moment; gone when the stage is over.
class ProgressBar : public Progress {
 public:
  explicit ProgressBar(int descriptor, std::chrono::milliseconds after = std::chrono::seconds(1))
      : descriptor_(descriptor), after_(after) {}

  bool begin(std::string_view stage, std::size_t n_steps) noexcept override;
  void advance(std::size_t n_done) noexcept override;
  void end() noexcept override;

 private:
  using Clock = std::chrono::steady_clock;

  std::string line(std::size_t n_done, std::chrono::duration<double> since_begin) const;
  void show(const std::string& line) const;

  const int descriptor_;
  const std::chrono::milliseconds after_;
  std::mutex mutex_;
  bool under_way_ = false, shown_ = false;
  std::string stage_;
  std::size_t n_steps_ = 0;
  Clock::time_point begin_, next_;
};

}  // namespace rung
