#include "rung/study/plan/isoflop.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"

namespace rung::plan {
namespace {

PowerOfCompute power_through(const std::vector<IsoflopBottom>& bottoms,
                             double IsoflopBottom::*quantity) {
  double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (const IsoflopBottom& bottom : bottoms) {
    if (!bottom.inside) continue;
    const double x = std::log(bottom.compute_flops), y = std::log(bottom.*quantity);
    n += 1, sx += x, sy += y, sxx += x * x, sxy += x * y;
  }
  const double exponent = (sxy - sx * sy / n) / (sxx - sx * sx / n);
  return {std::exp((sy - exponent * sx) / n), exponent};
}

IsoflopFit powers_of(std::vector<IsoflopBottom> bottoms, const std::string& what) {
  const auto n_inside = std::count_if(bottoms.begin(), bottoms.end(),
                                      [](const IsoflopBottom& bottom) { return bottom.inside; });
  if (n_inside < 2)
    throw InputError(what,
                     "where the runs' compute is not 6 N D, say it: --x \"..., C=COLUMN\"; "
                     "--approach 3 needs no budgets");
  IsoflopFit fit{.bottoms = std::move(bottoms)};
  fit.n_params = power_through(fit.bottoms, &IsoflopBottom::n_params);
  fit.n_tokens = power_through(fit.bottoms, &IsoflopBottom::n_tokens);
  return fit;
}

/// Least squares of c0 + c1 x + c2 x^2 with x centred; [c0, c1, c2].
std::optional<std::array<double, 3>> parabola(const std::vector<double>& x,
                                              const std::vector<double>& y) {
  double m[3][4] = {};
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double powers[3] = {1, x[i], x[i] * x[i]};
    for (int r = 0; r < 3; ++r) {
      for (int c = 0; c < 3; ++c) m[r][c] += powers[r] * powers[c];
      m[r][3] += powers[r] * y[i];
    }
  }
  for (int k = 0; k < 3; ++k) {
    int pivot = k;
    for (int r = k + 1; r < 3; ++r) {
      if (std::abs(m[r][k]) > std::abs(m[pivot][k])) pivot = r;
    }
    std::swap(m[k], m[pivot]);
    if (std::abs(m[k][k]) < 1e-12) return std::nullopt;
    for (int r = 0; r < 3; ++r) {
      if (r == k) continue;
      const double factor = m[r][k] / m[k][k];
      for (int c = k; c < 4; ++c) m[r][c] -= factor * m[k][c];
    }
  }
  return std::array{m[0][3] / m[0][0], m[1][3] / m[1][1], m[2][3] / m[2][2]};
}

/// Of the parabola through a budget's losses over ln of a quantity; low and high are the data's.
struct Slice {
  double at = 0, value = 0, curvature = 0, low = 0, high = 0;
};

/// Absent for fewer than three runs, and for losses that don't bend upwards.
std::optional<Slice> slice_over(const std::vector<IsoflopPoint>& budget,
                                double IsoflopPoint::*quantity) {
  if (budget.size() < 3) return std::nullopt;
  double centre = 0;
  for (const IsoflopPoint& point : budget)
    centre += std::log(point.*quantity) / static_cast<double>(budget.size());
  std::vector<double> x, y;
  for (const IsoflopPoint& point : budget) {
    x.push_back(std::log(point.*quantity) - centre);
    y.push_back(point.loss);
  }
  const auto fitted = parabola(x, y);
  if (!fitted || (*fitted)[2] <= 0) return std::nullopt;
  const auto [c0, c1, c2] = *fitted;
  const auto [low, high] = std::minmax_element(x.begin(), x.end());
  return Slice{centre - c1 / (2 * c2), c0 - c1 * c1 / (4 * c2), 2 * c2, centre + *low,
               centre + *high};
}

/// To 1%.
bool all_six_nd(const std::vector<IsoflopPoint>& points) {
  return std::all_of(points.begin(), points.end(), [](const IsoflopPoint& point) {
    const double six_nd = kTrainingFlops * point.n_params * point.n_tokens;
    return std::abs(six_nd / point.compute_flops - 1) <= 0.01;
  });
}

/// The geometric mean of what the runs of a budget cost.
double compute_of(const std::vector<IsoflopPoint>& budget) {
  double mean = 0;
  for (const IsoflopPoint& point : budget)
    mean += std::log(point.compute_flops) / static_cast<double>(budget.size());
  return std::exp(mean);
}

/// Of the budgets that have one, in their order.
std::vector<IsoflopBottom> bottoms_of(const std::vector<std::vector<IsoflopPoint>>& budgets,
                                      bool own_compute) {
  std::vector<IsoflopBottom> bottoms;
  for (const std::vector<IsoflopPoint>& budget : budgets) {
    const auto slice = slice_over(budget, &IsoflopPoint::n_params);
    if (!slice) continue;
    const double c = compute_of(budget), n = std::exp(slice->at);
    double tokens = c / (kTrainingFlops * n);
    if (own_compute) {
      const auto over_tokens = slice_over(budget, &IsoflopPoint::n_tokens);
      if (!over_tokens) continue;
      tokens = std::exp(over_tokens->at);
    }
    bottoms.push_back({.compute_flops = c,
                       .n_params = n,
                       .n_tokens = tokens,
                       .loss = slice->value,
                       .curvature = slice->curvature,
                       .inside = slice->at > slice->low && slice->at < slice->high,
                       .off_centre = (slice->low + slice->high) / 2 - slice->at,
                       .width = slice->high - slice->low});
  }
  return bottoms;
}

/// What the lowest loss changes with ln C, between the bottoms on either side of `compute_flops`.
double slope_at(const std::vector<IsoflopBottom>& bottoms, double compute_flops) {
  const auto above = std::find_if(
      bottoms.begin() + 1, bottoms.end() - 1,
      [&](const IsoflopBottom& bottom) { return bottom.compute_flops > compute_flops; });
  const IsoflopBottom &upper = *above, &lower = *(above - 1);
  return (upper.loss - lower.loss) / std::log(upper.compute_flops / lower.compute_flops);
}

/// The runs as if each had cost what its budget does: the losses of runs near the best size change
/// with compute as the lowest one does, to first order.
std::vector<std::vector<IsoflopPoint>> at_common_compute(
    std::vector<std::vector<IsoflopPoint>> budgets, const std::vector<IsoflopBottom>& bottoms) {
  for (std::vector<IsoflopPoint>& budget : budgets) {
    const double c = compute_of(budget);
    const double slope = slope_at(bottoms, c);
    for (IsoflopPoint& point : budget) point.loss += slope * std::log(c / point.compute_flops);
  }
  return budgets;
}

using Budget = std::vector<IsoflopPoint>;

/// From the first to the last of runs by ascending compute.
double width_of(const Budget& runs) {
  return std::log(runs.back().compute_flops / runs.front().compute_flops);
}

/// Of runs by ascending compute; each part begins where `begins(part, run)` says so.
template <class Begins>
std::vector<Budget> cut(const Budget& runs, const Begins& begins) {
  std::vector<Budget> parts;
  for (const IsoflopPoint& run : runs) {
    if (parts.empty() || begins(parts.back(), run)) parts.emplace_back();
    parts.back().push_back(run);
  }
  return parts;
}

double gap_between(const IsoflopPoint& run, const IsoflopPoint& next) {
  return std::log(next.compute_flops / run.compute_flops);
}

/// The least gap in ln C between budgets: of the gaps by size, the one that exceeds the next
/// smaller one by the largest factor. Infinite where none is wide enough.
double gap_between_budgets(const Budget& runs) {
  constexpr double kLeast = 0.2, kRounding = 0.01;
  std::vector<double> gaps = {kRounding};
  for (std::size_t i = 0; i + 1 < runs.size(); ++i)
    gaps.push_back(std::max(kRounding, gap_between(runs[i], runs[i + 1])));
  std::sort(gaps.rbegin(), gaps.rend());
  double least = kInfinity, largest_factor = 1;
  for (std::size_t i = 0; i + 1 < gaps.size() && gaps[i] > kLeast; ++i) {
    if (gaps[i] / gaps[i + 1] > largest_factor)
      largest_factor = gaps[i] / gaps[i + 1], least = gaps[i];
  }
  return least;
}

void add_budgets(const Budget& runs, std::vector<Budget>& budgets) {
  // Scatter by 10% makes 0.3 of nine runs, seldom 0.5.
  constexpr double kWidest = 0.6, kQuarter = 1.25;
  const double gap = gap_between_budgets(runs);
  if (gap == kInfinity) {
    const std::vector<Budget> parts =
        width_of(runs) <= kWidest
            ? std::vector<Budget>{runs}
            : cut(runs, [](const Budget& part, const IsoflopPoint& run) {
                return run.compute_flops > kQuarter * part.front().compute_flops;
              });
    budgets.insert(budgets.end(), parts.begin(), parts.end());
    return;
  }
  for (const Budget& part : cut(runs, [gap](const Budget&one, const IsoflopPoint&run) {
         return gap_between(one.back(), run) >= gap;
       })) {
    if (width_of(part) > kWidest) {
      add_budgets(part, budgets);
    } else {
      budgets.push_back(part);
    }
  }
}

/// Of budgets without a bottom, by why they have none: "2 budgets (near 1e18 and 1e+19 FLOPs)".
std::string budgets_words(const std::vector<double>& flops) {
  std::vector<std::string> words;
  for (const double one : flops) words.push_back(significant(one, 2));
  return counted(flops.size(), "budget") + " (near " + join(words, ", ") + " FLOPs)";
}

std::vector<std::string> left_out_words(const std::vector<Budget>& budgets,
                                        const std::vector<IsoflopBottom>& bottoms) {
  std::vector<double> few, unbent;
  for (const Budget& budget : budgets) {
    const double flops = compute_of(budget);
    const bool has_bottom =
        std::any_of(bottoms.begin(), bottoms.end(),
                    [&](const IsoflopBottom& bottom) { return bottom.compute_flops == flops; });
    if (has_bottom) continue;
    std::set<double> sizes;
    for (const IsoflopPoint& run : budget) sizes.insert(run.n_params);
    (sizes.size() < 3 ? few : unbent).push_back(flops);
  }
  std::vector<std::string> words;
  if (!few.empty()) words.push_back(budgets_words(few) + " with fewer than three sizes left out");
  if (!unbent.empty())
    words.push_back(budgets_words(unbent) + " whose losses have no lowest point left out");
  return words;
}

}  // namespace

