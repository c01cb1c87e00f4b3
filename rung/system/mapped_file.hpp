#pragma once
/// A file as memory: only what is looked at is read.

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <utility>

namespace rung {

class MappedFile {
 public:
  /// InputError when it can't be read. It must not shrink meanwhile.
  explicit MappedFile(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept : content_(std::exchange(other.content_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(content_, other.content_);
    return *this;
  }
  ~MappedFile();

  std::string_view content() const { return content_; }

 private:
  std::string_view content_;
};

}  // namespace rung
