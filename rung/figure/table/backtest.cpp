#include "rung/figure/table/backtest.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/crowd.hpp"
#include "rung/figure/table/inputs.hpp"
#include "rung/figure/table/predicted.hpp"

namespace rung {
namespace {

/// The medians over the distance, at those of the targets, too: what the verdict goes by there.
/// None where few runs were predicted from so far.
Curve medians_of(const table::Backtest& law, const std::vector<double>& distances) {
  constexpr double kLargestStep = 1.25;
  double nearest = kInfinity, furthest = 0;
  for (const table::Rollout& rollout : law.rollouts) {
    nearest = std::min(nearest, rollout.extrapolation());
    furthest = std::max(furthest, rollout.extrapolation());
  }
  std::set<double> places{furthest};
  const double whole = std::log(furthest / nearest);
  const int n_steps = std::max(12, static_cast<int>(whole / std::log(kLargestStep)));
  for (int i = 0; i < n_steps; ++i) places.insert(nearest * std::exp(whole * i / n_steps));
  for (const double at : distances)
    if (nearest <= at && at <= furthest) places.insert(at);
  const std::size_t fewest = table::fewest_in_median(law.rollouts.size());
  Curve curve;
  for (const double at : places) {
    const table::ErrorAtDistance there = table::error_at_distance(law, at);
    if (there.n_runs < fewest || !std::isfinite(there.median_error)) continue;
    curve.x.push_back(at);
    curve.y.push_back(there.median_error);
  }
  return curve;
}

bool has_line(const Curve& curve) { return curve.x.size() > 1; }

struct LawErrors {
  Scatter single{};
  Curve medians{};
};

LawErrors errors_of(const table::Backtest& law, const std::vector<double>& distances,
                    Colour colour) {
  LawErrors errors{{.colour = colour, .size_px = 5, .opacity = 0.5}, medians_of(law, distances)};
  errors.medians.colour = colour, errors.medians.width_px = 2.4;
  for (const table::Rollout& rollout : law.rollouts) {
    const double factor = rollout.extrapolation();
    const double error = std::abs(rollout.prediction.relative_error().value_or(kInfinity));
    if (!std::isfinite(error)) continue;
    errors.single.x.push_back(factor);
    errors.single.y.push_back(error);
  }
  return errors;
}

/// What stands for the law in the legend: the points where a line through one median isn't drawn.
/// Of several groups, each panel's title has its errors, and one legend serves all.
Layer legend_entry(const table::Backtest& law, const LawErrors& errors, bool is_only_group) {
  const std::string label =
      is_only_group ? law.law + ": median error " + percent(law.median_error, 1) : law.law;
  if (has_line(errors.medians))
    return Curve{
        .colour = errors.medians.colour, .width_px = errors.medians.width_px, .label = label};
  return Scatter{.colour = errors.single.colour, .size_px = errors.single.size_px, .label = label};
}

/// The best law of those that the table calls predictable; without any, what it calls best; null
/// where nothing could be predicted.
const table::Backtest* best_of(const table::GroupBacktest& group) {
  const table::Backtest* best = nullptr;
  for (const table::Backtest& law : group.laws) {
    if (law.predictable.value_or(false) && (!best || law.median_error < best->median_error))
      best = &law;
  }
  if (!best) best = &group.laws[group.best];
  return best->rollouts.empty() || !std::isfinite(best->median_error) ? nullptr : best;
}

bool is_predictable(const table::GroupBacktest& group) {
  const table::Backtest* const best = best_of(group);
  return best && best->predictable.value_or(false);
}

/// Whether a law's median would do, and its verdict goes by the mean.
bool fails_on_average(const table::Backtest& law, double tolerance) {
  return !law.predictable.value_or(false) && law.median_error <= tolerance;
}

/// What its verdict goes by: "1.1% (relative)", "32.6% (relative) on average".
std::string error_words(const table::Backtest& law, double tolerance) {
  const bool on_average = fails_on_average(law, tolerance);
  return percent(on_average ? law.mean_error : law.median_error, 1) + " (relative)" +
         (on_average ? " on average" : "");
}

std::string panel_title(const table::GroupBacktest& group, double tolerance) {
  const table::Backtest* best = best_of(group);
  if (group.label.empty() || !best) return group.label;
  return group.label + ": " + (is_predictable(group) ? "" : "not predictable, ") + best->law +
         " off by " + error_words(*best, tolerance) +
         (is_predictable(group) && !best->reservations.empty() ? kDoubtMark : "");
}

/// Single errors are now and then next to nothing: that is luck, and not to be looked at. What a
/// law errs by typically is.
double least_shown(const table::GroupBacktest& group, double tolerance) {
  double least = tolerance / 100;
  for (const table::Backtest& law : group.laws) {
    if (law.median_error > 0) least = std::min(least, law.median_error / 3);
  }
  return least;
}

/// How many times beyond the largest run each target lies.
std::vector<double> distances_of(const table::GroupBacktest& group) {
  double largest = 0;
  for (const table::Backtest& law : group.laws) largest = std::max(largest, law.largest());
  std::vector<double> distances;
  for (const table::Target& target : group.targets) distances.push_back(target.at / largest);
  return distances;
}

/// The legend in the laws' order; then all points, then all lines, each time the best law's last:
/// what is drawn later hides what lies below.
void add_laws(const table::GroupBacktest& group, Panel& panel) {
  std::vector<LawErrors> all, last;
  const table::Backtest* const best = best_of(group);
  const std::vector<Colour> colours = category_colours(group.laws.size());
  std::size_t n = 0;
  for (std::size_t i = 0; i < group.laws.size(); ++i) {
    const table::Backtest& law = group.laws[i];
    if (law.rollouts.empty()) continue;
    LawErrors errors = errors_of(law, distances_of(group), colours[i]);
    n += errors.single.x.size();
    panel.layers.push_back(legend_entry(law, errors, group.label.empty()));
    (&law == best ? last : all).push_back(std::move(errors));
  }
  all.insert(all.end(), last.begin(), last.end());
  for (const LawErrors& errors : all) panel.layers.emplace_back(in_crowd(errors.single, n));
  for (LawErrors& errors : all) panel.layers.emplace_back(std::move(errors.medians));
}

/// How far from the runs the targets lie, also where no rollout went as far.
void add_targets(const table::GroupBacktest& group, Panel& panel) {
  const std::vector<double> distances = distances_of(group);
  const std::vector<Colour> colours = target_colours(distances.size() + 1);
  for (std::size_t i = 0; i < group.targets.size(); ++i) {
    const double factor = distances[i];
    if (factor >= 1)
      panel.layers.emplace_back(Rule{.direction = Rule::Direction::vertical,
                                     .at = factor,
                                     .colour = colours[i + 1],  // the first is a law's
                                     .label = group.targets[i].words + " over the largest run"});
  }
}

Panel group_panel(const table::GroupBacktest& group, const table::BacktestOptions& options) {
  const bool is_only_group = group.label.empty();
  const std::string over = options.over.empty() ? "C" : options.over;
  Panel panel{.title = panel_title(group, options.tolerance),
              .x = {.label = over + " over the largest " + over + " fitted", .log = true},
              .y = {.label = "|Relative error|", .log = true, .ticks = TickStyle::percent}};
  add_laws(group, panel);
  panel.layers.emplace_back(Rule{.at = options.tolerance,
                                 .colour = kInk,
                                 .label = "good enough: " + percent(options.tolerance, 1)});
  double naive = 0;
  for (const table::Backtest& law : group.laws) naive = std::max(naive, law.naive_error);
  if (naive > 0)
    panel.layers.emplace_back(Rule{
        .at = naive,
        .colour = kGrey,
        .dash = Dash::dotted,
        .label = "repeating the largest run" + (is_only_group ? ": " + percent(naive, 1) : "")});
  add_targets(group, panel);
  panel.y.lower = least_shown(group, options.tolerance);
  return panel;
}

/// "2 of 3 groups can be predicted from their smaller runs, 1 of them with reservations"
std::string verdict_on_groups(const std::vector<table::GroupBacktest>& groups) {
  const auto n = std::count_if(groups.begin(), groups.end(), is_predictable);
  const auto n_reserved =
      std::count_if(groups.begin(), groups.end(), [](const table::GroupBacktest& group) {
        return is_predictable(group) && !best_of(group)->reservations.empty();
      });
  return std::to_string(n) + " of " + std::to_string(groups.size()) +
         " groups can be predicted from their smaller runs" +
         (n_reserved > 0 ? ", " + std::to_string(n_reserved) + " with reservations" : "");
}

/// What the table's verdict on the best law is: "chinchilla predicts larger runs: off by 0.5%
/// (relative), typically", "… to 0.5% (relative), but its intervals hold too few", or that nothing
/// does.
std::string verdict(const std::vector<table::GroupBacktest>& groups, double tolerance) {
  if (groups.size() > 1) return verdict_on_groups(groups);
  const table::Backtest* const best = best_of(groups.front());
  if (!best) return "Nothing could be predicted from smaller runs";
  const std::string error = error_words(*best, tolerance);
  if (fails_on_average(*best, tolerance))
    return "No better than repeating the largest run: " + best->law + " is off by " + error +
           ", that by " + percent(best->naive_error, 1);
  if (!best->predictable.value_or(false))
    return "No law predicts larger runs well enough: " + best->law + " is off by " + error;
  const std::string words = best->law + " predicts larger runs";
  return best->reservations.empty()
             ? words + ": off by " + error + ", typically"
             : words + " to " + error + ", but " + best->reservations.front().words;
}

/// Why the law of the least median error is not the title's: "; formula: off by 32.6% on average,
/// where repeating the largest run is off by 20.4%"; "" where it is.
std::string words_on_passed_over(const table::GroupBacktest& group, double tolerance) {
  const table::Backtest& first = group.laws[group.best];
  const std::vector<std::string> reasons = why_not_predictable(first, tolerance);
  return reasons.empty() ? "" : "; " + first.law + ": " + join(reasons, "; ");
}

/// "; (!): not at the target's distance": what takes from any group's verdict.
std::string words_on_marks(const std::vector<table::GroupBacktest>& groups) {
  std::vector<std::string> words;
  for (const table::GroupBacktest& group : groups) {
    if (!is_predictable(group)) continue;
    for (const table::Reservation& reservation : best_of(group)->reservations)
      if (!contains(words, reservation.words)) words.push_back(reservation.words);
  }
  return words.empty() ? "" : "; (!): " + join(words, ", or ");
}

bool draws_line(const Panel& panel) {
  return std::any_of(panel.layers.begin(), panel.layers.end(), [](const Layer& layer) {
    const auto* const curve = std::get_if<Curve>(&layer);
    return curve && has_line(*curve);
  });
}

std::size_t fewest_in_medians(const std::vector<table::GroupBacktest>& groups) {
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const table::GroupBacktest& group : groups) {
    for (const table::Backtest& law : group.laws)
      if (!law.rollouts.empty())
        least = std::min(least, table::fewest_in_median(law.rollouts.size()));
  }
  return least;
}

/// Whether checkpoints of a run are predicted from earlier ones.
bool holds_out_rows(const std::vector<table::GroupBacktest>& groups) {
  return std::any_of(groups.begin(), groups.end(), [](const table::GroupBacktest& group) {
    return group.unnamed_runs || (!group.run_column.empty() && !group.whole_runs);
  });
}

/// Which formula is which, as far as they are short: "; formula 1: E + A/N^a; formula 2: …"
std::string formula_words(const table::BacktestRequest& request) {
  constexpr std::size_t kLongest = 60;
  std::string words;
  for (const auto& [name, formula] : request.named_formulas()) {
    if (formula.size() < kLongest) words += "; " + name + ": " + formula;
  }
  return words;
}

}  // namespace

