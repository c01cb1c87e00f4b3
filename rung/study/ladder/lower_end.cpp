#include "rung/study/ladder/lower_end.hpp"

#include <algorithm>

#include "rung/core/distributions.hpp"
#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

std::optional<LowerEnd> lower_end(const Ladder& ladder, const TaskData& data, Signal signal,
                                  const MemberSettings& settings) {
  if (signal != Signal::clear) return {};
  const bool own = data.has_own_loss();
  const ThroughLoss loss = data.has[index_of(ThroughLoss::task_bpb)] ? ThroughLoss::task_bpb
                           : own                                     ? ThroughLoss::task_ce
                                                                     : ThroughLoss::c4;
  if (!data.has[index_of(loss)]) return {};
  const TopDoubt doubt = run_step2(ladder, data.task,
                                   {.points = {.x_metric = metric_of(loss, data.task),
                                               .skip_perc = settings.skip_perc,
                                               .moving_avg = settings.moving_avg}})
                             .top_doubt;
  if (doubt.rejected_for) return LowerEnd{*doubt.rejected_for, true};
  // Without a loss of its own, ways with a free end are among the task's.
  if (doubt.possible && own) return LowerEnd{*doubt.possible, false};
  return {};
}

double LogitInterval::lower(double level) const {
  // Between the one-sided quantile, where both lie far apart, and the two-sided, where they are
  // one.
  double least = normal_quantile(level), most = normal_quantile((1 + level) / 2);
  constexpr int kBisections = 50;
  for (int i = 0; i < kBisections && apart > 0; ++i) {
    const double quantile = (least + most) / 2;
    const bool holds = normal_cdf(quantile + apart / sd) - normal_cdf(-quantile) >= level;
    (holds ? most : least) = quantile;
  }
  return inverse_logit(middle - apart - most * sd);
}

double LogitInterval::upper(double level) const {
  return inverse_logit(middle + normal_quantile((1 + level) / 2) * sd);
}

double LogitInterval::reach(double predicted) const {
  constexpr double kLevel = 0.9;
  return std::max(upper(kLevel) - predicted, predicted - lower(kLevel)) / predicted;
}

}  // namespace rung::ladder
