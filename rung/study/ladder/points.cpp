#include "rung/study/ladder/points.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "rung/core/require.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"

namespace rung::ladder {
namespace {

/// A run by itself: its file, by which ladders of other columns know it, too, and its name where
/// the file holds several.
std::string own_cluster(const Ladder& ladder, const LadderRun& run) {
  const bool alone =
      std::count_if(ladder.runs.begin(), ladder.runs.end(),
                    [&](const LadderRun& other) { return other.file == run.file; }) == 1;
  return alone ? run.file : run.file + '\n' + run.model;
}

std::optional<double> flops_of(const Run& run, double n_tokens) {
  if (!run.flops_per_token) return {};
  return n_tokens * *run.flops_per_token;
}

/// First checkpoint of a training run that step 2 uses; the last stays, whatever the share.
std::size_t first_kept(std::size_t n_rows, double skip_perc) {
  const auto n_skipped =
      static_cast<std::size_t>(std::ceil(skip_perc * static_cast<double>(n_rows)));
  return std::min(n_skipped, n_rows - 1);
}

/// A first checkpoint before the first token is no checkpoint of the run's end.
std::size_t n_trained_rows(const Run& run) {
  return run.n_rows() - (run.n_tokens.front() > 0 ? 0 : 1);
}

/// Of the last checkpoints; absent for a single one.
std::optional<double> noise_at_end(const std::vector<double>& values, std::size_t n_rows,
                                   std::size_t n_checkpoints) {
  const std::size_t n = std::min(n_checkpoints, n_rows);
  return n < 2 ? std::nullopt : std::optional(sample_sd(std::span(values).last(n)));
}

double checkpoint_noise(const Ladder& ladder, const Task& task, Metric metric) {
  RunningMean variance;
  for (const LadderRun& run : ladder.runs) {
    if (run.mode != Mode::train) continue;
    const auto sd = noise_at_end(series(run, task, metric), n_trained_rows(run),
                                 Step1Options().n_noise_checkpoints);
    if (sd) variance.add(*sd * *sd);
  }
  return std::sqrt(variance.value().value_or(0));
}

void add_run(const Ladder& ladder, std::size_t i, const Task& task, const Step2Options& options,
             std::vector<Step2Point>& points) {
  const LadderRun& run = ladder.runs[i];
  const bool train = run.mode == Mode::train;
  const std::size_t skipped = train ? first_kept(run.n_rows(), options.skip_perc) : 0;
  const auto averaged = [&](Metric metric) {
    std::vector<double> values = series(run, task, metric);
    values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(skipped));
    return moving_average(values, options.moving_avg);
  };
  const std::vector<double> x = averaged(options.x_metric), y = averaged(options.y_metric);
  const Origin origin = origin_of(ladder, i);
  const std::size_t n_kept = !train ? 1 : options.last_n_points ? options.last_n_points : x.size();
  for (std::size_t k = x.size() - std::min(n_kept, x.size()); k < x.size(); ++k) {
    const double n_tokens = run.n_tokens[skipped + k];
    points.push_back({origin, n_params(run), n_tokens, flops_of(run, n_tokens), x[k], y[k]});
  }
}

/// Whether averages go over more than a tenth of the training runs, all in all.
bool averages_far(const Ladder& ladder, std::size_t moving_avg) {
  constexpr std::size_t kRunsOfAverages = 10;
  std::size_t n_rows = 0, n_averaged = 0;
  for (const LadderRun& run : ladder.runs) {
    if (run.mode != Mode::train) continue;
    n_rows += run.n_rows();
    n_averaged += moving_avg;
  }
  return moving_avg > 1 && n_rows < kRunsOfAverages * n_averaged;
}

}  // namespace

Origin origin_of(const Ladder& ladder, std::size_t i) {
  const LadderRun& run = ladder.runs[i];
  const std::string cluster = run.cluster.empty() ? own_cluster(ladder, run) : run.cluster;
  return {run.model, run.label, run.length, run.mode, i, run.file, cluster};
}

std::size_t first_used(const Run& run, const Step1Options& options) {
  return run.n_rows() - std::clamp<std::size_t>(options.moving_avg, 1, n_trained_rows(run));
}

std::size_t first_used(const Run& run, const Step2Options& options) {
  const std::size_t kept = first_kept(run.n_rows(), options.skip_perc);
  if (options.last_n_points == 0) return kept;
  const std::size_t n = options.last_n_points + std::max<std::size_t>(1, options.moving_avg) - 1;
  return std::max(kept, run.n_rows() - std::min(n, run.n_rows()));
}

