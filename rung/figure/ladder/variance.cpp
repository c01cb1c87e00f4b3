#include "rung/figure/ladder/variance.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "rung/core/text.hpp"
#include "rung/figure/ladder/look.hpp"

namespace rung::ladder {
namespace {

constexpr double kShownShare = 0.7;  // of a run's checkpoints, counted from its end
constexpr Colour kAll = kGrey, kLast = kVermilion;

/// Points before the last n in grey, the last n in colour.
void add_marked(const std::vector<double>& x, const std::vector<double>& y, std::size_t n_last,
                Panel& panel) {
  const std::size_t n = x.size(), first_last = n - std::min(n_last, n);
  const auto first =
      static_cast<std::size_t>(std::ceil((1 - kShownShare) * static_cast<double>(n)));
  Scatter before{.colour = kAll, .size_px = 4, .opacity = 0.5, .label = "checkpoints before"};
  Scatter last{.colour = kLast,
               .size_px = 5,
               .opacity = 0.8,
               .label = "last " + std::to_string(n - first_last) + " checkpoints"};
  for (std::size_t i = std::min(first, first_last); i < n; ++i) {
    Scatter& layer = i < first_last ? before : last;
    layer.x.push_back(x[i]);
    layer.y.push_back(y[i]);
  }
  if (!before.x.empty()) panel.layers.emplace_back(std::move(before));
  panel.layers.emplace_back(std::move(last));
}

/// Behind a spread that a wrong checkpoint is in.
const char* spread_mark(const VarianceResult& r, Metric metric) {
  return r.has_wrong(metric) ? " (!)" : "";
}

/// "", or for a spread that is mostly one: ", most of it a trend".
std::string trend_words(const std::optional<TrendNoise>& noise) {
  return noise ? ", most of it a trend" : "";
}

/// Of the accuracy, beside a trend; absent where the spread may be the run's course, a trend that
/// so few checkpoints don't show, or a wrong checkpoint.
std::optional<double> known_noise(const VarianceResult& r) {
  if (r.has_wrong(r.settings.accuracy)) return std::nullopt;
  if (r.accuracy_noise) return r.accuracy_noise->relative_sd;
  if (r.spans_the_run() || r.too_few_for_trend()) return std::nullopt;
  return r.accuracy_relative_sd;
}

constexpr const char* kTooFew = "too few checkpoints to tell noise from a trend";

/// What there is to know of a spread: "", " (!)", ", most of it a trend".
std::string spread_words(const VarianceResult& r) {
  if (r.has_wrong(r.settings.accuracy)) return spread_mark(r, r.settings.accuracy);
  if (r.accuracy_noise) return trend_words(r.accuracy_noise);
  if (r.spans_the_run()) return ", by the run's course, too";
  return r.too_few_for_trend() ? std::string(", over ") + kTooFew : "";
}

/// By the noise where it is known of any, else by the spread.
const VarianceResult& noisiest(const std::vector<VarianceResult>& results) {
  const auto order = [](const VarianceResult& r) {
    return std::pair(known_noise(r).value_or(-1), r.accuracy_relative_sd);
  };
  return *std::max_element(
      results.begin(), results.end(),
      [&](const VarianceResult& a, const VarianceResult& b) { return order(a) < order(b); });
}

/// What speaks against the noisiest: "", "; wider spreads are mostly trends", or
/// "; OpenBookQA's noise is not known" of tasks that may be noisier.
std::string doubt_words(const std::vector<VarianceResult>& results, const VarianceResult& most) {
  bool any_wider = false;
  std::vector<std::string> unknown;
  for (const VarianceResult& r : results) {
    any_wider = any_wider || r.accuracy_relative_sd > most.accuracy_relative_sd;
    if (!known_noise(r) && r.accuracy_relative_sd > *known_noise(most))
      unknown.push_back(r.task.name);
  }
  if (unknown.size() == 1) return "; " + unknown.front() + "'s noise is not known";
  if (!unknown.empty())
    return "; that of " + std::to_string(unknown.size()) + " more tasks is not known";
  return any_wider ? "; wider spreads are mostly trends" : "";
}

/// "at the end of 1.3B", or where it's no end: "over the last 75% of 1.3B".
std::string where_words(const VarianceResult& r) {
  return (r.spans_the_run() ? "over the last " + percent(r.share_of_run(), 0) + " of "
                            : "at the end of ") +
         r.run;
}

/// "Noisiest at the end of 1.3B: OpenBookQA, whose accuracy spreads by 2.5%", or where no noise is
/// known "Widest spread over the last 88% of 1.2B: ARC-Easy's accuracy, by 5.8%; ...".
std::string message(const std::vector<VarianceResult>& results) {
  const VarianceResult& most = noisiest(results);
  const std::string spread = " by " + percent(most.accuracy_relative_sd, 1) + spread_words(most);
  std::string where = where_words(most);
  if (results.size() == 1) {
    where.front() = most.spans_the_run() ? 'O' : 'A';
    return where + " its accuracy spreads" + spread;
  }
  if (!known_noise(most))
    return "Widest spread " + where + ": " + most.task.name + "'s accuracy, by " +
           percent(most.accuracy_relative_sd, 1) +
           (most.has_wrong(most.settings.accuracy) ? spread_mark(most, most.settings.accuracy)
            : most.spans_the_run() ? "; that is the run's course, too, not noise alone"
                                   : std::string("; ") + kTooFew);
  return "Noisiest " + where + ": " + most.task.name + ", whose accuracy spreads" + spread +
         doubt_words(results, most);
}

/// A run's loss over its training.
void add_loss_panel(const VarianceResult& r, const std::string& name, Figure& figure) {
  Panel loss{.title = name + ": " + percent(r.loss_relative_sd) + spread_mark(r, r.settings.loss) +
                      trend_words(r.loss_noise),
             .x = {.label = "Training tokens", .log = true, .ticks = TickStyle::count},
             .y = value_axis(r.settings.loss)};
  add_marked(r.n_tokens, r.losses, r.settings.last_n_points, loss);
  figure.panels.push_back(std::move(loss));
}

/// Its accuracy over its loss.
void add_accuracy_panel(const VarianceResult& r, Figure& figure) {
  Panel accuracy{.title = r.task.name + ", accuracy: " + percent(r.accuracy_relative_sd) +
                          spread_mark(r, r.settings.accuracy) + trend_words(r.accuracy_noise),
                 .x = value_axis(r.settings.loss),
                 .y = value_axis(r.settings.accuracy)};
  add_marked(r.losses, r.accuracies, r.settings.last_n_points, accuracy);
  figure.panels.push_back(std::move(accuracy));
}

std::string loss_name(const VarianceResult& r, bool shared) {
  return shared ? shared_loss_name(r) : r.task.name + ", loss";
}

/// A loss that all share has one bar, below the tasks' accuracies.
void add_shared_loss(const VarianceResult& r, Bars& accuracy, Panel& panel) {
  panel.y.categories.push_back(loss_name(r, true));
  accuracy.colours.assign(accuracy.values.size(), kLast);
  accuracy.colours.push_back(kAll);
  accuracy.values.push_back(r.loss_relative_sd);
  accuracy.texts.push_back(percent(r.loss_relative_sd, 1) + spread_mark(r, r.settings.loss));
  accuracy.label.clear();
}

/// All tasks, the noisiest accuracy on top.
Panel spread_panel(const std::vector<VarianceResult>& all) {
  const bool shared = share_loss(all);
  std::vector<const VarianceResult*> results;
  for (const VarianceResult& r : all) results.push_back(&r);
  std::stable_sort(results.begin(), results.end(), [](const auto* a, const auto* b) {
    return a->accuracy_relative_sd > b->accuracy_relative_sd;
  });
  Panel panel{.title = "All tasks",
              .x = {.label = "Relative spread", .ticks = TickStyle::percent, .lower = 0}};
  Bars accuracy{.colour = kLast, .label = "accuracy"}, loss{.colour = kAll, .label = "loss"};
  for (const VarianceResult* r : results) {
    panel.y.categories.push_back(r->task.name);
    accuracy.values.push_back(r->accuracy_relative_sd);
    accuracy.texts.push_back(percent(r->accuracy_relative_sd, 1) +
                             spread_mark(*r, r->settings.accuracy));
    loss.values.push_back(r->loss_relative_sd);
    loss.texts.push_back(percent(r->loss_relative_sd, 1) + spread_mark(*r, r->settings.loss));
  }
  if (shared) add_shared_loss(*results.front(), accuracy, panel);
  panel.layers.emplace_back(std::move(accuracy));
  if (!shared) panel.layers.emplace_back(std::move(loss));
  return panel;
}

/// With more tasks than this their runs stand in no picture, but for the noisiest's.
constexpr std::size_t kMostTasks = 3;

}  // namespace

Figure variance_figure(const std::vector<VarianceResult>& results) {
  Figure figure{
      .title = message(results),
      .subtitle = "Relative spread: standard deviation of the last checkpoints over their mean"};
  if (std::any_of(results.begin(), results.end(),
                  [](const VarianceResult& r) { return !r.wrong_checkpoints.empty(); }))
    figure.subtitle += "; (!): one of them is off; the text says which";
  const bool shared = share_loss(results);
  if (results.size() <= kMostTasks) {
    for (const VarianceResult& r : results) {
      if (!shared || &r == &results.front()) add_loss_panel(r, loss_name(r, shared), figure);
      add_accuracy_panel(r, figure);
    }
    figure.n_columns = 2;
    return figure;
  }
  const VarianceResult& most = noisiest(results);
  figure.panels.push_back(spread_panel(results));
  add_loss_panel(most, loss_name(most, shared), figure);
  add_accuracy_panel(most, figure);
  figure.n_columns = 3;
  figure.panel_height_px = std::max(220.0, 30 * static_cast<double>(results.size()));
  return figure;
}

}  // namespace rung::ladder
