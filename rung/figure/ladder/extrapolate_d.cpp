#include "rung/figure/ladder/extrapolate_d.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <numeric>

#include "rung/core/counted.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/ladder/look.hpp"
#include "rung/figure/ladder/panels.hpp"

namespace rung::ladder {
namespace {

double last_tokens(const ExtrapolateDResult& result) {
  double last = 0;
  for (const ExtrapolationPoint& point : result.points) last = std::max(last, point.n_tokens);
  return last;
}

/// Smooth, and up to the prediction, where the law is one of tokens alone; else at the checkpoints.
Curve law_curve(const ExtrapolateDResult& result) {
  Curve curve{.width_px = 1.2, .label = "law"};
  if (result.fitted.law->n_inputs() != 1) {
    for (const ExtrapolationPoint& point : result.points) {
      curve.x.push_back(point.n_tokens);
      curve.y.push_back(point.predicted);
    }
    return curve;
  }
  const double end = std::max(result.final_tokens, last_tokens(result));
  curve.x = log_grid(result.points.front().n_tokens, end, kCurvePoints);
  for (const double at : curve.x) curve.y.push_back(result.fitted.predict(std::array{at}));
  return curve;
}

std::string panel_title(const ExtrapolateDResult& result, bool name_task) {
  std::string title = result.name;
  if (name_task) title = result.task.name + ", " + title;
  if (!result.is_determined()) return title + ": not determined (!)";
  if (!result.wrong_checkpoints.empty()) title += " (!)";
  if (result.check_error) return title + ": " + percent(*result.check_error, 1) + " off after";
  return title + ": " + percent(result.fitting_error, 1) + " off";
}

void add_prediction(const ExtrapolateDResult& result, Panel& panel) {
  Scatter predicted{.x = {result.final_tokens},
                    .y = {*result.at_end.predicted},
                    .colour = kVermilion,
                    .size_px = 9,
                    .filled = false,
                    .opacity = 0,  // what came may lie there
                    .label = "predicted"};
  if (result.at_end.interval) {
    predicted.y_lower = {result.at_end.interval->lower};
    predicted.y_upper = {result.at_end.interval->upper};
  }
  panel.layers.emplace_back(std::move(predicted));
  std::string words = fixed(*result.at_end.predicted, 3);
  if (const auto ppl = perplexity(result.settings.metric, result.at_end.predicted))
    words += " (ppl " + fixed(*ppl, 1) + ")";
  if (!result.interval_doubt().empty()) words += " (!)";
  panel.layers.emplace_back(Note{result.final_tokens, *result.at_end.predicted, words, kVermilion});
}

Panel run_panel(const ExtrapolateDResult& result, bool name_task) {
  Panel panel{.title = panel_title(result, name_task),
              .x = {.label = "Training tokens", .log = true, .ticks = TickStyle::count},
              .y = value_axis(result.settings.metric)};
  Scatter fitted{.colour = kBlue, .size_px = 5, .opacity = 0.4, .label = "fitted"};
  Scatter checked{.colour = kOrange, .size_px = 5, .opacity = 0.7, .label = "held back"};
  for (const ExtrapolationPoint& point : result.points) {
    Scatter& layer = point.in_fit ? fitted : checked;
    layer.x.push_back(point.n_tokens);
    layer.y.push_back(point.y);
  }
  if (!result.wrong_checkpoints.empty())
    panel.layers.emplace_back(ring_of_wrong(result.wrong_checkpoints));
  panel.layers.emplace_back(std::move(fitted));
  if (!checked.x.empty()) panel.layers.emplace_back(std::move(checked));
  if (!result.is_determined()) return panel;
  if (!result.points.empty()) panel.layers.emplace_back(law_curve(result));
  add_prediction(result, panel);
  return panel;
}

/// "reaches below 0, or is narrower than the error after the fit": of those that some result has.
std::string doubts_in_words(const std::vector<ExtrapolateDResult>& results) {
  const auto any = [&](auto holds) {
    return std::any_of(results.begin(), results.end(), [&](const ExtrapolateDResult& result) {
      return result.is_determined() && holds(result);
    });
  };
  std::vector<std::string> words;
  if (any([](const ExtrapolateDResult& r) { return r.reaches_below_zero(); }))
    words.emplace_back("reaches below 0");
  if (any([](const ExtrapolateDResult& r) { return r.is_too_narrow(); }))
    words.emplace_back("is narrower than the error after the fit");
  if (any([](const ExtrapolateDResult& r) { return r.inside_gap.has_value(); }))
    words.emplace_back("is of checkpoints off the ends of runs");
  if (any([](const ExtrapolateDResult& r) { return r.inside_untested; }))
    words.emplace_back("is of a run without shorter ones to test it by");
  if (any([](const ExtrapolateDResult& r) { return r.misses_rehearsal(); }))
    words.emplace_back("misses the run's end when made from half of it");
  if (any([](const ExtrapolateDResult& r) { return r.misses_actual(); }))
    words.emplace_back("misses the run's last checkpoint");
  return join(words, ", or ");
}

/// More than a page shows: of the others, those that err most.
constexpr std::size_t kMostPanels = 8;

/// Those with a wrong checkpoint come first, and those of which it is not known last.
double error_of(const ExtrapolateDResult& result) {
  if (!result.wrong_checkpoints.empty()) return kInfinity;
  if (!result.is_determined()) return -1;
  return result.check_error ? *result.check_error : result.fitting_error;
}

/// Those that have a panel, in their order.
std::vector<bool> shown(const std::vector<ExtrapolateDResult>& results) {
  std::vector<std::size_t> order(results.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return error_of(results[a]) > error_of(results[b]);
  });
  std::vector<bool> shown(results.size());
  for (std::size_t i = 0; i < std::min(kMostPanels, order.size()); ++i) shown[order[i]] = true;
  return shown;
}

/// The law's errors over the runs that determine it.
struct Errors {
  RunningMean fitting, check;

