#pragma once
/// How the runs' own budgets look in all panels of a figure.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "rung/figure/palette.hpp"
#include "rung/study/plan/allocation.hpp"

namespace rung {

/// "3×10²¹ FLOPs"
std::string flops_words(double flops);

/// The budgets of all groups, as their words say them, each with one colour, from dark to light.
/// Of many, a few evenly among them are named: the others' colours lie between.
class BudgetKey {
 public:
  explicit BudgetKey(const std::vector<plan::IsoflopRuns>& groups);

  Colour colour(double flops) const { return colours_.at(flops_words(flops)); }
  /// What stands for it in the legend; "" of one that isn't named.
  std::string label(double flops) const;
  bool names_all() const { return named_.size() == colours_.size(); }

 private:
  std::map<std::string, Colour> colours_;
  std::set<std::string> named_;
};

}  // namespace rung
