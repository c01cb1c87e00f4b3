#include "rung/system/append_file.hpp"

#include <fcntl.h>

#include <cerrno>
#include <system_error>

#include "rung/system/descriptor.hpp"
#include "rung/system/file_error.hpp"

namespace rung {

void append_to_file(const std::filesystem::path& path, std::string_view content) {
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (error) fail_at(path.parent_path(), "can't make the folder", error.value());
  constexpr int kMode = 0666;
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kMode));
  if (file.number() < 0 || !write_all(file.number(), content))
    fail_at(path, "can't write it", errno);
}

}  // namespace rung
