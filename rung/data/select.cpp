#include "rung/data/select.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <utility>
#include <variant>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

using Node = ExpressionNode;
using Numbers = std::vector<double>;
using Texts = std::vector<std::string>;

// A block of every value on the stack stays in the first-level cache.
constexpr std::size_t kBlockRows = 512;
constexpr std::size_t kMostRowProblems = 20;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// A column's texts, or one text for every row.
struct TextOperand {
  const Texts* column = nullptr;
  std::string literal = {};

  const std::string& at(std::size_t row) const { return column ? (*column)[row] : literal; }
};

/// Takes its operands from the stack and leaves its value there. A comparison with texts takes
/// nothing.
struct Step {
  Op op;
  double number = 0;
  const double* column = nullptr;
  bool of_text = false;
  TextOperand left = {};
  TextOperand right = {};
};

struct Program {
  std::vector<Step> steps;
  std::size_t stack_size = 0;
};

bool is_comparison(Op op) { return op >= Op::less && op <= Op::not_equal; }

/// Checks an expression against a table's columns, and lays it out as a program.
class Compiler {
 public:
  Compiler(const Expression& expression, const Table& table)
      : expression_(expression), table_(table) {}

  Program compile() {
    number(expression_.root);
    if (!problems_.empty()) throw InputError(std::move(problems_));
    return std::move(program_);
  }

 private:
  const Texts* text_column(const Node& node) const {
    const Column* column = node.op == Op::name ? table_.find(node.text) : nullptr;
    return column && !column->is_number() ? &std::get<Texts>(column->values) : nullptr;
  }
  bool is_text(const Node& node) const { return node.op == Op::text || text_column(node); }
  bool is_unknown(const Node& node) const { return node.op == Op::name && !table_.has(node.text); }

  void number(const Node& node) {
    switch (node.op) {
      case Op::number:
        return push({.op = node.op, .number = node.number}, 0);
      case Op::text:
        return report(node, "'" + node.text + "' is text; a number is needed here",
                      parse_double(node.text) ? "write " + node.text + " without quotes" : "");
      case Op::name:
        return name(node);
      case Op::is_missing:
        return missing(node);
      case Op::in:
        return membership(node);
      default:
        break;
    }
    if (is_comparison(node.op))
      return comparison(node.op, node, node.operands[0], node.operands[1]);
    for (const Node& operand : node.operands) number(operand);
    if (node.op != Op::min && node.op != Op::max) return push({node.op}, node.operands.size());
    for (std::size_t i = 1; i < node.operands.size(); ++i) push({node.op}, 2);
  }

  void name(const Node& node) {
    if (is_unknown(node)) return unknown(node, false);
    const Texts* const texts = text_column(node);
    if (!texts) {
      const auto& numbers = std::get<Numbers>(table_.find(node.text)->values);
      return push({.op = node.op, .column = numbers.data()}, 0);
    }
    const auto first = std::find_if(texts->begin(), texts->end(), [](const std::string& text) {
      return !text.empty() && !parse_double(text);
    });
    report(node, "column '" + node.text + "' holds text" +
                     (first == texts->end() ? "" : " ('" + *first + "')") +
                     "; a number is needed here");
  }

  void missing(const Node& node) {
    const Node& operand = node.operands[0];
    if (!is_text(operand)) {
      number(operand);
      return push({node.op}, 1);
    }
    push({.op = node.op, .of_text = true, .left = text(operand)}, 0);
  }

  void membership(const Node& node) {
    const Node& wanted = node.operands[0];
    for (std::size_t i = 1; i < node.operands.size(); ++i) {
      comparison(Op::equal, node, wanted, node.operands[i]);
      if (i > 1) push({Op::logical_or}, 2);
    }
  }

  void comparison(Op op, const Node& node, const Node& left, const Node& right) {
    const bool with_text = is_text(left) || is_text(right);
    if (!with_text) {
      number(left);
      number(right);
      return push({op}, 2);
    }
    if (is_unknown(left)) return unknown(left, true);
    if (is_unknown(right)) return unknown(right, true);
    if (!is_text(left) || !is_text(right)) {
      return report(node, "this compares text with a number", hint_for_mixed(left, right));
    }
    for (const Node* side : {&left, &right}) {
      if (side->op == Op::text && side->text.empty()) {
        return report(*side, "an empty text is a missing one", "write 'is missing'");
      }
    }
    push({.op = op, .of_text = true, .left = text(left), .right = text(right)}, 0);
  }

  std::string hint_for_mixed(const Node& left, const Node& right) const {
    const Node& texts = is_text(left) ? left : right;
    const Node& numbers = is_text(left) ? right : left;
    if (texts.op == Op::text && parse_double(texts.text)) {
      return "write " + texts.text + " without quotes";
    }
    if (numbers.op == Op::number) {
      return "column '" + texts.text + "' holds text: write '" + to_text(numbers) + "'";
    }
    return numbers.op == Op::name ? "column '" + numbers.text + "' holds numbers" : "";
  }

