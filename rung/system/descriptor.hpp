#pragma once
/// Files by number, as the system calls take them.

#include <cstddef>
#include <string_view>
#include <utility>

namespace rung {

/// A file descriptor that closes itself, but for the three standard ones.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  /// False where that fails, with errno: some file systems report a failed write only here.
  bool close();

 private:
  int number_;
};

/// False with errno where not everything could be written.
bool write_all(int descriptor, std::string_view content);

/// The next bytes, at most `size`; 0 at the end, -1 with errno. Throws Cancelled where the watch
/// over this thread asks for it while nothing comes.
std::ptrdiff_t read_some(int descriptor, char* buffer, std::size_t size);

}  // namespace rung