std::string run_name(const Origin& origin) {
  if (origin.length.empty() || contains(split(origin.model, '-'), origin.length))
    return origin.model;
  return origin.model + "-" + origin.length;
}

std::string run_name(const LadderRun& run) {
  return run_name(Origin{.model = run.model, .label = run.label, .length = run.length});
}

void Step1Options::validate() const {
  require_at_least("--moving_avg", static_cast<double>(moving_avg), 1);
}

void Step2Options::validate() const {
  require_within("--skip_perc", skip_perc, 0, 1);
  require_at_least("--moving_avg", static_cast<double>(moving_avg), 1);
}

Step1Points step1_points(const Ladder& ladder, const Task& task, const Step1Options& options) {
  check_losses(ladder, task, options.metric);
  Step1Points result;
  for (std::size_t i = 0; i < ladder.runs.size(); ++i) {
    const Run& run = ladder.runs[i];
    const std::size_t n_rows = n_trained_rows(run);
    if (n_rows == 0) {
      result.notes.push_back(run.file + ": left out, its only checkpoint is at step 0");
      continue;
    }
    const std::size_t n_averaged = std::clamp<std::size_t>(options.moving_avg, 1, n_rows);
    if (n_rows < run.n_rows() && options.moving_avg > n_rows) {
      result.notes.push_back(run.file + ": the checkpoint at step 0 is left out of the average");
    }
    const std::size_t n_at_end = std::clamp(within_runs(ladder, kAtEnd), n_averaged, n_rows);
    const std::vector<double> values = series(run, task, options.metric);
    const double n_tokens = run.n_tokens.back();
    result.points.push_back(
        {.origin = origin_of(ladder, i),
         .n_params = n_params(run),
         .n_tokens = n_tokens,
         .compute_flops = flops_of(run, n_tokens),
         .y = mean(std::span(values).last(n_averaged)),
         .y_at_end = mean(std::span(values).last(n_at_end)),
         .n_averaged = n_averaged,
         .checkpoint_sd = noise_at_end(values, n_rows, options.n_noise_checkpoints)});
  }
  return result;
}

Step2Points step2_points(const Ladder& ladder, const Task& task, const Step2Options& options) {
  options.validate();
  check_losses(ladder, task, options.x_metric);
  Step2Points result;
  for (std::size_t i = 0; i < ladder.runs.size(); ++i)
    add_run(ladder, i, task, options, result.points);
  if (averages_far(ladder, options.moving_avg)) {
    Step2Options single = options;
    single.moving_avg = 1;
    for (std::size_t i = 0; i < ladder.runs.size(); ++i)
      add_run(ladder, i, task, single, result.single);
  }
  for (std::size_t i = 0; i < ladder.external_points.size(); ++i) {
    const LadderRun& point = ladder.external_points[i];
    Step2Point& added = result.points.emplace_back();
    const std::size_t place = ladder.runs.size() + i;
    const std::string name = "external " + std::to_string(place);
    added.origin = {"external", point.label, "", point.mode, place, name, name};
    added.x = series(point, task, options.x_metric).front();
    added.y = series(point, task, options.y_metric).front();
  }
  result.checkpoint_sd = checkpoint_noise(ladder, task, options.y_metric);
  return result;
}

std::size_t within_runs(const Ladder& ladder, std::size_t moving_avg) {
  std::size_t n_rows = 0, n_runs = 0;
  for (const LadderRun& run : ladder.runs) {
    if (run.mode != Mode::train) continue;
    n_rows += run.n_rows();
    ++n_runs;
  }
  return within_runs(n_rows, n_runs, moving_avg);
}

std::size_t within_runs(std::size_t n_checkpoints, std::size_t n_runs, std::size_t moving_avg) {
  constexpr std::size_t kAveragesInARun = 4;
  const std::size_t most = n_checkpoints / std::max<std::size_t>(1, kAveragesInARun * n_runs);
  return std::min(moving_avg, std::max<std::size_t>(1, most));
}

std::vector<double> moving_average(const std::vector<double>& values, std::size_t window) {
  std::vector<double> means(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t n = std::clamp<std::size_t>(window, 1, i + 1);
    means[i] = mean(std::span(values).subspan(i + 1 - n, n));
  }
  return means;
}

}  // namespace rung::ladder
