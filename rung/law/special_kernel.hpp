#pragma once
/// Laws that no formula says: rung/law/special/NAME.hpp has the value of the law NAME, whose file
/// in rung/law/catalogue/ says all else.

#include <optional>
#include <string_view>

#include "rung/law/kernel.hpp"

namespace rung {

/// In an instruction set that this program has (see instruction_set()); absent for every law that
/// is its formula.
std::optional<Kernel> special_kernel(std::string_view law, std::string_view instruction_set);

}  // namespace rung