  TextOperand text(const Node& node) const {
    if (node.op == Op::text) return {nullptr, node.text};
    return {text_column(node)};
  }

  void unknown(const Node& node, bool beside_text) {
    std::string hint = beside_text ? "a text is written '" + node.text + "'"
                                   : did_you_mean_in_expression(node.text, table_.column_names());
    if (hint.empty()) hint = "columns are " + names_of_columns();
    report(node, "there is no column '" + node.text + "'", std::move(hint));
  }

  std::string names_of_columns() const {
    constexpr std::size_t kMost = 8;
    std::vector<std::string> names = table_.column_names();
    const std::size_t n = names.size();
    names.resize(std::min(n, kMost));
    for (std::string& name : names) name = quoted_if_needed(name);
    return join(names, ", ") + (n > kMost ? ", …" : "");
  }

  void report(const Node& node, const std::string& message, std::string hint = "") {
    problems_.push_back(expression_.problem(node, message, std::move(hint)));
  }

  void push(Step step, std::size_t n_taken) {
    // After a problem the stack no longer adds up, but then nothing will run.
    height_ = height_ - std::min(height_, n_taken) + 1;
    program_.stack_size = std::max(program_.stack_size, height_);
    program_.steps.push_back(std::move(step));
  }

  const Expression& expression_;
  const Table& table_;
  std::vector<Problem> problems_;
  Program program_;
  std::size_t height_ = 0;
};

double value_of(bool truth) { return truth ? 1 : 0; }

/// Runs a program over the rows of one block after another.
class Machine {
 public:
  explicit Machine(const Program& program)
      : program_(program), values_(program.stack_size * kBlockRows), stack_(program.stack_size) {}

  void run(std::size_t first_row, std::size_t n_rows, double* out) {
    first_row_ = first_row;
    n_rows_ = n_rows;
    height_ = 0;
    for (const Step& step : program_.steps) take(step);
    std::copy_n(stack_[0], n_rows, out);
  }

 private:
  void take(const Step& step) {
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
          return x == 0 || y == 0 ? 0 : std::isnan(x) || std::isnan(y) ? kMissing : 1;
        });
      default:  // logical_or: true whatever the other is
        return binary([](double x, double y) {
          const bool is_true = (!std::isnan(x) && x != 0) || (!std::isnan(y) && y != 0);
          return is_true ? 1 : std::isnan(x) || std::isnan(y) ? kMissing : 0;
        });
    }
  }

  void compare_texts(const Step& step) {
    make(0, [&](std::size_t i) {
      const std::string& left = step.left.at(first_row_ + i);
      if (step.op == Op::is_missing) return value_of(left.empty());
      const std::string& right = step.right.at(first_row_ + i);
      if (left.empty() || right.empty()) return kMissing;
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
    binary([f](double x, double y) { return std::isnan(x) || std::isnan(y) ? kMissing : f(x, y); });
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

  const Program& program_;
  Numbers values_;
  std::vector<const double*> stack_;
  std::size_t height_ = 0;
  std::size_t first_row_ = 0;
  std::size_t n_rows_ = 0;
};

/// The text column that an expression is, if it is no more than one.
std::optional<Column> text_column_of(const std::string& name, const Expression& expression,
                                     const Table& table) {
  const Node& root = expression.root;
  if (root.op == Op::text) return Column{name, Texts(table.n_rows(), root.text)};
  const Column* const column = root.op == Op::name ? table.find(root.text) : nullptr;
  if (!column || column->is_number()) return std::nullopt;
  return Column{name, column->values};
}

/// "C = 0, N = 5": what a value was computed from.
std::string values_in_row(const std::vector<const Column*>& inputs, std::size_t row) {
  std::vector<std::string> parts;
  for (const Column* input : inputs) {
    parts.push_back(input->name + " = " +
                    (input->is_number() ? shortest(std::get<Numbers>(input->values)[row])
                                        : "'" + std::get<Texts>(input->values)[row] + "'"));
  }
  return join(parts, ", ");
}

bool is_missing(const Column& column, std::size_t row) {
  return column.is_number() ? std::isnan(std::get<Numbers>(column.values)[row])
                            : std::get<Texts>(column.values)[row].empty();
}

void require_finite(const Numbers& values, const Expression& expression, const std::string& name,
                    const Table& table) {
  std::vector<const Column*> inputs;
  for (const std::string& input : names_in(expression)) inputs.push_back(table.find(input));
  std::vector<Problem> problems;
  std::size_t n_more = 0;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (std::isfinite(values[row])) continue;
    const bool has_missing = std::any_of(inputs.begin(), inputs.end(), [row](const Column* input) {
      return is_missing(*input, row);
    });
    if (has_missing) continue;
    if (problems.size() == kMostRowProblems) {
      ++n_more;
      continue;
    }
    const std::size_t line = row < table.lines().size() ? table.lines()[row] : 0;
    problems.push_back({{table.source(), line},
                        name + " is not a finite number" +
                            (inputs.empty() ? "" : " where " + values_in_row(inputs, row)),
                        problems.empty() ? "a condition can leave such rows out" : ""});
  }
  if (n_more > 0) {
    problems.push_back({{table.source()}, std::to_string(n_more) + " rows more like these"});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

/// What a row is known by: which of the distinct values of the columns so far it has.
using Ids = std::vector<std::size_t>;

Ids ids_of(const Column& column) {
  Ids ids;
  ids.reserve(column.size());
  const auto number = [&ids](const auto& cells, auto& known) {
    for (const auto& cell : cells) ids.push_back(known.emplace(cell, known.size()).first->second);
  };
  if (!column.is_number()) {
    std::unordered_map<std::string_view, std::size_t> known;
    number(std::get<Texts>(column.values), known);
    return ids;
  }
  // NaN differs from itself: all missing cells share an id that no number has.
  std::unordered_map<double, std::size_t> known;
  for (const double cell : std::get<Numbers>(column.values)) {
    ids.push_back(std::isnan(cell) ? std::numeric_limits<std::size_t>::max()
                                   : known.emplace(cell, known.size()).first->second);
  }
  return ids;
}

std::string value_in(const Column& column, std::size_t row) {
  if (is_missing(column, row)) return "";
  return column.is_number() ? shortest(std::get<Numbers>(column.values)[row])
                            : std::get<Texts>(column.values)[row];
}

std::string label_of(const Group& group, const std::vector<std::string>& columns) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string value = group.values[i].empty() ? "(missing)" : group.values[i];
    parts.push_back(columns.size() == 1 ? value : columns[i] + "=" + value);
  }
  return join(parts, ", ");
}

Column rows_of(const Column& column, std::span<const std::size_t> rows) {
  return std::visit(
      [&](const auto& cells) {
        std::remove_cvref_t<decltype(cells)> chosen;
        chosen.reserve(rows.size());
        for (const std::size_t row : rows) chosen.push_back(cells[row]);
        return Column{column.name, std::move(chosen)};
      },
      column.values);
}

}  // namespace

