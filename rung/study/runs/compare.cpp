#include "rung/study/runs/compare.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"

namespace rung::runs {
namespace {

/// A curve's height in the middle of a stretch; without a variance where its rows are too few.
struct Height {
  double value = 0;
  std::optional<double> variance;
  double dof = 0;
};

/// How many rows without autocorrelation say as much as these, by what they lie off their line:
/// r, less its bias by the line, as of a first-order autoregression.
double n_independent(const std::vector<double>& off) {
  const auto n = static_cast<double>(off.size());
  double squares = off.front() * off.front(), products = 0;
  for (std::size_t i = 1; i < off.size(); ++i) {
    squares += off[i] * off[i];
    products += off[i] * off[i - 1];
  }
  if (squares == 0) return n;
  const double biased = products / squares;
  const double r = std::clamp(biased + (2 + 4 * biased) / n, 0.0, 0.99);
  return n * (1 - r) / (1 + r);
}

/// Without rows off the median by more than eight robust standard deviations: at a run's last rows
/// nothing behind them tells a spike. A stretch is short, so that its trend is little beside noise
/// or, without noise, the same everywhere.
Curve without_outliers(const Curve& rows) {
  const double middle = median(rows.y);
  std::vector<double> off;
  for (const double y : rows.y) off.push_back(std::abs(y - middle));
  const double most = kOutstanding * kPerMad * median(off);
  Curve kept;
  for (std::size_t i = 0; i < rows.x.size(); ++i) {
    if (most > 0 && off[i] > most) continue;
    kept.x.push_back(rows.x[i]);
    kept.y.push_back(rows.y[i]);
  }
  return kept;
}

/// By the straight line through rows, at least one.
Height height_at(double x, const Curve& all_rows) {
  const Curve rows = without_outliers(all_rows);
  const double mean_x = mean(rows.x), mean_y = mean(rows.y);
  const double spread = squared_deviations(rows.x);
  if (rows.x.size() < kFewestToCompare || !(spread > 0)) return {.value = mean_y, .variance = {}};
  double slope = 0;
  for (std::size_t i = 0; i < rows.x.size(); ++i)
    slope += (rows.x[i] - mean_x) * (rows.y[i] - mean_y) / spread;
  std::vector<double> off;
  RunningMean square;
  for (std::size_t i = 0; i < rows.x.size(); ++i) {
    off.push_back(rows.y[i] - mean_y - slope * (rows.x[i] - mean_x));
    square.add(off.back() * off.back());
  }
  const double dof = std::max(1.0, n_independent(off) - 2);
  const double lever = (x - mean_x) * (x - mean_x) / spread * static_cast<double>(rows.x.size());
  return {.value = mean_y + slope * (x - mean_x),
          .variance = *square.value() / dof * (1 + lever),
          .dof = dof};
}

/// Rows from one place to another, both included.
Curve part_of(const Curve& curve, double from, double to) {
  Curve part;
  for (std::size_t i = 0; i < curve.x.size(); ++i) {
    if (curve.x[i] < from || curve.x[i] > to) continue;
    part.x.push_back(curve.x[i]);
    part.y.push_back(curve.y[i]);
  }
  return part;
}

/// Where the last tenth of the rows up to a place begins; the place itself where there are none.
double begin_of_last_tenth(const Curve& curve, double to) {
  const auto end = std::upper_bound(curve.x.begin(), curve.x.end(), to);
  const auto n = static_cast<std::size_t>(end - curve.x.begin());
  return n == 0 ? to : curve.x[n - n_in_last_tenth(n)];
}

/// Row less row at the places that both have.
Curve row_differences(const Curve& run, const Curve& other) {
  Curve differences;
  std::size_t j = 0;
  for (std::size_t i = 0; i < run.x.size(); ++i) {
    while (j < other.x.size() && other.x[j] < run.x[i]) ++j;
    if (j == other.x.size() || other.x[j] != run.x[i]) continue;
    differences.x.push_back(run.x[i]);
    differences.y.push_back(run.y[i] - other.y[j]);
  }
  return differences;
}

/// Heights of two curves less each other, their errors independent (Welch).
Height less(const Height& run, const Height& other) {
  Height difference{.value = run.value - other.value, .variance = {}};
  if (!run.variance || !other.variance) return difference;
  const double variance = *run.variance + *other.variance;
  const double by_dof =
      *run.variance * *run.variance / run.dof + *other.variance * *other.variance / other.dof;
  difference.variance = variance;
  difference.dof = by_dof > 0 ? variance * variance / by_dof : run.dof + other.dof;
  return difference;
}

}  // namespace

std::string_view doubt_name(DifferenceDoubt doubt) {
  return doubt == DifferenceDoubt::none           ? ""
         : doubt == DifferenceDoubt::within_noise ? "within noise"
                                                  : "too few rows";
}

std::string difference_words(const Difference& difference) {
  const auto signed_words = [](double value, const std::string& digits) {
    return (value > 0 ? "+" : "") + digits;
  };
  const char* const mark = difference.doubt == DifferenceDoubt::none ? "" : " (?)";
  const auto& interval = difference.interval;
  const double half = interval ? (interval->upper - interval->lower) / 2 : 0;
  if (!(half > 0)) return signed_words(difference.value, significant(difference.value, 3)) + mark;
  // As many decimals as two digits of the interval take.
  const int n_decimals = std::clamp(1 - static_cast<int>(std::floor(std::log10(half))), 0, 12);
  const double step = std::pow(10, -n_decimals);
  const double value = std::abs(difference.value) < step / 2 ? 0 : difference.value;
  return signed_words(value, fixed(value, n_decimals)) + " ± " + fixed(half, n_decimals) + mark;
}

std::size_t n_in_last_tenth(std::size_t n_rows) { return std::max<std::size_t>(1, n_rows / 10); }

std::optional<Difference> difference_of(const Curve& run, const Curve& other, double level) {
  if (run.x.empty() || other.x.empty()) return std::nullopt;
  const double to = std::min(run.x.back(), other.x.back());
  const Curve calm = without_spikes(run), other_calm = without_spikes(other);
  const double from = std::min(begin_of_last_tenth(calm, to), begin_of_last_tenth(other_calm, to));
  const Curve rows = part_of(calm, from, to), others = part_of(other_calm, from, to);
  if (rows.x.empty() || others.x.empty()) return std::nullopt;
  const Curve differences = row_differences(rows, others);
  const double middle = (mean(rows.x) + mean(others.x)) / 2;
  const bool are_paired = differences.x.size() >= kFewestToCompare &&
                          2 * differences.x.size() > std::min(rows.x.size(), others.x.size());
  const Height height = are_paired ? height_at(middle, differences)
                                   : less(height_at(middle, rows), height_at(middle, others));
  Difference found{.value = height.value, .from = from, .to = to, .interval = {}};
  if (!height.variance) return found;
  const double half = student_t_quantile((1 + level) / 2, height.dof) * std::sqrt(*height.variance);
  found.interval = {level, found.value - half, found.value + half, "rows' scatter"};
  found.doubt = found.interval->lower <= 0 && 0 <= found.interval->upper
                    ? DifferenceDoubt::within_noise
                    : DifferenceDoubt::none;
  return found;
}

}  // namespace rung::runs
