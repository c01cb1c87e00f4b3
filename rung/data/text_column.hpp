#pragma once
/// A column of text read as something else: as numbers where most cells are, as instants where all
/// are.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/core/instant.hpp"

namespace rung {

using Texts = std::vector<std::string>;

/// Words that mean a missing value: "", NA, N/A, null, None, NaN.
bool is_missing_word(std::string_view text);

/// NaN where a cell is missing, and where it is no number: those rows are named.
struct NumbersOfText {
  std::vector<double> numbers;
  std::vector<std::size_t> other_rows;
};

/// Numbers and quantities ("7B"). Absent where no cell is one.
std::optional<NumbersOfText> numbers_of(const Texts& texts);

/// Each cell as an instant, absent where it is missing. Absent as a whole where some cell is none,
/// or none is there.
std::optional<std::vector<std::optional<Instant>>> instants_of(const Texts& texts);

}  // namespace rung
