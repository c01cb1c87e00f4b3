#include "rung/system/memory_file.hpp"

#include <sys/mman.h>

#include <cerrno>

#include "rung/system/file.hpp"
#include "rung/system/file_error.hpp"

namespace rung {

MemoryFile::MemoryFile(std::string_view content) : file_(::memfd_create("rung", MFD_CLOEXEC)) {
  if (!file_.is_open() || !write_all(file_.number(), content))
    fail_at("memory", "can't write a file there", errno);
}

std::string MemoryFile::path() const { return "/proc/self/fd/" + std::to_string(file_.number()); }

std::string MemoryFile::content() const { return read_file(path()); }

}  // namespace rung
