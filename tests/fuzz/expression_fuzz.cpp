// Expressions and mappings from arbitrary text: nothing but InputError, the printed tree reads back
// as itself, and what can be evaluated gives one value a row.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "rung/core/error.hpp"
#include "rung/core/expression.hpp"
#include "rung/data/select.hpp"
#include "tests/fuzz/by_turns.hpp"

namespace {

const rung::Table& table() {
  static const rung::Table kTable = [] {
    rung::Table made("table");
    made.add({"N", std::vector<double>{1e6, 1e9, 0}});
    made.add({"loss", std::vector<double>{2.5, __builtin_nan(""), 4}});
    made.add({"dataset", std::vector<std::string>{"c4", "", "pile"}});
    return made;
  }();
  return kTable;
}

void try_expression(std::string_view text) {
  const rung::Expression expression = rung::parse_expression(text);
  const std::string printed = rung::to_text(expression.root);
  // Parentheses for every operation can make it too long or too deep to read again.
  if (text.size() < 100 && rung::to_text(rung::parse_expression(printed).root) != printed) {
    std::abort();
  }
  if (rung::evaluate(expression, table()).size() != table().n_rows()) std::abort();
  rung::where(table(), expression);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  try {
    if (fuzz::turn_of(text, 2) == 0)
      try_expression(text);
    else
      rung::with_columns(table(), rung::parse_mapping(text));
  } catch (const rung::InputError&) {
  }
  return 0;
}
