#include "rung/study/table/shares.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/fit/possible.hpp"

namespace rung::table {
namespace {

/// " hellaswag acc ", " accuracy shot ": a name's words.
std::string words_of(const std::string& name) {
  std::string words = lower_case(name);
  for (char& c : words)
    if (c < 'a' || c > 'z') c = ' ';
  return " " + words + " ";
}

bool has_any(const std::string& words, std::initializer_list<const char*> of) {
  return std::any_of(of.begin(), of.end(), [&](const char* word) {
    return words.find(" " + std::string(word) + " ") != words.npos;
  });
}

/// "acc", "hellaswag_acc", "Accuracy_5shot", "error_rate", "exact_match"; not "accuracy_std",
/// "relative_error", "acc_loss".
bool names_share(const std::string& column) {
  const std::string words = words_of(column);
  if (has_any(words, {"acc", "accuracy", "exact match", "error rate"}))
    return !has_any(words, {"loss", "std", "sd", "stderr", "variance"});
  // Other errors are of numbers, and have no end.
  return has_any(words, {"error", "err"}) &&
         !has_any(words, {"loss", "std", "standard", "squared", "square", "mean", "absolute", "abs",
                          "relative", "rel", "prediction", "log", "bar"});
}

/// Values at as many rows, of numbers for each of the names.
std::vector<double> values_at(const Expression& expression, const std::vector<std::string>& names,
                              const std::vector<std::vector<double>>& columns) {
  Table table;
  for (std::size_t k = 0; k < names.size(); ++k) table.add({names[k], columns[k]});
  return evaluate(expression, table);
}

/// What it is where each of the names goes from 0 to `most`; absent where it is not linear.
std::optional<ValueRange> ends_of(const Expression& expression,
                                  const std::vector<std::string>& names, double most) {
  // At 0, then each name alone at `most`, then all at places that only a linear one follows.
  const std::size_t n = names.size();
  std::vector<std::vector<double>> columns(n, std::vector<double>(n + 3, 0));
  for (std::size_t k = 0; k < n; ++k) {
    columns[k][k + 1] = most;
    columns[k][n + 1] = most * (0.31 + 0.17 * std::sin(static_cast<double>(k)));
    columns[k][n + 2] = most * (0.72 - 0.13 * std::sin(static_cast<double>(k)));
  }
  const std::vector<double> values = values_at(expression, names, columns);
  ValueRange ends{values[0], values[0]};
  double first = values[0], second = values[0];
  for (std::size_t k = 0; k < n; ++k) {
    const double rise = values[k + 1] - values[0];
    (rise < 0 ? ends.least : ends.most) += rise;
    first += rise * columns[k][n + 1] / most;
    second += rise * columns[k][n + 2] / most;
  }
  constexpr double kRounding = 1e-9;
  const double near = kRounding * (ends.most - ends.least);
  const bool is_linear =
      std::abs(first - values[n + 1]) <= near && std::abs(second - values[n + 2]) <= near;
  return is_linear && ends.most > ends.least ? std::optional(ends) : std::nullopt;
}

bool are_within(const std::vector<double>& values, const std::vector<std::size_t>& rows,
                const ValueRange& range) {
  return std::all_of(rows.begin(), rows.end(),
                     [&](std::size_t row) { return is_possible(values[row], range); });
}

bool are_shares(const Points& points) {
  for (std::size_t i = 0; i < points.size(); ++i)
    if (!is_possible(points.y(i), kPossibleShares)) return false;
  return true;
}

}  // namespace

std::optional<ValueRange> possible_values(const Prepared& prepared, const Request& request,
                                          const Sample& sample) {
  const Expression y = parse_expression(request.y, "--y");
  const std::vector<std::string> names = names_in(y);
  const bool is_accuracy_law = prepared.law->info.output == "accuracy";
  const bool has_shares = std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return prepared.table.has(name) && (is_accuracy_law || names_share(name));
  });
  if (names.empty() || !has_shares) return std::nullopt;
  constexpr double kPercent = 100;
  double most = 1;
  for (const std::string& name : names) {
    const std::vector<double> values =
        evaluate(parse_expression(quoted_if_needed(name)), prepared.table);
    if (are_within(values, sample.rows, {0, most})) continue;
    most = kPercent;
    if (!are_within(values, sample.rows, {0, most})) return std::nullopt;
  }
  if (most == kPercent && !are_shares(sample.points)) return std::nullopt;
  return ends_of(y, names, most);
}

}  // namespace rung::table
