#include "rung/data/column_program.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

using Node = ExpressionNode;
using Numbers = std::vector<double>;

bool is_comparison(Op op) { return op >= Op::less && op <= Op::not_equal; }

/// Checks an expression against a table's columns, and lays it out as a program.
class Compiler {
 public:
  Compiler(const Expression& expression, const Table& table)
      : expression_(expression), table_(table) {}

  ColumnProgram compile() {
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
        return literal(node);
      case Op::text:
        return report(node, "'" + node.text + "' is text; a number is needed here",
                      table_.has(node.text)
                          ? "a column's name goes into backticks: `" + node.text + "`"
                      : parse_double(node.text) ? "write " + node.text + " without quotes"
                                                : "");
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

  /// 7B is 7e9, unless a column is called B.
  void literal(const Node& node) {
    const std::string suffix = node.text.substr(node.text.find_last_of("0123456789.") + 1);
    if (!suffix.empty() && table_.has(suffix)) {
      return report(node,
                    "is this " + shortest(node.number) + ", or a product with '" + suffix + "'?",
                    "write it with *, or as " + shortest(node.number));
    }
    push({.op = node.op, .number = node.number}, 0);
  }

  void name(const Node& node) {
    if (is_unknown(node)) return unknown(node, false);
    const Column& column = *table_.find(node.text);
    if (column.is_number())
      return push({.op = node.op, .column = std::get<Numbers>(column.values).data()}, 0);
    if (const ReadColumn* const read = as_numbers(node))
      return push({.op = node.op, .column = read->as.numbers.data()}, 0);
    report_text(node, column);
  }

  /// "column 'data' holds text ('c4' in t.csv:2)": the first text that it holds.
  void report_text(const Node& node, const Column& column) {
    const auto& texts = std::get<Texts>(column.values);
    const auto first = std::find_if(texts.begin(), texts.end(),
                                    [](const std::string& text) { return !is_missing_word(text); });
    std::string which, hint;
    if (first != texts.end()) {
      const Location at = table_.location(static_cast<std::size_t>(first - texts.begin()));
      which = " ('" + *first + "'" +
              (at.line > 0 ? " in " + at.file + ":" + std::to_string(at.line) : "") + ")";
      hint = how_to_write(*first);
    }
    report(node, "column '" + node.text + "' holds text" + which + "; a number is needed here",
           hint);
  }

  /// The text column that a node names, as numbers; null where none of its cells is one.
  const ReadColumn* as_numbers(const Node& node) {
    const Texts* const texts = text_column(node);
    if (!texts) return nullptr;
    const Column* const column = table_.find(node.text);
    for (const ReadColumn& read : program_.read_columns) {
      if (read.column == column) return &read;
    }
    auto numbers = numbers_of(*texts);
    if (!numbers) return nullptr;
    return &program_.read_columns.emplace_back(ReadColumn{column, std::move(*numbers)});
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
    if (of_numbers(left, right)) {
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
    if (!instants(op, left, right))
      push({.op = op, .of_text = true, .left = text(left), .right = text(right)}, 0);
  }

  /// Beside a number, a column of text is read as numbers if some of its cells are.
  bool of_numbers(const Node& left, const Node& right) {
    if (!is_text(left) && !is_text(right)) return true;
    if (is_unknown(left) || is_unknown(right) || (is_text(left) && is_text(right))) return false;
    return as_numbers(is_text(left) ? left : right) != nullptr;
  }

  /// The texts of a node as instants; one for a literal.
  std::optional<std::vector<std::optional<Instant>>> instants_in(const Node& node) const {
    return node.op == Op::text ? instants_of({node.text}) : instants_of(*text_column(node));
  }

  /// Compares instants as such, if both sides hold nothing else; false if they don't.
  bool instants(Op op, const Node& left, const Node& right) {
    if (left.op == Op::text && right.op == Op::text) return false;
    const auto a = instants_in(left);
    const auto b = a ? instants_in(right) : std::nullopt;
    if (!a || !b) return false;
    const double zone_a = zone_if_none(left, *a, *b), zone_b = zone_if_none(right, *b, *a);
    push_seconds(left, *a, zone_a);
    push_seconds(right, *b, zone_b);
    push({op}, 2);
    return true;
  }

  /// In which zone to read those of `values` that name none: any, if no other names one either;
  /// that of the column beside a literal, if it is one; else it can't be known.
  double zone_if_none(const Node& node, const std::vector<std::optional<Instant>>& values,
                      const std::vector<std::optional<Instant>>& others) {
    std::set<double> zones;
    std::size_t first_without = values.size();
    for (const auto* side : {&values, &others}) {
      for (const auto& value : *side) {
        if (value && value->zone_seconds) zones.insert(*value->zone_seconds);
      }
    }
    for (std::size_t i = values.size(); i-- > 0;) {
      if (values[i] && !values[i]->zone_seconds) first_without = i;
    }
    if (zones.empty() || first_without == values.size()) return 0;
    if (node.op == Op::text && zones.size() == 1 &&
        std::all_of(others.begin(), others.end(),
                    [](const auto& other) { return !other || other->zone_seconds; }))
      return *zones.begin();
    const std::string hint = "write each with its zone: Z is Greenwich's";
    const std::string message = " names no zone, others that it is compared with do";
    if (node.op == Op::text) {
      report(node, "'" + node.text + "'" + message, hint);
    } else {
      problems_.push_back({table_.location(first_without),
                           node.text + " '" + text_column(node)->at(first_without) + "'" + message,
                           hint});
    }
    return 0;
  }

  void push_seconds(const Node& node, const std::vector<std::optional<Instant>>& values,
                    double zone) {
    if (node.op == Op::text)
      return push({.op = Op::number, .number = values.front()->seconds(zone)}, 0);
    Numbers& seconds = program_.time_columns.emplace_back();
    for (const auto& value : values) seconds.push_back(value ? value->seconds(zone) : kNaN);
    push({.op = Op::name, .column = seconds.data()}, 0);
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
    const std::string& source = table_.source();
    report(node, "there is no column '" + node.text + "'" + (source.empty() ? "" : " in " + source),
           std::move(hint));
  }

  std::string names_of_columns() const {
    constexpr std::size_t kMost = 8;
    std::vector<std::string> names = table_.column_names();
    // Those of our own making, which nobody wrote.
    std::erase_if(names, [](const std::string& name) { return name.starts_with('('); });
    const std::size_t n = names.size();
    names.resize(std::min(n, kMost));
    for (std::string& name : names) name = quoted_if_needed(name);
    return join(names, ", ") + (n > kMost ? ", …" : "");
  }

  void report(const Node& node, const std::string& message, std::string hint = "") {
    problems_.push_back(expression_.problem(node, message, std::move(hint)));
  }

  void push(ProgramStep step, std::size_t n_taken) {
    // After a problem the stack no longer adds up, but then nothing will run.
    height_ = height_ - std::min(height_, n_taken) + 1;
    program_.stack_size = std::max(program_.stack_size, height_);
    program_.steps.push_back(std::move(step));
  }

  const Expression& expression_;
  const Table& table_;
  std::vector<Problem> problems_;
  ColumnProgram program_;
  std::size_t height_ = 0;
};

}  // namespace

ColumnProgram compile(const Expression& expression, const Table& table) {
  return Compiler(expression, table).compile();
}

}  // namespace rung