double PowerOfCompute::at(double compute_flops) const {
  return scale * std::pow(compute_flops, exponent);
}

std::vector<std::vector<IsoflopPoint>> isoflop_budgets(std::vector<IsoflopPoint> points) {
  std::sort(points.begin(), points.end(), [](const IsoflopPoint& a, const IsoflopPoint& b) {
    return a.compute_flops < b.compute_flops;
  });
  std::vector<std::vector<IsoflopPoint>> budgets;
  if (!points.empty()) add_budgets(points, budgets);
  return budgets;
}

IsoflopFit isoflop_parabolas(const std::vector<IsoflopPoint>& points) {
  std::vector<std::vector<IsoflopPoint>> budgets = isoflop_budgets(points);
  const bool own_compute = !all_six_nd(points);
  std::vector<IsoflopBottom> bottoms = bottoms_of(budgets, own_compute);
  constexpr int kRounds = 3;
  for (int i = 0; i < kRounds && bottoms.size() > 1; ++i)
    bottoms = bottoms_of(at_common_compute(budgets, bottoms), own_compute);
  std::size_t n_skewed = 0, n_outside = 0;
  for (const IsoflopBottom& bottom : bottoms) {
    constexpr double kOffCentre = 0.25;  // of the grid's width
    n_outside += !bottom.inside;
    n_skewed += bottom.inside && std::abs(bottom.off_centre) > kOffCentre * bottom.width;
  }
  const std::vector<std::string> left_out = left_out_words(budgets, bottoms);
  IsoflopFit fit = powers_of(std::move(bottoms),
                             "fewer than two budgets have three model sizes and a lowest loss "
                             "between them: the " +
                                 std::to_string(points.size()) + " runs' compute" +
                                 (own_compute ? "" : ", 6 N D,") + " makes " +
                                 counted(budgets.size(), "budget"));
  fit.warnings.push_back(
      "approach 2 is biased: a slice of a power law is no parabola in ln N, so its bottom moves "
      "with how wide and how centred the sizes are; approach 3 is not");
  fit.warnings.insert(fit.warnings.end(), left_out.begin(), left_out.end());
  if (n_outside > 0)
    fit.warnings.push_back("the lowest loss of " + counted(n_outside, "budget") +
                           " lies outside the sizes tried and is left out of the power law");
  if (n_skewed > 0)
    fit.warnings.push_back("the sizes of " + counted(n_skewed, "budget") +
                           " are not centred on the lowest loss, which shifts it");
  return fit;
}

