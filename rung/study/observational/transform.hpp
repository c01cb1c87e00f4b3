#pragma once
/// What is done to a metric before it is fitted.

#include <string>
#include <string_view>
#include <vector>

namespace rung::observational {

/// Steps in order: "minmax" takes `low`…`high` to 0…1, "log" is ln(y + 1e-9), "logit" is ln(y +
/// 1e-9) - ln(1 - y + 1e-9), so that scores of exactly 0 and 1 keep a value.
struct MetricTransform {
  enum class Step { min_max, log, logit };
  std::vector<Step> steps;
  double low = 0, high = 1;

  /// Whether it takes another range than 0 to 1 there, so that the metric is no share as it is
  /// read.
  bool changes_range() const;
  /// NaN where it has no value.
  double apply(double y) const;
  std::vector<double> apply(const std::vector<double>& y) const;
  /// "logit((acc - 0.25) / 0.75)".
  std::string name(const std::string& metric) const;
};

/// "minmax,logit"; "" is none. InputError for an unknown step and for an impossible range.
MetricTransform parse_transform(std::string_view steps, double low = 0, double high = 1);

}  // namespace rung::observational
