#pragma once
/// A file's bytes without copying them.

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace rung {

/// A regular file is mapped into memory, so that each page is touched once, by whoever reads it;
/// what can't be mapped (a pipe, a published table) is read. The file must not shrink meanwhile.
class MappedFile {
 public:
  /// InputError as read_file().
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view content() const {
    return mapping_ ? std::string_view(static_cast<const char*>(mapping_), size_) : read_;
  }

 private:
  void* mapping_ = nullptr;
  std::size_t size_ = 0;
  std::string read_;
};

}  // namespace rung
