#pragma once
/// How far long work has come: for whoever watches, never for the work itself.

#include <cstddef>
#include <string_view>

namespace rung {

/// Told of one stage at a time, on any thread, but never on two at once.
class Progress {
 public:
  virtual ~Progress() = default;
  /// A stage ("bootstrap") of so many steps begins. False: another one is under way, and of this
  /// one nothing more is to be told.
  virtual bool begin(std::string_view stage, std::size_t n_steps) noexcept = 0;
  virtual void advance(std::size_t n_done) noexcept = 0;
  /// The stage is over, with all its steps or without.
  virtual void end() noexcept = 0;
};

}  // namespace rung
