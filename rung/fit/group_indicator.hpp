#pragma once
/// Inputs that are 1 in the rows of one group and 0 elsewhere, in a law for several groups.

#include <string>
#include <string_view>

namespace rung {

inline constexpr std::string_view kIndicatorPrefix = "is ";

inline std::string indicator_name(const std::string& group) {
  return std::string(kIndicatorPrefix) + group;
}

inline bool is_indicator(std::string_view input) { return input.starts_with(kIndicatorPrefix); }

}  // namespace rung