std::optional<double> parabolas_log_error(const std::vector<IsoflopPoint>& points,
                                          double compute_flops) {
  std::vector<double> logs;
  for (std::size_t left_out = 0; left_out < points.size(); ++left_out) {
    std::vector<IsoflopPoint> others = points;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(left_out));
    try {
      logs.push_back(std::log(isoflop_parabolas(others).n_params.at(compute_flops)));
    } catch (const InputError&) {
      continue;  // the others make no two budgets
    }
  }
  if (logs.size() < 2 || 2 * logs.size() < points.size()) return std::nullopt;
  return std::sqrt((static_cast<double>(logs.size()) - 1) * std::pow(population_sd(logs), 2));
}

namespace {

constexpr std::size_t kFewestSizes = 3;  // of a budget

/// So many even parts of the range of ln C, by what lies in them; empty ones left out. Rounded, so
/// that budgets which divide the range evenly lie amid their parts.
std::vector<std::vector<IsoflopPoint>> even_parts(const std::vector<IsoflopPoint>& points,
                                                  std::size_t n_parts) {
  const auto [least, most] = std::minmax_element(points.begin(), points.end(),
                                                 [](const IsoflopPoint& a, const IsoflopPoint& b) {
                                                   return a.compute_flops < b.compute_flops;
                                                 });
  const double low = std::log(least->compute_flops);
  const double width = (std::log(most->compute_flops) - low) / static_cast<double>(n_parts);
  std::map<std::size_t, std::vector<IsoflopPoint>> parts;
  for (const IsoflopPoint& point : points) {
    const auto part = static_cast<std::size_t>(
        width > 0 ? std::round((std::log(point.compute_flops) - low) / width) : 0);
    parts[part].push_back(point);
  }
  std::vector<std::vector<IsoflopPoint>> filled;
  for (auto& [part, of_part] : parts) filled.push_back(std::move(of_part));
  return filled;
}

}  // namespace

