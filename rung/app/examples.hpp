#pragma once
/// A command line to begin with, for each command's help.

#include <string>
#include <string_view>

namespace rung::app {

/// With "rung" before it; "" where the command has none.
std::string example_of(std::string_view command);

}  // namespace rung::app
