#include "rung/system/streamed_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <random>
#include <string>
#include <utility>

#include "rung/system/file_error.hpp"

namespace rung {
namespace fs = std::filesystem;

fs::path unpredictable_name(const fs::path& target) {
  constexpr char kHexadecimal[] = "0123456789abcdef";
  std::random_device random;
  std::string name = ".rung-";
  for (int word = 0; word < 2; ++word) {
    for (std::uint32_t left = random(), digit = 0; digit < 8; ++digit, left >>= 4)
      name += kHexadecimal[left & 15];
  }
  return target.parent_path() / (name + ".part");
}

StreamedFile::StreamedFile(fs::path target, mode_t mode)
    : target_(std::move(target)),
      temporary_(unpredictable_name(target_)),
      file_(
          ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666)) {
  if (!file_.is_open()) fail(errno);
  if (mode != 0 && ::fchmod(file_.number(), mode) != 0) {
    const int error = errno;
    ::unlink(temporary_.c_str());
    fail(error);
  }
}

StreamedFile::~StreamedFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void StreamedFile::write(std::string_view bytes) {
  if (!write_all(file_.number(), bytes)) fail(errno);
}

void StreamedFile::commit() {
  const fs::path written = release();
  if (::rename(written.c_str(), target_.c_str()) == 0) return;
  const int error = errno;
  ::unlink(written.c_str());
  fail(error);
}

fs::path StreamedFile::release() {
  if (!file_.close()) fail(errno);
  return std::exchange(temporary_, {});
}

void StreamedFile::fail(int error) const {
  fail_at(target_, "can't write it", error, error == ENOENT ? hint_for_missing(target_) : "");
}

}  // namespace rung
