#pragma once
/// Numbers and words to and from text.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rung {

/// The whole of `text` as a double, independent of locale; surrounding blanks are allowed. Absent
/// when it is not a number, or larger than a double holds; "nan" and "inf" are numbers here, and
/// what they mean is for the caller to decide.
std::optional<double> parse_double(std::string_view text);

/// Shortest text that reads back as the same double: "0.1", "3812622336", "1e+22".
std::string shortest(double value);

/// `digits` significant digits, as people write them: "0.8252", "1.9e23".
std::string significant(double value, int digits = 4);
/// A number's text with its exponent as people write it: "1.9e+23" is "1.9e23", "1e-05" "1e-5".
std::string with_short_exponent(std::string text);

/// A fixed number of decimals: "5.85"; from 1e15 on significant digits, "8.596e17".
std::string fixed(double value, int decimals);

/// 0.0585 -> "5.85%"; `sign` puts a "+" before positive values.
std::string percent(double ratio, int decimals = 2, bool sign = false);

/// A change of a share in percentage points: 0.0213 -> "+2.1"; what rounds to nothing is "0.0".
std::string signed_points(double change);

/// 6887575552 -> "6.9B", 3945065873408 -> "3.9T", 190354176 -> "190.4M", 1e22 -> "1e22".
std::string short_count(double count);

std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
bool contains(const std::vector<std::string>& words, std::string_view word);
std::string_view trimmed(std::string_view text);
/// ASCII letters in lower case; other bytes stay.
std::string lower_case(std::string text);

}  // namespace rung
