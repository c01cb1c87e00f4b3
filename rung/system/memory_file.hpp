#pragma once
/// A file that is only in memory, for libraries that want a path.

#include <string>
#include <string_view>

#include "rung/system/descriptor.hpp"

namespace rung {

class MemoryFile {
 public:
  /// InputError where the system lets none be made.
  explicit MemoryFile(std::string_view content);

  /// By which this process may open it, as long as this stands.
  std::string path() const;
  std::string content() const;

 private:
  Descriptor file_;
};

}  // namespace rung