  bool are_checked() const { return check.n() > 0; }
  const RunningMean& told() const { return are_checked() ? check : fitting; }
};

/// "means over 21 of 22 fits"; "" of one.
std::string mean_words(const std::vector<ExtrapolateDResult>& results, const Errors& errors) {
  const bool several_tasks = results.front().task.key != results.back().task.key;
  const std::size_t n = errors.told().n();
  const std::string of_all = counted(results.size(), several_tasks ? "fit" : "run");
  if (n < results.size()) return n == 0 ? "" : "means over " + std::to_string(n) + " of " + of_all;
  return errors.are_checked() && n > 1 ? "means over " + of_all : "";
}

/// What the title's error is of, what (!) means, and which runs have no panel.
std::string subtitle_of(const std::vector<ExtrapolateDResult>& results, const Errors& errors,
                        std::size_t n_shown) {
  std::vector<std::string> parts;
  if (!errors.are_checked() && errors.told().n() > 0)
    parts.emplace_back(
        "nothing was held back to check it: --train_step_max fits a part of each run");
  if (std::string words = mean_words(results, errors); !words.empty())
    parts.push_back(std::move(words));
  if (const std::string doubts = doubts_in_words(results); !doubts.empty())
    parts.push_back("(!): an interval that " + doubts);
  const bool any_wrong = std::any_of(
      results.begin(), results.end(),
      [](const ExtrapolateDResult& result) { return !result.wrong_checkpoints.empty(); });
  if (any_wrong) parts.emplace_back("ringed: a checkpoint that stands off its run (!)");
  if (n_shown < results.size())
    parts.push_back("shown are the " + std::to_string(n_shown) + " of " +
                    std::to_string(results.size()) + " that it errs most on" +
                    (any_wrong ? ", those with rings before others" : ""));
  std::string words = join(parts, "; ");
  if (!words.empty()) words.front() = static_cast<char>(std::toupper(words.front()));
  return words;
}

}  // namespace

Figure extrapolation_figure(const std::vector<ExtrapolateDResult>& results) {
  const bool several_tasks = results.front().task.key != results.back().task.key;
  Figure figure;
  Errors errors;
  const std::vector<bool> has_panel = shown(results);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].is_determined()) {
      errors.fitting.add(results[i].fitting_error);
      errors.check.add(results[i].check_error);
    }
    if (has_panel[i]) figure.panels.push_back(run_panel(results[i], several_tasks));
  }
  figure.title = std::string(metric_label(results.front().settings.metric)) + " along each run: ";
  const std::optional<double> error = errors.told().value();
  figure.title += error ? "the law errs by " + percent(*error, 1) + " where it was " +
                              (errors.are_checked() ? "not fitted" : "fitted")
                        : "nothing is determined";
  figure.subtitle = subtitle_of(results, errors, figure.panels.size());
  size_panels(figure, 4);
  return figure;
}

}  // namespace rung::ladder
