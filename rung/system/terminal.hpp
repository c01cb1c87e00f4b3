#pragma once
#include <optional>

namespace rung {

/// Columns of the terminal that a descriptor stands for; absent where it stands for none.
std::optional<int> terminal_width(int descriptor);

}  // namespace rung
