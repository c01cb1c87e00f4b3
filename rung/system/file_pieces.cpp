#include "rung/system/file_pieces.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "rung/system/file.hpp"
#include "rung/system/file_error.hpp"
#include "rung/system/gzip.hpp"
#include "rung/system/published.hpp"

namespace rung {
namespace {

/// Enough to see what a file begins as.
constexpr std::size_t kMagicBytes = 16;

/// Not open where the path is no plain file to be read in pieces.
Descriptor plain_file(const std::filesystem::path& path, std::size_t& size) {
  if (path == "-" || is_published(path)) return Descriptor();
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!file.is_open() || ::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode))
    return Descriptor();
  size = static_cast<std::size_t>(status.st_size);
  if (is_gzip(read_head(path, kMagicBytes))) return Descriptor();
  return file;
}

}  // namespace

char* PieceBuffer::reserved(std::size_t size) {
  if (size > size_) {
    bytes_ = std::make_unique_for_overwrite<char[]>(size);
    size_ = size;
  }
  return bytes_.get();
}

FilePieces::FilePieces(const std::filesystem::path& path, std::size_t piece_bytes)
    : piece_bytes_(piece_bytes), name_(path.string()), file_(plain_file(path, size_)) {
  if (file_.is_open()) return;
  read_ = read_file(path);
  if (is_gzip(read_)) read_ = gunzip(read_, name_);
  content_ = read_;
  size_ = content_.size();
}

FilePieces::FilePieces(std::string_view content, std::string name, std::size_t piece_bytes)
    : size_(content.size()), piece_bytes_(piece_bytes), name_(std::move(name)), content_(content) {}

std::string_view FilePieces::bytes(std::size_t begin, std::size_t size, PieceBuffer& buffer) const {
  size = std::min(size, size_ - begin);
  if (!file_.is_open()) return content_.substr(begin, size);
  char* const to = buffer.reserved(size);
  std::size_t n_read = 0;
  while (n_read < size) {
    const ssize_t n =
        ::pread(file_.number(), to + n_read, size - n_read, static_cast<off_t>(begin + n_read));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_at(name_, "can't read it", errno);
    if (n == 0) break;  // it was cut off meanwhile
    n_read += static_cast<std::size_t>(n);
  }
  return {to, n_read};
}

std::string_view FilePieces::piece(std::size_t i, PieceBuffer& buffer) const {
  // From the byte before, so that a line which begins right here is seen to.
  const std::size_t begin = i * piece_bytes_, before = begin > 0 ? begin - 1 : 0;
  std::size_t further = std::min(piece_bytes_, std::size_t{1} << 16);
  while (true) {
    const std::string_view read = bytes(before, piece_bytes_ + further, buffer);
    std::size_t first = 0;
    if (begin > 0) first = std::min(read.find('\n'), read.size() - 1) + 1;
    if (first > piece_bytes_) return {};
    const std::size_t last_stretch = begin - before + piece_bytes_ - 1;
    const std::size_t end =
        last_stretch < read.size() ? read.find('\n', last_stretch) : std::string_view::npos;
    if (end != std::string_view::npos) return read.substr(first, end + 1 - first);
    if (before + read.size() >= size_) return read.substr(first);
    further *= 4;
  }
}

}  // namespace rung
