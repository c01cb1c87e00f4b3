#pragma once
/// An expression checked against a table's columns and laid out as steps over a stack: for
/// evaluate().

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "rung/core/expression.hpp"
#include "rung/data/table.hpp"
#include "rung/data/text_column.hpp"

namespace rung {

/// A column's texts, or one text for every row.
struct TextOperand {
  const Texts* column = nullptr;
  std::string literal = {};

  const std::string& at(std::size_t row) const { return column ? (*column)[row] : literal; }
};

/// Takes its operands from the stack and leaves its value there. A comparison with texts takes
/// nothing.
struct ProgramStep {
  Op op;
  double number = 0;
  const double* column = nullptr;
  bool of_text = false;
  TextOperand left = {};
  TextOperand right = {};
};

/// A column that the table has as text and the expression needs as numbers.
struct ReadColumn {
  const Column* column;
  NumbersOfText as;
};

/// Points into the table that it was compiled for.
struct ColumnProgram {
  std::vector<ProgramStep> steps;
  std::size_t stack_size = 0;
  std::deque<ReadColumn> read_columns;           // where they stay
  std::deque<std::vector<double>> time_columns;  // seconds of instants
};

/// InputError with every place of the expression that can't be computed: a name that is no column,
/// text where a number is needed.
ColumnProgram compile(const Expression& expression, const Table& table);

}  // namespace rung
