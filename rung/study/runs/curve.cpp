#include "rung/study/runs/curve.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/statistics.hpp"
#include "rung/fit/neighbours.hpp"

namespace rung::runs {
namespace {

constexpr std::size_t kAround = 10;  // rows on either side that say what is usual
constexpr double kLeastRise = 0.01;  // of a spike, as a share of what is usual

/// Which rows are around one.
enum class Window {
  whole,     // as many as there are on either side
  centered,  // as many on one side as on the other: a curve that falls all along is its own median
};

/// Medians of the rows around each, itself among them.
std::vector<double> running_medians(const std::vector<double>& y, Window window) {
  std::vector<double> medians;
  for (std::size_t i = 0; i < y.size(); ++i) {
    std::size_t before = std::min(kAround, i), after = std::min(kAround, y.size() - 1 - i);
    if (window == Window::centered) before = after = std::min(before, after);
    const std::size_t begin = i - before, end = i + after + 1;
    std::vector<double> around;
    for (std::size_t j = begin; j < end; ++j) {
      if (std::isfinite(y[j])) around.push_back(y[j]);
    }
    medians.push_back(around.empty() ? y[i] : median(std::move(around)));
  }
  return medians;
}

/// The robust standard deviation of the rows about their medians.
double noise_about(const std::vector<double>& y, const std::vector<double>& medians) {
  std::vector<double> deviations;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (std::isfinite(y[i])) deviations.push_back(std::abs(y[i] - medians[i]));
  }
  return deviations.empty() ? 0 : kPerMad * median(std::move(deviations));
}

/// The robust standard deviation of noise, by what rows lie off the middle of the one before and
/// the one behind. Where a curve falls faster than it scatters, its rows are their own medians.
double noise_between(const std::vector<double>& y) {
  constexpr double kVariance = 1.5;  // of such a distance, over a row's
  std::vector<double> distances;
  for (std::size_t i = 1; i + 1 < y.size(); ++i) {
    const double distance = y[i] - (y[i - 1] + y[i + 1]) / 2;
    if (std::isfinite(distance)) distances.push_back(std::abs(distance));
  }
  return distances.empty() ? 0 : kPerMad * median(std::move(distances)) / std::sqrt(kVariance);
}

/// Rows off their neighbours in a curve that is too short for medians.
std::vector<OffValue> off_among_few(const Curve& curve) {
  if (!std::all_of(curve.y.begin(), curve.y.end(), [](double y) { return std::isfinite(y); }))
    return {};
  const Series series{curve.x, curve.y};
  return off_neighbours({&series, 1}, Course::falls, kLeastRise * std::abs(median(curve.y)));
}

}  // namespace

std::vector<double> smoothed(const std::vector<double>& y, std::size_t span) {
  const std::size_t half = span / 2;
  std::vector<double> means;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const std::size_t reach = std::min({half, i, y.size() - 1 - i});
    RunningMean mean;
    for (std::size_t j = i - reach; j <= i + reach; ++j) mean.add(y[j]);
    means.push_back(*mean.value());
  }
  return means;
}

bool tells_spikes(const Curve& curve) { return curve.y.size() >= kFewestForSpikes; }

std::vector<Spike> spikes_of(const Curve& curve) {
  std::vector<Spike> spikes;
  const auto add = [&](std::size_t row, double above) {
    if (!spikes.empty() && spikes.back().last + 2 >= row) {
      spikes.back().last = row;
      spikes.back().height = std::max(spikes.back().height, above);
    } else {
      spikes.push_back({row, row, above});
    }
  };
  if (!tells_spikes(curve)) return spikes;
  if (curve.y.size() < 2 * kAround) {
    for (const OffValue& off : off_among_few(curve)) {
      if (const double above = curve.y[off.place] - off.by_others; above > 0) add(off.place, above);
    }
    return spikes;
  }
  const std::vector<double> medians = running_medians(curve.y, Window::centered);
  const double noise = std::max(noise_about(curve.y, medians), noise_between(curve.y));
  // The first rows fall so fast that the median of those around says little of them.
  for (std::size_t i = std::min(kAround, curve.y.size() / 5); i < curve.y.size(); ++i) {
    const double above = curve.y[i] - medians[i];
    if (above > kOutstanding * noise && above > kLeastRise * std::abs(medians[i])) add(i, above);
  }
  return spikes;
}

std::optional<std::size_t> divergence_of(const Curve& curve) {
  if (curve.y.empty()) return std::nullopt;
  const auto lowest = std::min_element(curve.y.begin(), curve.y.end(), [](double a, double b) {
    return (std::isfinite(a) ? a : INFINITY) < (std::isfinite(b) ? b : INFINITY);
  });
  const auto row = static_cast<std::size_t>(lowest - curve.y.begin());
  if (!std::isfinite(curve.y.back())) return row;
  if (curve.y.size() < 2 * kAround) return std::nullopt;
  const std::vector<double> medians = running_medians(curve.y, Window::whole);
  const double noise = noise_about(curve.y, medians);
  const auto least = std::min_element(medians.begin(), medians.end());
  const double above = medians.back() - *least;
  if (above > kOutstanding * noise && above > 0.05 * std::abs(*least))
    return static_cast<std::size_t>(least - medians.begin());
  return std::nullopt;
}

std::size_t n_lost_at_end(const std::vector<double>& y) {
  constexpr std::size_t kFewestLost = 5, kFewestBefore = 20;
  constexpr double kDense = 0.95;
  const auto is_known = [](double value) { return !std::isnan(value); };
  const auto end = std::find_if(y.rbegin(), y.rend(), is_known).base();
  const auto n_before = static_cast<std::size_t>(end - y.begin());
  const std::size_t n_lost = y.size() - n_before;
  if (n_lost < kFewestLost || n_before < kFewestBefore) return 0;
  const auto n_known = static_cast<double>(std::count_if(y.begin(), end, is_known));
  return n_known >= kDense * static_cast<double>(n_before) ? n_lost : 0;
}

Curve without_spikes(const Curve& curve) {
  std::vector<bool> is_left_out(curve.y.size(), false);
  for (const Spike& spike : spikes_of(curve)) {
    for (std::size_t i = spike.first; i <= spike.last; ++i) is_left_out[i] = true;
  }
  Curve kept;
  for (std::size_t i = 0; i < curve.y.size(); ++i) {
    if (is_left_out[i] || !std::isfinite(curve.y[i])) continue;
    kept.x.push_back(curve.x[i]);
    kept.y.push_back(curve.y[i]);
  }
  return kept;
}

Curve without_trouble(const Curve& curve) {
  Curve kept = without_spikes(curve);
  const std::optional<std::size_t> divergence = divergence_of(curve);
  while (divergence && !kept.x.empty() && kept.x.back() >= curve.x[*divergence]) {
    kept.x.pop_back();
    kept.y.pop_back();
  }
  return kept;
}

}  // namespace rung::runs
