#pragma once
/// Summaries of lists of numbers, and evenly spaced lists. Every sum goes from the first value to
/// the last, so that a result is the same to the last bit whatever computes it.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace rung {

/// A mean of values that come one by one, leaving out those that are absent.
class RunningMean {
 public:
  void add(double value) {
    sum_ += value;
    ++n_;
  }
  void add(const std::optional<double>& value) {
    if (value) add(*value);
  }
  std::size_t n() const { return n_; }
  /// Absent where nothing was added.
  std::optional<double> value() const {
    return n_ > 0 ? std::optional(sum_ / static_cast<double>(n_)) : std::nullopt;
  }

 private:
  double sum_ = 0;
  std::size_t n_ = 0;
};

/// Of at least one value.
double mean(std::span<const double> values);

/// Sum of squared deviations from the mean. Two passes: E[x^2] - E[x]^2 cancels where a metric
/// has levelled off.
double squared_deviations(std::span<const double> values);

/// Over n - 1, of at least two values.
double sample_variance(std::span<const double> values);
double sample_sd(std::span<const double> values);

/// Over n.
double population_sd(std::span<const double> values);

/// Of at least one value; of an even number, the mean of the two in the middle.
double median(std::vector<double> values);

/// One of the values, at least one: of an even number, the greater of the two in the middle.
double upper_median(std::vector<double> values);

/// The quantile p of values in ascending order, at least one, between neighbours by a straight
/// line; they may be infinite.
double sorted_quantile(std::span<const double> ascending, double p);

/// Pearson's r; absent where one of the two never changes.
std::optional<double> correlation(std::span<const double> x, std::span<const double> y);

/// Ranks from 0; equal values share the mean of theirs.
std::vector<double> ranks(std::span<const double> values);

/// The values in ascending order, each once.
std::vector<double> sorted_distinct(std::vector<double> values);

/// n values from `low` to `high`, both exactly, by equal steps; n is at least 2.
std::vector<double> linear_grid(double low, double high, std::size_t n);

/// The same by equal ratios; both ends are positive.
std::vector<double> log_grid(double low, double high, std::size_t n);

/// All in 0 to 100, and mostly above 1.
bool looks_like_percent(std::span<const double> values);

}  // namespace rung
