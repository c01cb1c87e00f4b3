#pragma once
/// The best model size for a budget by the runs' own isoFLOP curves, without a law: approaches 1
/// and 2 of Hoffmann et al. 2022.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/plan/allocate.hpp"

namespace rung::plan {

struct IsoflopPoint {
  double compute_flops = 0, n_params = 0, loss = 0;
  double n_tokens = compute_flops / (kTrainingFlops * n_params);
};

/// The bottom of one budget's parabola in ln N. Its tokens are compute / (6 N), or the bottom of a
/// parabola in ln D where the runs' compute is not 6 N D.
struct IsoflopBottom {
  double compute_flops = 0, n_params = 0, n_tokens = 0, loss = 0;
  double curvature = 0;   // of the loss in ln N
  bool inside = true;     // between the smallest and the largest model tried
  double off_centre = 0;  // the middle of the sizes tried over the bottom, ln: biases the bottom
  double width = 0;       // of the sizes tried, ln
};

struct PowerOfCompute {
  double scale = 0, exponent = 0;  // N = scale C^exponent

  double at(double compute_flops) const;
};

struct IsoflopFit {
  std::vector<IsoflopBottom> bottoms;
  PowerOfCompute n_params, n_tokens;
  std::vector<std::string> warnings;
};

/// Approach 2 of Hoffmann et al.: parabolas by budget, then a power law through their bottoms. A
/// true law's slice is no parabola: grids that are wide or not centred shift the bottoms, the more
/// so the more alpha and beta differ, which the warnings say. Runs whose compute differs from their
/// budget's are moved to it along the slope of the lowest losses over ln C. Budgets that are left
/// out, for fewer than three sizes or losses that don't bend upwards, are in the warnings.
/// InputError for fewer than two budgets with three sizes and a bottom.
IsoflopFit isoflop_parabolas(const std::vector<IsoflopPoint>& points);

/// Standard error of ln N of approach 2 at so much compute: the jackknife's, each run left out in
/// turn (Efron 1982, The Jackknife, the Bootstrap and Other Resampling Plans, ch. 3). It holds the
/// runs' noise, and not the bias. Absent where too few of the runs can be left out.
std::optional<double> parabolas_log_error(const std::vector<IsoflopPoint>& points,
                                          double compute_flops);

/// Runs by ascending compute. Budgets are told apart by the gaps in ln C: those between budgets are
/// so much larger than those within that compute which scatters by 10% (a standard deviation) stays
/// together. Without such gaps runs up to a quarter above the first of them are one budget.
std::vector<std::vector<IsoflopPoint>> isoflop_budgets(std::vector<IsoflopPoint> points);

/// Approach 1: for each budget the lowest loss among its runs, and a power law through those runs'
/// sizes. Where runs make no budgets of three sizes each, of `n_budgets` even parts of ln C.
IsoflopFit isoflop_envelope(const std::vector<IsoflopPoint>& points, std::size_t n_budgets = 20);

}  // namespace rung::plan
