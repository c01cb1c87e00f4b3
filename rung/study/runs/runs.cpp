#include "rung/study/runs/runs.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/known_names.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/require.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/data/imported.hpp"
#include "rung/data/select.hpp"
#include "rung/data/units.hpp"
#include "rung/study/runs/choose.hpp"

namespace rung::runs {
namespace {

constexpr double kEndedShare = 0.98;  // of what was planned: the rest may be a last, unlogged step

std::set<std::string> metrics_of(const std::vector<Run>& runs) {
  std::set<std::string> names;
  for (const Run& run : runs) {
    for (const auto& [name, values] : run.metrics) {
      if (!is_place(name)) names.insert(name);
    }
  }
  return names;
}

std::string shown_metric(const std::string& meant, const std::vector<Run>& runs) {
  const std::set<std::string> names = metrics_of(runs);
  if (names.count(meant) > 0) return meant;
  std::vector<std::string> found;
  const std::vector<std::string> usual = {
      "train/loss", "train/CrossEntropyLoss", "train/CE loss", "loss", "eval/loss", "val/loss"};
  if (meant.empty()) {
    for (const std::string& name : usual) {
      if (names.count(name) > 0) return name;
    }
  }
  for (const std::string& name : names) {
    const bool is_meant = meant.empty() ? name.find("oss") != std::string::npos
                                        : name.find(meant) != std::string::npos;
    if (is_meant) found.push_back(name);
  }
  if (found.size() == 1 || (meant.empty() && !found.empty())) return found.front();
  const std::string there_are = "there are: " + join({names.begin(), names.end()}, ", ");
  if (meant.empty()) throw InputError("no column's name says loss: give --metric", there_are);
  throw InputError(found.empty() ? "--metric '" + meant + "' is in no column's name"
                                 : "--metric '" + meant + "' may mean " + join(found, " or "),
                   there_are);
}

/// Laws of losses say nothing of a metric that rises.
bool is_loss(const std::string& metric) {
  for (const char* mark : {"loss", "Loss", "CrossEntropy", "bpb", "ppl", "perplexity"}) {
    if (metric.find(mark) != std::string::npos) return true;
  }
  return false;
}

/// A metric's rows on the axis; a loss that is infinite stays, one that is missing does not.
Curve curve_of(const std::vector<double>& x, const std::vector<double>& y) {
  Curve curve;
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    if (!std::isfinite(x[i]) || std::isnan(y[i])) continue;
    if (!curve.x.empty() && x[i] <= curve.x.back()) continue;
    curve.x.push_back(x[i]);
    curve.y.push_back(y[i]);
  }
  return curve;
}

/// The learning rate's column, of those that a run has.
std::string lr_column(const Run& run) {
  for (const auto& [name, values] : run.metrics) {
    if (name == "lr" || name.ends_with("/lr") || name.find("learning_rate") != std::string::npos)
      return name;
  }
  return "";
}

std::optional<double> end_value(const std::vector<double>& y) {
  if (y.empty()) return std::nullopt;
  RunningMean mean;
  for (std::size_t i = y.size() - n_in_last_tenth(y.size()); i < y.size(); ++i) {
    if (std::isfinite(y[i])) mean.add(y[i]);
  }
  return mean.value();
}

/// The learning rate over its peak at each place of the curve, by the row before.
std::vector<double> lr_shares(const Curve& lr, const Curve& curve, double peak) {
  std::vector<double> shares;
  std::size_t at = 0;
  for (const double x : curve.x) {
    while (at + 1 < lr.x.size() && lr.x[at + 1] <= x) ++at;
    shares.push_back(lr.y[at] / peak);
  }
  return shares;
}

void take_end(const Curve& lr, const std::string& metric, const Request& request,
              RunSummary& summary) {
  if (summary.state != State::unfinished || !request.extrapolates || !is_loss(metric)) return;
  const Curve calm = without_trouble(summary.curve);
  FinalLossRequest final{.at = *summary.planned, .level = request.level, .seed = request.seed};
  if (summary.peak_lr && *summary.peak_lr > 0)
    final.lr_share = lr_shares(lr, calm, *summary.peak_lr);
  summary.extrapolated = final_loss(calm, final);
}

/// Rows at the end that hold no metric at all: what was logged in them were no numbers.
std::size_t n_bare_at_end(const Run& run) {
  constexpr std::size_t kFewest = 2;
  const auto is_bare = [&](std::size_t row) {
    return std::all_of(run.metrics.begin(), run.metrics.end(), [&](const auto& metric) {
      return is_place(metric.first) || std::isnan(metric.second[row]);
    });
  };
  std::size_t n = 0;
  while (n < run.n_rows() && is_bare(run.n_rows() - 1 - n)) ++n;
  return n >= kFewest && n < run.n_rows() ? n : 0;
}

/// Rows at the end where the metric was lost.
std::size_t n_lost(const Run& run, const std::string& metric) {
  return std::max(n_lost_at_end(metric_values(run, metric)), n_bare_at_end(run));
}

/// Where a loss rises for good, or is lost. What is none may well rise.
std::optional<std::size_t> divergence_in(const std::string& metric, const Curve& curve,
                                         const Run& run) {
  if (!is_loss(metric)) return std::nullopt;
  const std::optional<std::size_t> rising = divergence_of(curve);
  if (rising || curve.y.empty() || n_lost(run, metric) == 0) return rising;
  return curve.y.size() - 1;
}

RunSummary summary_of(const Run& run, const std::string& metric, const Request& request, Axis axis);

/// What is planned is tokens or steps, and so are the laws of curves: over time it comes where the
/// run's speed so far leads.
RunSummary summary_over_time(const Run& run, const std::string& metric, const Request& request) {
  const std::vector<double> hours = axis_values(run, Axis::time);
  const double n_tokens = last_known(run.n_tokens);
  const Axis planned_over = std::isfinite(n_tokens) ? Axis::tokens : Axis::steps;
  RunSummary summary = summary_of(run, metric, request, planned_over);
  summary.curve = curve_of(hours, metric_values(run, metric));
  summary.lr = curve_of(hours, metric_values(run, lr_column(run)));
  summary.smooth_y = smoothed(summary.curve.y, request.smooth);
  summary.final_value = end_value(summary.curve.y);
  summary.spikes = spikes_of(summary.curve);
  summary.divergence = divergence_in(metric, summary.curve, run);
  const double hours_a_place = last_known(hours) / last_known(axis_values(run, planned_over));
  if (summary.planned) *summary.planned *= hours_a_place;
  if (summary.extrapolated) {
    for (double& x : summary.extrapolated->x) x *= hours_a_place;
  }
  return summary;
}

RunSummary summary_of(const Run& run, const std::string& metric, const Request& request,
                      Axis axis) {
  if (axis == Axis::time) return summary_over_time(run, metric, request);
  RunSummary summary{.model = run.model, .n_params = size_of(run)};
  summary.n_tokens = last_known(run.n_tokens);
  summary.n_steps = last_known(metric_values(run, kStep));
  const std::vector<double> x = axis_values(run, axis);
  summary.curve = curve_of(x, metric_values(run, metric));
  summary.smooth_y = smoothed(summary.curve.y, request.smooth);
  summary.final_value = end_value(summary.curve.y);
  summary.spikes = spikes_of(summary.curve);
  summary.divergence = divergence_in(metric, summary.curve, run);
  summary.planned = request.planned ? request.planned : planned_of(run, axis);
  summary.lr = curve_of(x, metric_values(run, lr_column(run)));
  const Curve& lr = summary.lr;
  if (!lr.y.empty()) {
    summary.peak_lr = *std::max_element(lr.y.begin(), lr.y.end());
    summary.last_lr = lr.y.back();
  }
  if (summary.divergence) {
    summary.state = State::diverged;
  } else if (summary.planned && last_known(x) < kEndedShare * *summary.planned) {
    summary.state = State::unfinished;
  }
  take_end(lr, metric, request, summary);
  return summary;
}

void compare_with(const std::string& against, double level, std::vector<RunSummary>& runs) {
  std::vector<std::string> models;
  for (const RunSummary& run : runs) models.push_back(run.model);
  const auto other = std::find_if(runs.begin(), runs.end(),
                                  [&](const RunSummary& run) { return run.model == against; });
  if (other == runs.end())
    throw InputError("--against: there is no run '" + against + "'",
                     close_or_all("runs are ", against, models));
  if (other->curve.x.empty()) throw InputError("--against: '" + against + "' has no such metric");
  for (RunSummary& run : runs) {
    if (run.model != against) run.difference = difference_of(run.curve, other->curve, level);
  }
}

/// By the losses that the runs have reached, at the tokens that they have seen.
void expect_by_others(std::vector<RunSummary>& runs, int n_threads) {
  std::vector<LadderPlace> places;
  std::vector<RunSummary*> placed;
  for (RunSummary& run : runs) {
    if (!run.n_params || !(run.n_tokens > 0) || !run.final_value || !(*run.final_value > 0) ||
        run.state == State::diverged)
      continue;
    places.push_back({*run.n_params, run.n_tokens, *run.final_value});
    placed.push_back(&run);
  }
  const std::vector<std::optional<Expected>> expected = off_ladder(places, n_threads);
  for (std::size_t i = 0; i < placed.size(); ++i) placed[i]->expected = expected[i];
}

void find_differing_settings(const std::vector<const Run*>& runs, Result& result) {
  std::set<std::string> names;
  for (const Run* run : runs) {
    for (const auto& [name, value] : run->settings) names.insert(name);
    for (const auto& [name, text] : run->descriptions) names.insert(name);
  }
  for (const std::string& name : names) {
    std::vector<std::string> texts;
    for (const Run* run : runs) {
      const auto number = run->settings.find(name);
      const auto text = run->descriptions.find(name);
      texts.push_back(number != run->settings.end()     ? shortest(number->second)
                      : text != run->descriptions.end() ? text->second
                                                        : "");
    }
    if (std::set<std::string>(texts.begin(), texts.end()).size() > 1)
      result.differing_settings.emplace_back(name, std::move(texts));
  }
}

/// Over which a run has the metric.
Axis usual_axis(const std::vector<Run>& runs, const std::string& metric) {
  for (const Axis axis : {Axis::tokens, Axis::steps, Axis::time}) {
    for (const Run& run : runs) {
      if (!curve_of(axis_values(run, axis), metric_values(run, metric)).x.empty()) return axis;
    }
  }
  return Axis::tokens;
}

/// "a, b, c and 2 more"
std::string few_of(std::vector<std::string> names) {
  constexpr std::size_t kShown = 3;
  const std::size_t n_more = names.size() - std::min(names.size(), kShown);
  names.resize(names.size() - n_more);
  return join(names, ", ") + (n_more > 0 ? " and " + std::to_string(n_more) + " more" : "");
}

/// Which runs are under way and too short to say where they end.
void note_missing_ends(const Request& request, Result& result) {
  if (!request.extrapolates || !is_loss(result.metric)) return;
  std::vector<std::string> names;
  for (const RunSummary& each : result.runs) {
    if (each.state == State::unfinished && !each.extrapolated) names.push_back(each.model);
  }
  if (names.empty()) return;
  result.notes.push_back("where " + few_of(std::move(names)) +
                         " will end is not said: that takes a dozen rows behind the first tenth");
}

/// Which runs have nothing to draw, such as no clock.
void note_missing_places(Result& result) {
  std::vector<std::string> names;
  for (const RunSummary& each : result.runs) {
    if (each.curve.x.empty()) names.push_back(each.model);
  }
  if (names.empty()) return;
  const std::string what = result.metric + " against " + std::string(axis_name(result.axis)) +
                           ": --over says what else, --batch-tokens tokens a step";
  if (names.size() == result.runs.size())
    result.notes.push_back("no run has " + what);
  else
    result.notes.push_back(few_of(names) + (names.size() > 1 ? " have no " : " has no ") + what);
}

}  // namespace

