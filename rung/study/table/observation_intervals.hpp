#pragma once
/// Intervals of one more observation at the places that a backtest predicts.

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "rung/fit/fitted.hpp"

namespace rung::table {

/// `fit`'s and those of --at: checked by profiles, at as many places as there is time for. Runs at
/// the same inputs share theirs.
class ObservationIntervals {
 public:
  /// `places`: ascending in the quantity rolled over. The fit's intervals become those of one more
  /// observation.
  ObservationIntervals(Fitted& fitted, const std::vector<std::vector<double>>& places);

  /// Absent at places that there was no time for, and where the fit gives none.
  std::optional<Interval> at(const std::vector<double>& inputs);

 private:
  std::optional<Interval> interval(const std::vector<double>& inputs) const;

  Fitted& fitted_;
  std::set<std::vector<double>> places_;
  std::map<std::vector<double>, std::optional<Interval>> known_;
};

}  // namespace rung::table
