#include "rung/system/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace rung {

std::optional<int> terminal_width(int descriptor) {
  if (!isatty(descriptor)) return std::nullopt;
  constexpr int kUsual = 80;
  winsize size{};
  const bool is_known = ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : kUsual;
}

}  // namespace rung
