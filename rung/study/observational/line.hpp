#pragma once
/// Straight lines: components and metrics against log compute, family by family.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/observational/models.hpp"

namespace rung::observational {

/// Least squares y = slope x + intercept.
struct Line {
  std::size_t n = 0;
  double slope = 0, intercept = 0;
  /// Absent where y never changes.
  std::optional<double> r2, pearson, spearman;
  double mean_x = 0, squares_x = 0;  // sum of squared deviations
  double residual_variance = 0;      // over n - 2; of two points 0

  double at(double x) const { return slope * x + intercept; }
  /// Half the width of the band of the mean at x; absent for fewer than three points.
  std::optional<double> band(double x, double level) const;
};

/// Absent for fewer than two points, and where x never changes. NaN pairs are left out.
std::optional<Line> fit_line(const std::vector<double>& x, const std::vector<double>& y);

struct FamilyLine {
  std::string family;
  std::size_t n = 0;  // models with both
  std::optional<Line> line;
};

/// One value against one scale, family by family and over all models.
struct ScaleLines {
  std::string value;  // "PC-1", "MMLU"
  std::string scale;  // "flops", "size"
  std::vector<FamilyLine> families;
  std::optional<Line> pooled;
  /// Mean R2 of the families with more than two models; absent where there is none.
  std::optional<double> mean_r2;
  std::size_t n_in_mean = 0;
};

/// Against log10(scale); `values` by model, NaN where missing.
ScaleLines scale_lines(const Models& models, const std::string& value,
                       const std::vector<double>& values, const std::string& scale);

}  // namespace rung::observational
