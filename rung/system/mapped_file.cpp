#include "rung/system/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "rung/system/descriptor.hpp"
#include "rung/system/file_error.hpp"

namespace rung {

MappedFile::MappedFile(const std::filesystem::path& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) fail_at(path, "can't read it", errno, hint_for_missing(path));
  struct stat facts = {};
  if (fstat(file.number(), &facts) != 0) fail_at(path, "can't read it", errno);
  if (!S_ISREG(facts.st_mode)) fail_at(path, "can't map it into memory", EINVAL);
  const auto size = static_cast<std::size_t>(facts.st_size);
  if (size == 0) return;
  void* const memory = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (memory == MAP_FAILED) fail_at(path, "can't map it into memory", errno);
  content_ = {static_cast<const char*>(memory), size};
}

MappedFile::~MappedFile() {
  if (!content_.empty()) munmap(const_cast<char*>(content_.data()), content_.size());
}

}  // namespace rung
