#include "rung/system/file.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <span>
#include <system_error>

#include "rung/core/error.hpp"
#include "rung/system/descriptor.hpp"
#include "rung/system/file_error.hpp"
#include "rung/system/file_set.hpp"
#include "rung/system/published.hpp"

namespace rung {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kFirstChunk = std::size_t{1} << 16;

constexpr std::size_t kHashedAtATime = std::size_t{1} << 20;

std::string hexadecimal(std::span<const unsigned char> bytes) {
  constexpr char kHexadecimal[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += kHexadecimal[byte >> 4];
    text += kHexadecimal[byte & 15];
  }
  return text;
}

Descriptor open_to_read(const fs::path& path) {
  if (path == "-") return Descriptor(STDIN_FILENO);
  const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) {
    const int error = errno;
    fail_at(path, "can't read it", error, error == ENOENT ? hint_for_missing(path) : "");
  }
  return Descriptor(number);
}

}  // namespace

std::string read_file(const fs::path& path) {
  if (is_published(path)) return read_published(path);
  const Descriptor file = open_to_read(path);
  constexpr std::size_t kMostOfDevice = std::size_t{64} << 20;  // nobody types as much
  struct stat status {};
  const bool known = ::fstat(file.number(), &status) == 0;
  const std::size_t expected =
      known && S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) : 0;
  // One byte more than the size, so that a regular file's end is seen without growing.
  std::string content(expected > 0 ? expected + 1 : kFirstChunk, '\0');
  std::size_t size = 0;
  while (true) {
    const std::ptrdiff_t n = read_some(file.number(), content.data() + size, content.size() - size);
    if (n < 0) fail_at(path, "can't read it", errno);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
    if (known && S_ISCHR(status.st_mode) && size > kMostOfDevice)
      throw InputError(Location{path.string()}, "is a device that gives bytes without end");
    if (size == content.size()) content.resize(2 * size);
  }
  content.resize(size);
  return content;
}

std::string read_head(const fs::path& path, std::size_t most_bytes) {
  if (is_published(path)) return read_published(path).substr(0, most_bytes);
  const Descriptor file = open_to_read(path);
  std::string head(most_bytes, '\0');
  std::size_t size = 0;
  while (size < head.size()) {
    const std::ptrdiff_t n = read_some(file.number(), head.data() + size, head.size() - size);
    if (n < 0) fail_at(path, "can't read it", errno);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  head.resize(size);
  return head;
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

bool is_same_file(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  if (fs::exists(a, ignored) && fs::exists(b, ignored))
    return fs::is_regular_file(a, ignored) && fs::equivalent(a, b, ignored);
  return fs::weakly_canonical(fs::absolute(a), ignored) ==
         fs::weakly_canonical(fs::absolute(b), ignored);
}

fs::path absolute_path(const fs::path& path) {
  return is_published(path) ? path : fs::absolute(path);
}

void write_file(const fs::path& path, std::string_view content) {
  if (path == "-") {
    if (!write_all(STDOUT_FILENO, content)) fail_at(path, "can't write it", errno);
    return;
  }
  std::error_code ignored;
  if (path.has_parent_path() && !fs::exists(path.parent_path(), ignored))
    fail_at(path, "can't write it", ENOENT, hint_for_missing(path));
  FileSet files;
  files.add(path, content);
  files.commit();
}

std::string sha256(std::string_view content) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(content.data(), content.size(), digest, &size, EVP_sha256(), nullptr);
  return hexadecimal({digest, size});
}

std::string sha256_of_file(const fs::path& path) {
  if (is_published(path)) return sha256(read_published(path));
  const Descriptor file = open_to_read(path);
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> hash(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr);
  std::string buffer(kHashedAtATime, '\0');
  while (true) {
    const std::ptrdiff_t n = read_some(file.number(), buffer.data(), buffer.size());
    if (n < 0) fail_at(path, "can't read it", errno);
    if (n == 0) break;
    EVP_DigestUpdate(hash.get(), buffer.data(), static_cast<std::size_t>(n));
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(hash.get(), digest, &size);
  return hexadecimal({digest, size});
}

}  // namespace rung
