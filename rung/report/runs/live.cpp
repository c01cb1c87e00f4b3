#include "rung/report/runs/live.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/report/runs/runs.hpp"
#include "rung/report/text_plot.hpp"

namespace rung::runs {
namespace {

constexpr int kLabel = 10;  // columns that text_plot takes for the ends of its y axis

/// Where the picture begins and ends.
struct Extent {
  double begin = kInfinity, end = 0, highest = -kInfinity;
};

Extent extent_of(const Result& result) {
  Extent extent;
  for (const RunSummary& run : result.runs) {
    if (run.curve.x.empty()) continue;
    extent.begin = std::min(extent.begin, run.curve.x.front());
    extent.end = std::max({extent.end, run.curve.x.back(), run.planned.value_or(0)});
    // What falls fast at first would press the rest together.
    const std::size_t n = run.smooth_y.size();
    for (std::size_t i = n / 20; i < n; ++i) {
      if (std::isfinite(run.smooth_y[i]))
        extent.highest = std::max(extent.highest, run.smooth_y[i]);
    }
  }
  return extent;
}

/// At even places, NaN before and after the run and above the picture.
TextCurve even_curve(const std::vector<double>& x, const std::vector<double>& y,
                     const Extent& extent, std::size_t n) {
  TextCurve even(n, kNaN);
  std::size_t row = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double at = extent.begin + (extent.end - extent.begin) * static_cast<double>(i) /
                                         static_cast<double>(n - 1);
    while (row + 1 < x.size() && x[row + 1] <= at) ++row;
    const bool inside = !x.empty() && at >= x.front() && at <= x.back();
    if (inside && y[row] <= extent.highest) even[i] = y[row];
  }
  return even;
}

}  // namespace

std::string live_text(const Result& result, int width, int height) {
  const Extent extent = extent_of(result);
  const int plot_width = std::max(20, width - kLabel - 1);
  std::vector<TextCurve> curves;
  for (const RunSummary& run : result.runs) {
    const auto n = static_cast<std::size_t>(2 * plot_width);
    curves.push_back(even_curve(run.curve.x, run.smooth_y, extent, n));
  }
  std::string text = text_plot(curves, plot_width, height);
  if (!text.empty()) {
    const std::string begin = short_count(extent.begin);
    const std::string end = short_count(extent.end) + " " + std::string(axis_name(result.axis));
    const int n_between = plot_width - static_cast<int>(begin.size() + end.size());
    text += std::string(kLabel, ' ') + begin +
            std::string(static_cast<std::size_t>(std::max(1, n_between)), ' ') + end + "\n\n";
  }
  return text + text_of(describe(result), static_cast<std::size_t>(std::max(width, 40)));
}

}  // namespace rung::runs
