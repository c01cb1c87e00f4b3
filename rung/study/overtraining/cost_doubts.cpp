#include <algorithm>
#include <cmath>

#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/study/overtraining/cost.hpp"

namespace rung::overtraining {
namespace {

std::vector<std::string> far_outside(const std::vector<table::Beyond>& beyond) {
  constexpr double kFar = 100;
  std::vector<std::string> reasons;
  for (const table::Beyond& one : beyond) {
    if (one.factor > kFar)
      reasons.push_back(one.input + " lies a factor of " + short_count(std::round(one.factor)) +
                        " outside the fitted runs'");
  }
  return reasons;
}

std::string not_to_be_trusted(const std::vector<std::string>& reasons) {
  return reasons.empty() ? "" : join(reasons, "; ") + ": not to be trusted";
}

}  // namespace

std::string doubt_of(const BudgetPlan& plan, const std::vector<table::Beyond>& beyond) {
  std::vector<std::string> reasons = far_outside(beyond);
  if (plan.loss_nats.interval && plan.loss_nats.interval->lower < 0)
    reasons.emplace_back("the loss's interval reaches below 0, where no loss is");
  return not_to_be_trusted(reasons);
}

std::string doubt_of(const Estimate& optimal_ratio, const std::vector<table::Beyond>& beyond) {
  constexpr double kOpen = 1e4;  // a factor from end to end
  std::vector<std::string> reasons = far_outside(beyond);
  const auto& interval = optimal_ratio.interval;
  if (interval && interval->upper > kOpen * std::max(interval->lower, 0.0))
    reasons.emplace_back("the runs leave open where the best tokens per parameter lie, from " +
                         significant(interval->lower, 3) + " to " +
                         significant(interval->upper, 3));
  return not_to_be_trusted(reasons);
}

std::string extrapolation_warning(const Testbed& testbed, const LossLaw& law) {
  const std::optional<Estimate> optimum = optimal_tokens_per_parameter(law.fitted.fit);
  double least = kInfinity, most = 0;
  for (const std::size_t model : law.models) {
    least = std::min(least, testbed.models[model].tokens_per_parameter());
    most = std::max(most, testbed.models[model].tokens_per_parameter());
  }
  if (!optimum || (optimum->value >= least && optimum->value <= most)) return "";
  return "the best tokens per parameter on " + law.train_set + ", " +
         significant(optimum->value, 3) + ", lie outside those of the fitted runs, " +
         (least < most ? shortest(least) + " to " + shortest(most) : "all " + shortest(most)) +
         ": the law is extrapolated";
}

}  // namespace rung::overtraining