std::vector<double> evaluate(const Expression& expression, const Table& table) {
  const Program program = Compiler(expression, table).compile();
  Machine machine(program);
  Numbers values(table.n_rows());
  for (std::size_t row = 0; row < values.size(); row += kBlockRows) {
    machine.run(row, std::min(kBlockRows, values.size() - row), values.data() + row);
  }
  return values;
}

Table with_columns(Table table, const Mapping& mapping) {
  for (const auto& [name, expression] : mapping) {
    if (std::optional<Column> text = text_column_of(name, expression, table)) {
      table.set(std::move(*text));
      continue;
    }
    Numbers values = evaluate(expression, table);
    require_finite(values, expression, name, table);
    table.set({name, std::move(values)});
  }
  return table;
}

Table with_columns(Table table, std::string_view mapping) {
  return with_columns(std::move(table), parse_mapping(mapping));
}

Table where(const Table& table, const Expression& condition) {
  const Numbers truth = evaluate(condition, table);
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < truth.size(); ++row) {
    if (truth[row] != 0 && !std::isnan(truth[row])) rows.push_back(row);
  }
  return select_rows(table, rows);
}

Table where(const Table& table, std::string_view condition) {
  return where(table, parse_expression(condition));
}

Table select_rows(const Table& table, std::span<const std::size_t> rows) {
  Table chosen(table.source());
  for (const Column& column : table.columns()) chosen.add(rows_of(column, rows));
  if (!table.lines().empty()) {
    std::vector<std::size_t> lines;
    lines.reserve(rows.size());
    for (const std::size_t row : rows) lines.push_back(table.lines()[row]);
    chosen.set_lines(std::move(lines));
  }
  return chosen;
}

std::vector<Group> group_by(const Table& table, const std::vector<std::string>& columns) {
  Ids group_of_row(table.n_rows(), 0);
  std::size_t n_groups = table.n_rows() > 0 ? 1 : 0;
  for (const std::string& name : columns) {
    const Ids ids = ids_of(table.column(name));
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> known;
    for (std::size_t row = 0; row < ids.size(); ++row) {
      group_of_row[row] =
          known.emplace(std::pair{group_of_row[row], ids[row]}, known.size()).first->second;
    }
    n_groups = known.size();
  }
  std::vector<Group> groups(n_groups);
  for (std::size_t row = 0; row < group_of_row.size(); ++row) {
    groups[group_of_row[row]].rows.push_back(row);
  }
  for (Group& group : groups) {
    for (const std::string& name : columns) {
      group.values.push_back(value_in(table.column(name), group.rows.front()));
    }
    group.label = label_of(group, columns);
  }
  return groups;
}

}  // namespace rung
