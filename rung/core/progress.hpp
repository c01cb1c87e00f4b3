#pragma once
/// How far long work has come: for whoever watches, never for the work itself.

#include <cstddef>
#include <string_view>

namespace rung {

/// Called on any thread, perhaps on several at once, for each step done.
class Progress {
 public:
  virtual ~Progress() = default;
  /// Of `n_all` steps of the stage called `stage` ("bootstrap"), `n_done` are done.
  virtual void advance(std::string_view stage, std::size_t n_done, std::size_t n_all) noexcept = 0;
};

}  // namespace rung
