#pragma once
/// The published ways of extrapolating a recipe's small runs to the target.

#include <cstddef>
#include <string>
#include <vector>

namespace rung::decide {

/// How the first step's law is fitted, and what follows it.
struct Setup {
  std::string name;  // as published: "3_param-no_750M-helper_points"
  std::string law;   // of the first step
  bool without_floor = false;
  /// Loss from size, then the metric from loss; else the law predicts the metric itself.
  bool has_loss = true;
  /// The first step predicts another metric of the task, the second the task's own from that.
  bool through_metric = false;
  bool through_itself = false;  // and that is the task's own: no second step
  bool helper_point = false;    // the second step passes through (0, 1)
  double skipped_share = 0.1;   // of each run's first checkpoints, in the second step
  std::size_t n_dropped = 0;    // of the sizes, the largest first
  /// Parameters that are taken over from the fit of all recipes, as many as there are sizes too
  /// few; the first first.
  std::vector<std::string> borrowed = {};
  /// Sizes that must be left over once the free parameters are counted.
  std::size_t n_spare_points = 0;

  bool has_second_step() const { return has_loss || (through_metric && !through_itself); }
  /// Name without the dropped sizes: "3_param-helper_points".
  std::string stem = {};
};

/// The ten setups, each with none, one, … `most_dropped` of the largest small sizes dropped;
/// `sizes`: the small sizes, ascending. At least two sizes stay.
std::vector<Setup> published_setups(const std::vector<std::string>& sizes,
                                    std::size_t most_dropped);

}  // namespace rung::decide