IsoflopFit isoflop_envelope(const std::vector<IsoflopPoint>& points, std::size_t n_budgets) {
  if (points.empty()) throw InputError("no runs");
  std::vector<std::vector<IsoflopPoint>> budgets = isoflop_budgets(points);
  if (budgets.size() < 2)
    throw InputError("the " + std::to_string(points.size()) +
                     " runs' compute makes one budget: no power of compute goes through it");
  const bool have_sizes = std::all_of(
      budgets.begin(), budgets.end(),
      [](const std::vector<IsoflopPoint>& budget) { return budget.size() >= kFewestSizes; });
  if (!have_sizes || budgets.size() > n_budgets) budgets = even_parts(points, n_budgets);
  std::vector<IsoflopBottom> bottoms;
  double lowest = 1e300;
  for (const std::vector<IsoflopPoint>& budget : budgets) {
    const IsoflopPoint& best = *std::min_element(
        budget.begin(), budget.end(),
        [](const IsoflopPoint& a, const IsoflopPoint& b) { return a.loss < b.loss; });
    if (best.loss >= lowest) continue;  // beaten with less compute
    lowest = best.loss;
    bottoms.push_back({best.compute_flops, best.n_params, best.n_tokens, best.loss});
  }
  IsoflopFit fit = powers_of(std::move(bottoms), "fewer than two budgets");
  fit.warnings.push_back(
      "approach 1 takes the size of the best run near each budget: it is known no better than how "
      "far apart the sizes tried are, and the exponent no better than that; approach 3 has "
      "intervals");
  return fit;
}

}  // namespace rung::plan
