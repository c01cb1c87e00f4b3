#pragma once
/// TensorBoard's event files, as an option of a run: its numbers once more, for those who look at
/// them there.

#include <cstdint>
#include <filesystem>
#include <string>

#include "rung/lm/run_log.hpp"

namespace rung::lm {

/// One event file, which grows at its end.
class EventFile {
 public:
  /// Begins it anew. A run that goes on writes another beside it, named by the step that it goes on
  /// from; what both hold is the same.
  EventFile(const std::filesystem::path& folder, std::int64_t first_step);

  /// A scalar each; the step's own column is none.
  void add(std::int64_t step, const LogRow& values);

 private:
  std::filesystem::path path_;
};

}  // namespace rung::lm
