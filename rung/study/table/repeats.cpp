#include "rung/study/table/repeats.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <numeric>
#include <span>
#include <vector>

#include "rung/core/expression.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/study/table/column_checks.hpp"

namespace rung::table {
namespace {

std::uint64_t mixed(std::uint64_t hash, std::uint64_t next) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  return (hash ^ (hash >> 29)) * kOdd + next;
}

/// Of rows, by all columns but those: equal where the rows are.
std::vector<std::uint64_t> hashes_without(const std::vector<std::string>& left_out,
                                          const Table& table,
                                          const std::vector<std::size_t>& rows) {
  std::vector<std::uint64_t> hashes(rows.size());
  for (const Column& column : table.columns()) {
    if (contains(left_out, column.name)) continue;
    if (const auto* numbers = std::get_if<std::vector<double>>(&column.values)) {
      for (std::size_t i = 0; i < rows.size(); ++i)
        hashes[i] = mixed(hashes[i], std::bit_cast<std::uint64_t>((*numbers)[rows[i]]));
    } else {
      const auto& texts = std::get<std::vector<std::string>>(column.values);
      for (std::size_t i = 0; i < rows.size(); ++i)
        hashes[i] = mixed(hashes[i], std::hash<std::string>()(texts[rows[i]]));
    }
  }
  return hashes;
}

/// Measurements as the table has them, where they come from one column, else as they are fitted.
std::vector<double> measured(const Prepared& prepared, const std::vector<std::string>& columns,
                             const std::vector<std::size_t>& rows) {
  const Column* only = columns.size() == 1 ? prepared.table.find(columns.front()) : nullptr;
  const std::vector<double>& all =
      prepared.table.numbers(only != nullptr && only->is_number() ? only->name : kY);
  std::vector<double> values;
  for (const std::size_t row : rows) values.push_back(all[row]);
  return values;
}

/// 0.001 of numbers with up to three decimals, at least one of which has three; 0 where they have
/// more than a double holds.
double last_digit_of(std::span<const double> values) {
  constexpr double kMost = 1e15;
  for (double scale = 1; scale <= kMost; scale *= 10) {
    if (std::all_of(values.begin(), values.end(),
                    [scale](double value) { return std::round(value * scale) / scale == value; }))
      return 1 / scale;
  }
  return 0;
}

/// That two values of normal noise round to the same multiple of `step`, wherever these lie about
/// their mean: the mean of 1 - |d| / step over differences d of less than a step.
double chance_of_agreement(double sd, double step) {
  const double s = std::numbers::sqrt2 * sd / step;
  return std::erf(1 / (s * std::numbers::sqrt2)) -
         s * std::sqrt(2 / std::numbers::pi) * -std::expm1(-1 / (2 * s * s));
}

/// Rows that differ in what was measured, if at all: how many pairs they make, and how they scatter
/// about their means.
struct AlikeRows {
  double n_pairs = 0, squares = 0, dof = 0;
};

/// Of values with a hash of all else in their rows.
AlikeRows alike_rows(const std::vector<double>& values, const std::vector<std::uint64_t>& hashes) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return hashes[a] != hashes[b] ? hashes[a] < hashes[b] : a < b;
  });
  AlikeRows found;
  for (std::size_t from = 0, to = 0; from < order.size(); from = to) {
    std::vector<double> alike;
    for (; to < order.size() && hashes[order[to]] == hashes[order[from]]; ++to)
      alike.push_back(values[order[to]]);
    const double n = static_cast<double>(alike.size());
    found.n_pairs += n * (n - 1) / 2;
    found.squares += squared_deviations(alike);
    found.dof += n - 1;
  }
  return found;
}

}  // namespace

bool Repeats::may_be_chance() const {
  if (n == 0 || n_by_chance == 0) return n == 0;
  constexpr double kChance = 1e-3;
  double fewer = 0;  // the chance that fewer agree, by Poisson's law
  for (std::size_t k = 0; k < n; ++k) {
    const double count = static_cast<double>(k);
    fewer += std::exp(count * std::log(n_by_chance) - n_by_chance - std::lgamma(count + 1));
  }
  return 1 - fewer >= kChance;
}

bool Repeats::narrow_intervals() const {
  constexpr double kNarrower = 0.01;  // each row twice: by 29%
  return !may_be_chance() &&
         1 - std::sqrt(1 - static_cast<double>(n) / static_cast<double>(n_rows)) >= kNarrower;
}

std::string Repeats::words() const {
  return std::to_string(n) +
         (n == 1 ? " row repeats another in every column, and counts as a measurement of its own"
                 : " rows repeat another in every column, and each counts as a measurement of its "
                   "own");
}

Repeats repeats_of(const Prepared& prepared, const Sample& sample) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < sample.points.size(); ++i) {
    if (sample.points.weight(i) > 0) rows.push_back(sample.rows[i]);
  }
  std::vector<std::uint64_t> whole = hashes_without({}, prepared.table, rows);
  std::sort(whole.begin(), whole.end());
  const auto once = std::unique(whole.begin(), whole.end());
  Repeats found{.n_rows = rows.size(), .n = static_cast<std::size_t>(whole.end() - once)};
  if (found.n == 0) return found;
  std::vector<std::string> columns = names_in(parse_expression(prepared.y, "--y"));
  const std::vector<double> values = measured(prepared, columns, rows);
  columns.emplace_back(kY);
  const AlikeRows alike = alike_rows(values, hashes_without(columns, prepared.table, rows));
  const double digit = last_digit_of(values);
  // Without a scatter, nothing says that the rows could differ.
  if (digit > 0 && alike.squares > 0)
    found.n_by_chance =
        alike.n_pairs * chance_of_agreement(std::sqrt(alike.squares / alike.dof), digit);
  return found;
}

}  // namespace rung::table
