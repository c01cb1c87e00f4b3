#include "rung/lm/network.hpp"

#include <algorithm>

namespace rung::lm {

std::size_t Batch::n_counted_targets() const {
  const std::size_t n =
      counted.empty() ? n_sequences
                      : static_cast<std::size_t>(std::count(counted.begin(), counted.end(), true));
  return n * (length - 1);
}

}  // namespace rung::lm
