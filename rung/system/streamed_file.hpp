#pragma once
/// A file that appears when it is whole.

#include <sys/types.h>

#include <filesystem>
#include <string_view>

#include "rung/system/descriptor.hpp"

namespace rung {

/// A name beside `target` that nobody can guess and so lay a link under.
std::filesystem::path unpredictable_name(const std::filesystem::path& target);

/// Written a piece at a time under an unpredictable name beside its place: never over a file that
/// is there, nor through a link. Gone again unless commit() or release() is called.
class StreamedFile {
 public:
  /// Its folder must be there. `mode`: 0 for that of any new file. InputError where it can't be
  /// made.
  explicit StreamedFile(std::filesystem::path target, mode_t mode = 0);
  ~StreamedFile();
  StreamedFile(const StreamedFile&) = delete;
  StreamedFile& operator=(const StreamedFile&) = delete;

  /// InputError where it can't be written.
  void write(std::string_view bytes);
  /// Puts it in its place.
  void commit();
  /// Leaves it, whole, under its other name, which is given back.
  std::filesystem::path release();

 private:
  [[noreturn]] void fail(int error) const;

  std::filesystem::path target_, temporary_;
  Descriptor file_;
};

}  // namespace rung
