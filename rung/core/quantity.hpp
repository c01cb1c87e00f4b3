#pragma once
/// Counts and FLOPs as people write them: "7B", "4T", "20M", "1e22", "1.5ZFLOP".

#include <optional>
#include <string>
#include <string_view>

namespace rung {

/// A finite number, perhaps with a suffix, perhaps with a unit that doesn't change it:
///   K M B T P, in either case: thousand, million, billion (also G), trillion, 1e15: "7B", "1.4b"
///   before FLOP, FLOPs or FLOPS also E Z Y, 1e18 to 1e24, in the case shown: "1.5ZFLOP", "3e21
///   FLOPs"
/// Blanks may stand around number and suffix. Absent where the text is anything else.
std::optional<double> parse_quantity(std::string_view text);

/// Four digits, from 1e4 on with a unit: "7B", "1.28B", "190.4M"; from 1e15 on "1e22".
std::string short_quantity(double value);

/// How to write a number that is written otherwise: "write 0.354, a share, without a percent sign"
/// of "35.4%", and the like of "1,234,567", "3,14" and "1e400"; "" of any other text.
std::string how_to_write(std::string_view text);

/// The same of a percentage where an amount may be meant as well as a share; "" for other texts.
std::string instead_of_percent(std::string_view text);

}  // namespace rung
