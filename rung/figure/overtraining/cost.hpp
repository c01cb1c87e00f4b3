#pragma once
/// What over-training costs.

#include <string>
#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/overtraining/cost.hpp"

namespace rung::overtraining {

/// One training set's law: its runs beside the compute-optimal one.
struct CostLine {
  std::string title;
  std::vector<OverTrainingCost> costs;
  std::vector<OverTrainingCost> curve{};  // on a grid; without, bars stand in for its band
  bool optimum_beyond_runs = false;
  bool law_in_doubt = false;

  bool is_curve() const { return !curve.empty(); }
};

/// Over tokens per parameter: extra loss at equal compute; compute and size at equal loss. All
/// lines are of one loss set, `loss_title`.
Figure cost_figure(const std::vector<CostLine>& lines, double compute_flops,
                   const std::string& loss_title);
/// Of the result's first loss set: losses of two are not on one scale.
Figure cost_figure(const Study& study, const CostResult& result);

}  // namespace rung::overtraining
