// The values of an expression over a table's rows.
#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/quantity.hpp"
#include "rung/data/column_program.hpp"
#include "rung/data/select.hpp"

namespace rung {
namespace {

using Numbers = std::vector<double>;

// A block of every value on the stack stays in the first-level cache.
constexpr std::size_t kBlockRows = 512;
double value_of(bool truth) { return truth ? 1 : 0; }

/// Runs a program over the rows of one block after another.
class Machine {
 public:
  explicit Machine(const ColumnProgram& program)
      : program_(program), values_(program.stack_size * kBlockRows), stack_(program.stack_size) {}

  void run(std::size_t first_row, std::size_t n_rows, double* out) {
    first_row_ = first_row;
    n_rows_ = n_rows;
    height_ = 0;
    for (const ProgramStep& step : program_.steps) take(step);
    std::copy_n(stack_[0], n_rows, out);
  }

 private:
  void take(const ProgramStep& step) {
    if (step.of_text) return compare_texts(step);
    switch (step.op) {
      case Op::number:
        return make(0, [&](std::size_t) { return step.number; });
      case Op::name:
        stack_[height_++] = step.column + first_row_;
        return;
      case Op::negate:
        return unary([](double x) { return -x; });
      case Op::logical_not:
        return unary([](double x) { return std::isnan(x) ? x : value_of(x == 0); });
      case Op::is_missing:
        return unary([](double x) { return value_of(std::isnan(x)); });
      case Op::log:
        return unary([](double x) { return std::log(x); });
      case Op::log2:
        return unary([](double x) { return std::log2(x); });
      case Op::log10:
        return unary([](double x) { return std::log10(x); });
      case Op::log1p:
        return unary([](double x) { return std::log1p(x); });
      case Op::exp:
        return unary([](double x) { return std::exp(x); });
      case Op::expm1:
        return unary([](double x) { return std::expm1(x); });
      case Op::sqrt:
        return unary([](double x) { return std::sqrt(x); });
      case Op::abs:
        return unary([](double x) { return std::abs(x); });
      case Op::round:
        return unary([](double x) { return std::round(x); });
      case Op::floor:
        return unary([](double x) { return std::floor(x); });
      case Op::ceil:
        return unary([](double x) { return std::ceil(x); });
      case Op::sin:
        return unary([](double x) { return std::sin(x); });
      case Op::cos:
        return unary([](double x) { return std::cos(x); });
      case Op::atan:
        return unary([](double x) { return std::atan(x); });
      case Op::tanh:
        return unary([](double x) { return std::tanh(x); });
      case Op::sigmoid:
        return unary([](double x) { return 1 / (1 + std::exp(-x)); });
      case Op::softplus:
        return unary(
            [](double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); });
      default:
        return take_two(step.op);
    }
  }

  void take_two(Op op) {
    switch (op) {
      case Op::add:
        return binary([](double x, double y) { return x + y; });
      case Op::subtract:
        return binary([](double x, double y) { return x - y; });
      case Op::multiply:
        return binary([](double x, double y) { return x * y; });
      case Op::divide:
        return binary([](double x, double y) { return x / y; });
      case Op::power:  // std::pow(NaN, 0) is 1
        return of_known([](double x, double y) { return std::pow(x, y); });
      case Op::min:
        return of_known([](double x, double y) { return std::min(x, y); });
      case Op::max:
        return of_known([](double x, double y) { return std::max(x, y); });
      case Op::less:
        return of_known([](double x, double y) { return value_of(x < y); });
      case Op::less_equal:
        return of_known([](double x, double y) { return value_of(x <= y); });
      case Op::greater:
        return of_known([](double x, double y) { return value_of(x > y); });
      case Op::greater_equal:
        return of_known([](double x, double y) { return value_of(x >= y); });
      case Op::equal:
        return of_known([](double x, double y) { return value_of(x == y); });
      case Op::not_equal:
        return of_known([](double x, double y) { return value_of(x != y); });
      case Op::logical_and:  // false whatever the other is
        return binary([](double x, double y) {
          return x == 0 || y == 0 ? 0 : std::isnan(x) || std::isnan(y) ? kNaN : 1;
        });
      default:  // logical_or: true whatever the other is
        return binary([](double x, double y) {
          const bool is_true = (!std::isnan(x) && x != 0) || (!std::isnan(y) && y != 0);
          return is_true ? 1 : std::isnan(x) || std::isnan(y) ? kNaN : 0;
        });
    }
  }

  void compare_texts(const ProgramStep& step) {
    make(0, [&](std::size_t i) {
      const std::string& left = step.left.at(first_row_ + i);
      if (step.op == Op::is_missing) return value_of(left.empty());
      const std::string& right = step.right.at(first_row_ + i);
      if (left.empty() || right.empty()) return kNaN;
      if (step.op == Op::equal) return value_of(left == right);
      if (step.op == Op::not_equal) return value_of(left != right);
      if (step.op == Op::less) return value_of(left < right);
      if (step.op == Op::less_equal) return value_of(left <= right);
      if (step.op == Op::greater) return value_of(left > right);
      return value_of(left >= right);
    });
  }

  template <class F>
  void of_known(F f) {
    binary([f](double x, double y) { return std::isnan(x) || std::isnan(y) ? kNaN : f(x, y); });
  }

  template <class F>
  void unary(F f) {
    const double* const x = stack_[height_ - 1];
    make(1, [=](std::size_t i) { return f(x[i]); });
  }

  template <class F>
  void binary(F f) {
    const double* const x = stack_[height_ - 2];
    const double* const y = stack_[height_ - 1];
    make(2, [=](std::size_t i) { return f(x[i], y[i]); });
  }

  template <class F>
  void make(std::size_t n_taken, F f) {
    height_ -= n_taken;
    double* const out = values_.data() + height_ * kBlockRows;
    for (std::size_t i = 0; i < n_rows_; ++i) out[i] = f(i);
    stack_[height_++] = out;
  }

  const ColumnProgram& program_;
  Numbers values_;
  std::vector<const double*> stack_;
  std::size_t height_ = 0;
  std::size_t first_row_ = 0;
  std::size_t n_rows_ = 0;
};

std::string hint_of(const std::string& cell) {
  const std::string hint = how_to_write(cell);
  return hint.empty() ? "a condition can leave such rows out" : hint;
}

/// A cell that is no number is a problem where the value rests on it; where a condition is false
/// whatever the cell is, it isn't.
void check_texts(const ColumnProgram& program, const Table& table, const Numbers& values) {
  std::vector<Problem> problems;
  std::size_t n_more = 0;
  for (const ReadColumn& read : program.read_columns) {
    const auto& texts = std::get<Texts>(read.column->values);
    for (const std::size_t row : read.as.other_rows) {
      if (!std::isnan(values[row])) continue;
      if (problems.size() == kMostProblems) {
        ++n_more;
        continue;
      }
      problems.push_back({table.location(row),
                          read.column->name + " is '" + texts[row] + "', not a number",
                          problems.empty() ? hint_of(texts[row]) : ""});
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems), n_more);
}

}  // namespace

std::vector<double> evaluate(const Expression& expression, const Table& table) {
  const ColumnProgram program = compile(expression, table);
  Machine machine(program);
  Numbers values(table.n_rows());
  for (std::size_t row = 0; row < values.size(); row += kBlockRows) {
    machine.run(row, std::min(kBlockRows, values.size() - row), values.data() + row);
  }
  check_texts(program, table, values);
  return values;
}

}  // namespace rung
