#pragma once
/// The best size and length for a budget that pays for inference too.

#include <string>
#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/overtraining/cost.hpp"

namespace rung::overtraining {

/// One training set's plans, a plan for each amount of inference.
struct BudgetLine {
  std::string title;
  std::vector<BudgetPlan> plans;
  bool law_in_doubt = false;
};

/// Over tokens of inference that the budget also pays for: the best size, its tokens per parameter,
/// and the loss with that of a size chosen as if inference were free.
Figure budget_figure(const std::vector<BudgetLine>& lines, double budget_flops,
                     const std::vector<double>& n_inference_tokens, const std::string& loss_title);
/// Of the result's first loss set.
Figure budget_figure(const Study& study, const BudgetResult& result);

}  // namespace rung::overtraining