std::string_view state_name(State state) {
  return state == State::finished     ? "finished"
         : state == State::unfinished ? "unfinished"
                                      : "diverged";
}

void Request::validate() const {
  require_level(level);
  require_at_least("--smooth", static_cast<double>(smooth), 1);
  if (planned) require_positive("--planned", *planned);
}

Result run(const Request& request, const std::vector<Run>& runs) {
  request.validate();
  Result result{.metric = shown_metric(request.metric, runs)};
  result.axis = request.axis.value_or(usual_axis(runs, result.metric));
  std::vector<RunSummary> summaries(runs.size());
  parallel_for(runs.size(), request.n_threads, [&](std::size_t i) {
    summaries[i] = summary_of(runs[i], result.metric, request, result.axis);
  });
  std::vector<const Run*> chosen;
  for (const std::size_t row : chosen_runs(request, runs, summaries)) {
    result.runs.push_back(std::move(summaries[row]));
    chosen.push_back(&runs[row]);
    if (const std::size_t n = n_lost(runs[row], result.metric); n > 0)
      result.notes.push_back(runs[row].model + " has no number in its last " + counted(n, "row"));
  }
  if (is_loss(result.metric)) expect_by_others(result.runs, request.n_threads);
  note_missing_ends(request, result);
  result.against = request.against;
  if (!request.against.empty()) compare_with(request.against, request.level, result.runs);
  find_differing_settings(chosen, result);
  if (request.smooth > 1)
    result.notes.push_back("smoothed: the mean over " + counted(request.smooth / 2 * 2 + 1, "row") +
                           " around each, fewer at the ends; spikes" +
                           (request.against.empty() ? "" : ", differences") +
                           " and ends are of the rows as logged");
  note_missing_places(result);
  return result;
}

}  // namespace rung::runs
