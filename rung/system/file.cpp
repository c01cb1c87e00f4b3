#include "rung/system/file.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/system/published.hpp"

namespace rung {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kFirstChunk = std::size_t{1} << 16;

/// A file descriptor that closes itself, but for the standard ones.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ > STDERR_FILENO) ::close(number_);
  }
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  /// Some file systems report a failed write only here.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

std::string reason(int error) { return std::generic_category().message(error); }

[[noreturn]] void fail(const fs::path& path, const std::string& what, int error,
                       std::string hint = "") {
  throw InputError(Location{path == "-" ? "" : path.string()}, what + ": " + reason(error),
                   std::move(hint));
}

/// "there is no folder 'x'" or the nearest names beside the missing file.
std::string hint_for_missing(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) return "there is no folder '" + folder.string() + "'";
  std::vector<std::string> names;
  fs::directory_iterator entry(folder, ignored);
  while (!ignored && entry != fs::directory_iterator()) {
    names.push_back(entry->path().filename().string());
    entry.increment(ignored);
  }
  std::sort(names.begin(), names.end());
  return did_you_mean(path.filename().string(), names);
}

Descriptor open_to_read(const fs::path& path) {
  if (path == "-") return Descriptor(STDIN_FILENO);
  const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) {
    const int error = errno;
    fail(path, "can't read it", error, error == ENOENT ? hint_for_missing(path) : "");
  }
  return Descriptor(number);
}

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t n = ::write(descriptor, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// Pipes and devices can't be renamed over; they are written as they stand.
void write_in_place(const fs::path& path, std::string_view content) {
  Descriptor file(path == "-" ? STDOUT_FILENO : ::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.is_open() || !write_all(file.number(), content)) fail(path, "can't write it", errno);
}

void write_and_rename(const fs::path& path, std::string_view content, mode_t mode) {
  fs::path temporary = path;
  temporary += ".part" + std::to_string(::getpid());
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file.is_open()) {
    const int error = errno;
    fail(path, "can't write it", error, error == ENOENT ? hint_for_missing(path) : "");
  }
  const bool has_mode = mode == 0 || ::fchmod(file.number(), mode) == 0;
  if (has_mode && write_all(file.number(), content) && file.close() &&
      ::rename(temporary.c_str(), path.c_str()) == 0) {
    return;
  }
  const int error = errno;
  ::unlink(temporary.c_str());
  fail(path, "can't write it", error);
}

}  // namespace

std::string read_file(const fs::path& path) {
  if (is_published(path)) return read_published(path);
  const Descriptor file = open_to_read(path);
  struct stat status {};
  std::size_t expected = 0;
  if (::fstat(file.number(), &status) == 0 && S_ISREG(status.st_mode)) {
    expected = static_cast<std::size_t>(status.st_size);
  }
  // One byte more than the size, so that a regular file's end is seen without growing.
  std::string content(expected > 0 ? expected + 1 : kFirstChunk, '\0');
  std::size_t size = 0;
  while (true) {
    const ssize_t n = ::read(file.number(), content.data() + size, content.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(path, "can't read it", errno);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
    if (size == content.size()) content.resize(2 * size);
  }
  content.resize(size);
  return content;
}

bool file_exists(const fs::path& path) {
  std::error_code ignored;
  return is_published(path) ? published_file_exists(path) : fs::is_regular_file(path, ignored);
}

bool path_exists(const fs::path& path) {
  std::error_code ignored;
  if (is_published(path)) return published_file_exists(path) || published_folder_exists(path);
  return fs::exists(path, ignored);
}

fs::path absolute_path(const fs::path& path) {
  return is_published(path) ? path : fs::absolute(path);
}

void write_file(const fs::path& path, std::string_view content) {
  struct stat status {};
  if (path == "-") return write_in_place(path, content);
  if (::stat(path.c_str(), &status) != 0) return write_and_rename(path, content, 0);
  if (S_ISDIR(status.st_mode)) fail(path, "can't write it", EISDIR);
  if (!S_ISREG(status.st_mode)) return write_in_place(path, content);
  if (::access(path.c_str(), W_OK) != 0) fail(path, "can't write it", errno);
  // Through a link to the file itself, so that the link stays one.
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  write_and_rename(error ? path : target, content, status.st_mode & 07777);
}

std::string sha256(std::string_view content) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(content.data(), content.size(), digest, &size, EVP_sha256(), nullptr);
  constexpr char kHexadecimal[] = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += kHexadecimal[digest[i] >> 4];
    text += kHexadecimal[digest[i] & 15];
  }
  return text;
}

}  // namespace rung
