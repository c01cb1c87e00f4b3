#include "rung/system/descriptor.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "rung/core/parallel.hpp"

namespace rung {
namespace {

constexpr int kLookEveryMilliseconds = 100;

}  // namespace

bool Descriptor::close() {
  const int number = std::exchange(number_, -1);
  return number <= STDERR_FILENO || ::close(number) == 0;
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

std::ptrdiff_t read_some(int descriptor, char* buffer, std::size_t size) {
  while (true) {
    // A plain file is always ready; a terminal or a pipe may keep one waiting for ever.
    pollfd wanted{descriptor, POLLIN, 0};
    const int n_ready = ::poll(&wanted, 1, kLookEveryMilliseconds);
    check_cancelled();
    if (n_ready == 0 || (n_ready < 0 && errno == EINTR)) continue;
    const ssize_t n = ::read(descriptor, buffer, size);
    if (n >= 0 || errno != EINTR) return n;
  }
}

}  // namespace rung
