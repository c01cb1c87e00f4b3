#include "rung/study/ladder/lower_end.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/study/ladder/steps.hpp"
#include "rung/study/ladder/without_off.hpp"
#include "rung/study/ladder/wrong_runs.hpp"

namespace rung::ladder {

namespace {

ThroughLoss loss_of(const TaskData& data) {
  if (data.has[index_of(ThroughLoss::task_bpb)]) return ThroughLoss::task_bpb;
  return data.has_own_loss() ? ThroughLoss::task_ce : ThroughLoss::c4;
}

/// Runs, by Ladder::runs, whose loss or accuracy is off.
std::set<std::size_t> runs_off(const Step1Result& step1, const Step2Result& step2) {
  std::set<std::size_t> runs;
  for (const WrongRun& run : wrong_runs(step1)) runs.insert(run.origin.run);
  for (const WrongRun& run : wrong_runs(step2)) runs.insert(run.origin.run);
  return runs;
}

std::optional<std::size_t> run_that_fits_least(const Step1Result& step1) {
  if (step1.fitted.fit.status == Status::failed) return {};
  const Deletions tests = step1.wrong ? *step1.wrong : wrong_losses(step1);
  std::optional<std::size_t> run;
  double most = 0;
  std::size_t i = 0;
  for (const Step1Point& point : step1.points) {
    if (point.origin.mode != Mode::train) continue;
    const double t = std::abs(tests.points[i++].t.value_or(0));
    if (t > most) most = t, run = point.origin.run;
  }
  return run;
}

}  // namespace

CheckpointsSay what_checkpoints_say(const Ladder& ladder, const TaskData& data, Signal signal,
                                    const MemberSettings& settings) {
  const ThroughLoss loss = loss_of(data);
  if (signal == Signal::at_chance || !data.has[index_of(loss)]) return {};
  const Metric metric = metric_of(loss, data.task);
  const Step2Settings of_step2 = {.points = {.x_metric = metric,
                                             .skip_perc = settings.skip_perc,
                                             .moving_avg = settings.moving_avg},
                                  .test_point = signal == Signal::clear,
                                  .test_runs = true};
  const Step1Result step1 =
      run_step1(ladder, data.task,
                {.points = {.metric = metric, .moving_avg = settings.moving_avg},
                 .allow_underdetermined = true,
                 .test_runs = true});
  const Step2Result step2 = run_step2(ladder, data.task, of_step2);
  CheckpointsSay says{.wrong_runs = in_words(step1, step2), .runs_off = runs_off(step1, step2)};
  if (says.runs_off.empty()) says.fits_least = run_that_fits_least(step1);
  if (signal != Signal::clear) return says;
  const TopDoubt doubt = says.runs_off.empty() && data.wrong_checkpoints.empty()
                             ? step2.top_doubt
                             : doubt_of_top_without(ladder, data.task, of_step2, says.runs_off,
                                                    data.wrong_checkpoints);
  if (doubt.rejected_for) {
    says.lower_end = LowerEnd{*doubt.rejected_for, true};
  } else if (doubt.possible) {
    says.lower_end = LowerEnd{*doubt.possible, false};
  }
  return says;
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
