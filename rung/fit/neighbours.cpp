#include "rung/fit/neighbours.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"

namespace rung {
namespace {

/// Standard deviations from which a value is off.
constexpr double kOff = 4;
constexpr std::size_t kMostTogether = 3, kFewestToKnowTheSd = 8;
/// A series' own standard deviation counts up to this many of all series': more than one value of
/// it may be wrong.
constexpr double kMostOfOthers = 5;
/// In one step, as a learning rate that falls late makes it: least differences, and as much as in
/// all the series before.
constexpr double kMostAtEnd = 5;
constexpr double kNormalOfMedian = 1.4826;
const double kOfTwo = std::sqrt(2.0);  // sd of a difference

/// Places `left` < `right` of a series around some of its values; none is before the first or
/// behind the last.
struct Gap {
  std::ptrdiff_t left, right;
};

class SeriesTest {
 public:
  SeriesTest(const Series& series, Course course, double least_off)
      : x_(series.x), y_(series.y), n_(std::ssize(series.y)), least_sd_(series.least_sd) {
    falls_ = course == Course::falls;
    if (n_ < 2) return;
    const auto [low, high] = std::minmax_element(y_.begin(), y_.end() - 1);
    most_at_end_ = std::max(*high - *low, kMostAtEnd * least_off);
    for (std::ptrdiff_t i = 1; i + 1 < n_; ++i)
      noise_.push_back(std::abs(off_line(i, i - 1, i + 1)));
  }

  /// |Value less the line between its neighbours|, over the sd of that in those of a value.
  const std::vector<double>& noise() const { return noise_; }

  std::vector<OffValue> off(std::size_t place_among, double sd_of_all, double least_sd) const {
    std::vector<OffValue> found;
    constexpr std::ptrdiff_t kFewestToJudge = 3;
    if (n_ < kFewestToJudge) return found;
    std::vector<bool> known(y_.size(), false);
    const std::ptrdiff_t most =
        std::clamp<std::ptrdiff_t>(n_ / 4, 1, static_cast<std::ptrdiff_t>(kMostTogether));
    for (std::ptrdiff_t n = 1; n <= most; ++n) {
      for (std::ptrdiff_t first = 0; first + n <= n_; ++first) {
        const Gap gap{first - 1, first + n};
        if (!are_off(gap, sd_of_all, least_sd)) continue;
        for (std::ptrdiff_t i = first; i < first + n; ++i) {
          if (known[static_cast<std::size_t>(i)]) continue;
          known[static_cast<std::size_t>(i)] = true;
          found.push_back({place_among, static_cast<std::size_t>(i), by_others(i, gap)});
        }
      }
    }
    std::sort(found.begin(), found.end(),
              [](const OffValue& a, const OffValue& b) { return a.place < b.place; });
    return found;
  }

 private:
  double x(std::ptrdiff_t i) const { return x_[static_cast<std::size_t>(i)]; }
  double y(std::ptrdiff_t i) const { return y_[static_cast<std::size_t>(i)]; }

  /// Of value i from the line through j and k, over what that has for a standard deviation where a
  /// value has 1.
  double off_line(std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t k) const {
    const double t = (x(i) - x(j)) / (x(k) - x(j));
    return (y(i) - (1 - t) * y(j) - t * y(k)) / std::sqrt(1 + t * t + (1 - t) * (1 - t));
  }

  double by_others(std::ptrdiff_t i, const Gap& gap) const {
    if (gap.left < 0) return y(gap.right);
    if (gap.right >= n_) return y(gap.left);
    const double t = (x(i) - x(gap.left)) / (x(gap.right) - x(gap.left));
    return (1 - t) * y(gap.left) + t * y(gap.right);
  }

  /// How far value i is off all that those around the gap say; 0 where it is between them.
  double distance(std::ptrdiff_t i, const Gap& gap) const {
    const auto [left, right] = gap;
    const bool has_left = left >= 0, has_right = right < n_;
    double least = kInfinity, most = -kInfinity;
    const auto add = [&](double off) {
      least = std::min(least, off);
      most = std::max(most, off);
    };
    const auto add_side = [&](std::ptrdiff_t nearest, std::ptrdiff_t next) {
      add((y(i) - y(nearest)) / kOfTwo);
      if (next < 0 || next >= n_) return;
      add(off_line(i, next, nearest));
      // The nearest value might be the one that is wrong.
      add((y(i) - y(next)) / kOfTwo);
    };
    if (has_left) add_side(left, left - 1);
    if (has_right) add_side(right, right + 1);
    if (has_left && has_right) add(off_line(i, left, right));
    const double off = least > 0 ? least : most < 0 ? most : 0;
    if (has_left && has_right) return std::abs(off);
    const bool is_worse = (off > 0) == falls_;
    if (is_worse == has_left) return std::abs(off);
    return has_left && left == n_ - 2 ? std::max(0.0, std::abs(off) - most_at_end_) : 0;
  }

  /// The series' own noise without the values in question and what they are neighbours of.
  double own_sd(const Gap& gap) const {
    std::vector<double> others;
    for (std::ptrdiff_t i = 1; i + 1 < n_; ++i) {
      if (i < gap.left || i > gap.right) others.push_back(noise_[static_cast<std::size_t>(i - 1)]);
    }
    return others.empty() ? 0 : kNormalOfMedian * median(std::move(others));
  }

  bool are_off(const Gap& gap, double sd_of_all, double least_sd) const {
    const double sd = std::max({sd_of_all, least_sd, least_sd_});
    // Nearly all values are near the one before or behind the gap, which takes no time to see.
    const auto is_near = [&](std::ptrdiff_t i, std::ptrdiff_t other) {
      return other >= 0 && other < n_ && std::abs(y(i) - y(other)) <= kOfTwo * kOff * sd;
    };
    double least = kInfinity;
    for (std::ptrdiff_t i = gap.left + 1; i < gap.right && least > kOff * sd; ++i) {
      if (is_near(i, gap.left) || is_near(i, gap.right)) return false;
      least = std::min(least, distance(i, gap));
    }
    if (!(least > kOff * sd)) return false;
    return least > kOff * std::max(sd, std::min(own_sd(gap), kMostOfOthers * sd_of_all));
  }

  std::span<const double> x_, y_;
  std::ptrdiff_t n_;
  double least_sd_;
  bool falls_;
  double most_at_end_ = 0;  // that the last value may be better than the one before
  std::vector<double> noise_;
};

}  // namespace

std::vector<OffValue> off_neighbours(std::span<const Series> series, Course course,
                                     double least_off) {
  std::vector<SeriesTest> tests;
  std::vector<double> noise;
  for (const Series& one : series) {
    const SeriesTest& test = tests.emplace_back(one, course, least_off);
    noise.insert(noise.end(), test.noise().begin(), test.noise().end());
  }
  if (noise.size() < kFewestToKnowTheSd) return {};
  const double sd = kNormalOfMedian * median(std::move(noise));
  std::vector<OffValue> found;
  for (std::size_t s = 0; s < tests.size(); ++s) {
    const std::vector<OffValue> of_series = tests[s].off(s, sd, least_off / kOff);
    found.insert(found.end(), of_series.begin(), of_series.end());
  }
  return found;
}

}  // namespace rung
