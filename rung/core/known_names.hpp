#pragma once
/// What to say of a name that is not among those that there are.

#include <string>
#include <vector>

namespace rung {

/// The nearest, as did_you_mean() has it, else all that there are (a dozen at most) behind `all`,
/// such as "columns are ".
std::string close_or_all(const char* all, const std::string& name, std::vector<std::string> known);

}  // namespace rung
