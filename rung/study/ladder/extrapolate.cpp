#include "rung/study/ladder/extrapolate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/require.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/unchecked.hpp"

namespace rung::ladder {
namespace {

std::optional<double> finite(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<double> magnitude(const std::optional<double>& value) {
  return value ? std::optional(std::abs(*value)) : std::nullopt;
}

/// Of one model, or as logged, where each has a name of its own, of one size.
bool of_one_model(const LadderRun& a, const LadderRun& b) {
  return a.model == b.model || (a.mode == b.mode && n_params(a) == n_params(b));
}

/// The longest run of each model, in the ladder's order.
std::vector<const LadderRun*> longest_runs(const Ladder& ladder) {
  std::vector<const LadderRun*> longest;
  for (const LadderRun& run : ladder.runs) {
    const auto same = std::find_if(longest.begin(), longest.end(), [&](const LadderRun* other) {
      return of_one_model(*other, run);
    });
    if (same == longest.end()) {
      longest.push_back(&run);
    } else if (run.n_tokens.back() > (*same)->n_tokens.back()) {
      *same = &run;
    }
  }
  return longest;
}

/// The first checkpoint with at least `d` tokens.
std::optional<SizePoint> point_at(const LadderRun& run, const std::vector<double>& y, double d) {
  const auto found = std::lower_bound(run.n_tokens.begin(), run.n_tokens.end(), d);
  if (found == run.n_tokens.end()) return {};
  const std::size_t i = static_cast<std::size_t>(found - run.n_tokens.begin());
  return SizePoint{run.model, run.label, run.mode, n_params(run), run.n_tokens[i], y[i]};
}

struct Curve {
  const LadderRun* run;
  std::vector<double> y;
};

constexpr std::size_t kFewestSizes = 3;  // as many as a N^b + c has parameters

/// The same where that is no more than a tenth beyond D.
std::optional<SizePoint> near_point(const Curve& curve, double d) {
  constexpr double kNear = 1.1;
  const auto point = point_at(*curve.run, curve.y, d);
  return point && point->n_tokens <= kNear * d ? point : std::nullopt;
}

ExtrapolateNAtD at_tokens(const std::vector<Curve>& curves, double d, double level) {
  ExtrapolateNAtD at{.n_tokens = d};
  std::vector<double> n, y;
  for (const Curve& curve : curves) {
    const auto point = near_point(curve, d);
    if (point) at.points.push_back(*point);
    if (point && curve.run->mode == Mode::train) {
      n.push_back(point->n_params);
      y.push_back(point->y);
    }
    if (curve.run->mode == Mode::eval) {
      at.predictions.push_back({{}, curve.run->model, curve.run->label, n_params(*curve.run)});
      if (point) at.predictions.back().actual = point->y;
    }
  }
  if (sorted_distinct(n).size() < kFewestSizes) return at;
  at.fitted.emplace(find_law("power-constant"), Points::from_columns({n}, y),
                    FitOptions{.level = level});
  at.fitted->interval_for = IntervalFor::observation;
  if (at.fitted->fit.status == Status::failed) return at;
  for (ExtrapolateNAtD::SizePrediction& prediction : at.predictions) {
    const Prediction found = unchecked_prediction(*at.fitted, std::array{prediction.n_params});
    prediction.predicted = found.predicted;
    prediction.interval = found.interval;
  }
  return at;
}

/// Three sizes determine three parameters, whatever the losses: with an interval there are more,
/// and one no wider than all that was measured tells something.
void mark_undetermined(ExtrapolateNResult& result) {
  double low = kInfinity, high = -kInfinity;
  for (const ExtrapolateNAtD& at : result.at) {
    for (const SizePoint& point : at.points) {
      if (point.mode != Mode::train) continue;
      low = std::min(low, point.y);
      high = std::max(high, point.y);
    }
  }
  for (ExtrapolateNAtD& at : result.at) {
    for (ExtrapolateNAtD::SizePrediction& prediction : at.predictions) {
      const auto& interval = prediction.interval;
      prediction.determined =
          prediction.predicted && interval && interval->upper - interval->lower < high - low;
    }
  }
}

/// Whether a model of the run's size is among what the laws are fitted to.
bool is_size_fitted(const ExtrapolateNResult& result, double size) {
  return std::any_of(result.at.begin(), result.at.end(), [size](const ExtrapolateNAtD& at) {
    return at.fitted && at.fitted->highest.front() >= size;
  });
}

/// Targets that a longer one of their own size stands for, or that are predicted nowhere.
void note_left_out(const Ladder& ladder, const std::vector<const LadderRun*>& longest,
                   ExtrapolateNResult& result) {
  for (const LadderRun& run : ladder.runs) {
    if (run.mode != Mode::eval) continue;
    const auto used = std::find_if(longest.begin(), longest.end(), [&](const LadderRun* other) {
      return of_one_model(*other, run);
    });
    if ((*used)->model != run.model)
      result.notes.push_back(run.model + " is left out: " + (*used)->model +
                             " is of its size and longer");
    const bool is_fitted = std::any_of(longest.begin(), longest.end(), [&](const LadderRun* other) {
      return other->mode == Mode::train && n_params(*other) == n_params(run);
    });
    if (*used == &run && is_fitted && is_size_fitted(result, n_params(run)))
      result.notes.push_back(run.model +
                             " is of a size that is fitted as well: its prediction is "
                             "no extrapolation");
  }
}

/// Each D at which three training sizes have a checkpoint, one of them such as no lower D has: the
/// tokens of checkpoints.
std::vector<double> measured_tokens(const std::vector<Curve>& curves) {
  std::vector<double> all;
  for (const Curve& curve : curves) {
    if (curve.run->mode == Mode::train)
      all.insert(all.end(), curve.run->n_tokens.begin(), curve.run->n_tokens.end());
  }
  std::erase_if(all, [](double d) { return !(d > 0); });
  std::vector<double> kept, last(curves.size(), 0);  // last: of each run's checkpoints at D kept
  for (const double d : sorted_distinct(std::move(all))) {
    std::vector<double> sizes, now = last;
    for (std::size_t i = 0; i < curves.size(); ++i) {
      if (curves[i].run->mode != Mode::train) continue;
      const auto point = near_point(curves[i], d);
      if (!point) continue;
      sizes.push_back(point->n_params);
      now[i] = point->n_tokens;
    }
    if (sorted_distinct(std::move(sizes)).size() < kFewestSizes || now == last) continue;
    kept.push_back(d);
    last = std::move(now);
  }
  return kept;
}

/// Of many those that come next to equal steps of their logarithm, from where three models start.
std::vector<double> thinned(const std::vector<double>& tokens, const std::vector<Curve>& curves,
                            std::size_t n_grid) {
  if (tokens.size() <= n_grid) return tokens;
  std::vector<double> firsts, some;
  for (const Curve& curve : curves) {
    const std::vector<double>& of_run = curve.run->n_tokens;
    const auto first = std::upper_bound(of_run.begin(), of_run.end(), 0.0);
    if (curve.run->mode == Mode::train && first != of_run.end()) firsts.push_back(*first);
  }
  std::sort(firsts.begin(), firsts.end());
  const double low = std::min(firsts[kFewestSizes - 1], tokens.front());
  for (const double d : log_grid(low, tokens.back(), n_grid))
    some.push_back(*std::lower_bound(tokens.begin(), tokens.end(), d));
  return sorted_distinct(std::move(some));
}

/// Says which of the points stand off their own runs.
void add_wrong(const std::vector<WrongCheckpoint>& wrong, ExtrapolateNAtD& at) {
  for (const SizePoint& point : at.points) {
    for (const WrongCheckpoint& one : wrong) {
      if (one.origin.model == point.model && one.n_tokens == point.n_tokens && one.value == point.y)
        at.wrong_checkpoints.push_back(one);
    }
  }
}

/// Why there is nothing to fit, at one D or at any.
std::string words_of_none(const std::vector<Curve>& curves, const std::optional<double>& d) {
  const std::string near = "within a tenth more";
  if (d)
    return "fewer than three training sizes have a checkpoint at " + short_count(*d) +
           " tokens or " + near;
  std::vector<double> sizes;
  for (const Curve& curve : curves) {
    if (curve.run->mode == Mode::train) sizes.push_back(n_params(*curve.run));
  }
  const std::size_t n = sorted_distinct(std::move(sizes)).size();
  if (n < kFewestSizes) return counted(n, "training size") + (n == 1 ? " is" : " are") + " too few";
  return "at no D do the longest runs of three training sizes have a checkpoint from there on, " +
         near;
}

}  // namespace

std::span<const Task> measured_apart(const std::vector<Task>& tasks, Metric metric) {
  return std::span(tasks).first(metric == Metric::c4 ? 1 : tasks.size());
}

std::vector<WrongCheckpoint> wrong_losses_of_runs(const Ladder& ladder, const Task& task,
                                                  Metric metric) {
  for (const LadderRun& run : ladder.runs) {
    if (run.mode == Mode::train) check_losses(run, task, metric);
  }
  return wrong_checkpoints(ladder, task, {metric}, {});
}

void ExtrapolateNSettings::validate() const {
  if (n_tokens) require_positive("--d", *n_tokens);
  require_level(level);
}

std::optional<double> perplexity(Metric metric, const std::optional<double>& loss) {
  if (metric != Metric::c4 || !loss) return {};
  return finite(std::exp(*loss));
}

bool ExtrapolateNAtD::scatter_is_of_one_number() const {
  return fitted && fitted->fit.covariance && fitted->fit.covariance->dof <= 1;
}

ExtrapolateNResult extrapolate_n(const Ladder& ladder, const Task& task,
                                 const ExtrapolateNSettings& settings) {
  ExtrapolateNResult result{.task = task, .settings = settings};
  std::vector<Curve> curves;
  for (const LadderRun* run : longest_runs(ladder))
    curves.push_back({run, series(*run, task, settings.metric)});
  const std::vector<double> tokens =
      settings.n_tokens ? std::vector{*settings.n_tokens}
                        : thinned(measured_tokens(curves), curves, settings.n_grid);
  const std::vector<WrongCheckpoint> wrong = wrong_losses_of_runs(ladder, task, settings.metric);
  for (const double d : tokens) {
    ExtrapolateNAtD at = at_tokens(curves, d, settings.level);
    add_wrong(wrong, at);
    if (at.fitted) result.at.push_back(std::move(at));
  }
  mark_undetermined(result);
  if (result.at.empty())
    throw InputError(words_of_none(curves, settings.n_tokens),
                     settings.n_tokens ? "a N^b + c takes three sizes; without -d all D are tried"
                                       : "a N^b + c takes three sizes at the same tokens");
  RunningMean error;
  for (const ExtrapolateNAtD& at : result.at) {
    for (const ExtrapolateNAtD::SizePrediction& prediction : at.predictions) {
      if (prediction.determined) error.add(magnitude(prediction.relative_error()));
    }
  }
  result.mean_error = error.value();
  note_left_out(ladder, longest_runs(ladder), result);
  return result;
}

std::vector<ExtrapolateNResult> run_extrapolate_n(const ExtrapolateNSettings& settings,
                                                  const Ladder& ladder,
                                                  const std::vector<Task>& tasks) {
  settings.validate();
  std::vector<ExtrapolateNResult> results;
  for (const Task& task : measured_apart(tasks, settings.metric))
    results.push_back(extrapolate_n(ladder, task, settings));
  return results;
}

}  // namespace rung::ladder
