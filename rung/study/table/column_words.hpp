#pragma once
/// The columns that go into a fit, as the user says them: how they are read, and what messages call
/// them.

#include <string>

#include "rung/core/expression.hpp"
#include "rung/data/table.hpp"
#include "rung/law/law.hpp"

namespace rung::table {

/// The table with the columns that `x` says, those of the law's inputs as numbers: "7B" is 7e9.
Table with_input_columns(Table table, Mapping x, const Law& law);

/// The expression that `x` has for an input; the input itself where it has none.
std::string expression_of(const Mapping& x, const std::string& input);

/// An expression as a shell takes it.
std::string in_quotes(const std::string& expression);

/// "leave such rows out: --where "size > 0"": by an input as `x` says it. Without the condition
/// where that takes an earlier entry of `x`, which --where does not know.
std::string where_hint(const Mapping& x, const std::string& input, const std::string& condition);

}  // namespace rung::table