Figure backtest_figure(const table::BacktestRequest& request,
                       const std::vector<table::GroupBacktest>& groups) {
  const table::BacktestOptions& options = request.options;
  Figure figure{.title = verdict(groups, options.tolerance),
                .subtitle = "Each point: a " + std::string(holds_out_rows(groups) ? "row" : "run") +
                            " predicted from those up to a cutoff"};
  for (const table::GroupBacktest& group : groups)
    figure.panels.push_back(group_panel(group, options));
  if (std::any_of(figure.panels.begin(), figure.panels.end(), draws_line))
    figure.subtitle +=
        "; lines: medians of " + std::to_string(fewest_in_medians(groups)) + " or more";
  const table::Backtest* const best = groups.size() == 1 ? best_of(groups.front()) : nullptr;
  if (best && best->predictable.value_or(false)) {
    for (const table::Reservation& reservation : best->reservations)
      figure.subtitle += "; " + reservation.details;
    figure.subtitle += words_on_passed_over(groups.front(), options.tolerance);
  }
  if (groups.size() > 1) figure.subtitle += words_on_marks(groups);
  figure.subtitle += formula_words(request);
  figure.n_columns = std::min<std::size_t>(3, std::max<std::size_t>(1, figure.panels.size()));
  if (figure.panels.size() == 1) figure.panel_width_px = 460, figure.panel_height_px = 310;
  return figure;
}

}  // namespace rung
