#include "rung/system/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rung/system/descriptor.hpp"
#include "rung/system/file.hpp"
#include "rung/system/published.hpp"

namespace rung {

MappedFile::MappedFile(const std::filesystem::path& path) {
  if (path != "-" && !is_published(path)) {
    const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (number >= 0) {
      const Descriptor file(number);
      if (::fstat(number, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
        size_ = static_cast<std::size_t>(status.st_size);
        void* const mapping = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, number, 0);
        if (mapping != MAP_FAILED) mapping_ = mapping;
      }
    }
    if (mapping_) {
      ::madvise(mapping_, size_, MADV_SEQUENTIAL);
      return;
    }
  }
  read_ = read_file(path);
}

MappedFile::~MappedFile() {
  if (mapping_) ::munmap(mapping_, size_);
}

}  // namespace rung
