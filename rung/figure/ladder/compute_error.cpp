#include "rung/figure/ladder/compute_error.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/ladder/panels.hpp"

namespace rung::ladder {
namespace {

struct StepLook {
  const char* option;
  const char* label;
  ErrorOfStep of;
  Colour colour;
};
constexpr StepLook kStepLooks[] = {{"step1", "step 1: loss", kErrorOfStep1, kOrange},
                                   {"step2", "step 2: accuracy from loss", kErrorOfStep2, kGreen},
                                   {"stacked", "chained: accuracy", kErrorOfChain, kBlue}};

/// Whether the steps' errors are among what is shown.
bool is_selected(const StepLook& step, const ErrorSelection& selection) {
  return selection.which_step == "all" || selection.which_step == step.option;
}

bool is_shown_in_doubt(const TaskError& task, const StepLook& step) {
  return step.of.is_known(task) && step.of.in_doubt(task);
}

constexpr const char* kErrorInDoubt = " (!)";

/// One step's errors over the keys where the law is identified; NaN where the runs leave it open:
/// what it predicts there may be anything. Open marks where the fits are in doubt.
void add_errors(const std::vector<ComputeError>& errors, const std::vector<const TaskError*>& tasks,
                const StepLook& step, Panel& panel) {
  constexpr double kSizePx = 6;
  Curve curve{.colour = step.colour};
  Scatter sure{.colour = step.colour, .size_px = kSizePx};
  Scatter in_doubt{.colour = step.colour, .size_px = kSizePx, .filled = false};
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const TaskError& task = *tasks[i];
    curve.x.push_back(errors[i].x);
    curve.y.push_back(step.of.is_known(task) ? *(task.*step.of.error) : kNaN);
    if (!step.of.is_known(task)) continue;
    Scatter& points = step.of.in_doubt(task) ? in_doubt : sure;
    points.x.push_back(curve.x.back());
    points.y.push_back(curve.y.back());
  }
  (sure.x.empty() ? in_doubt : sure).label = step.label;
  if (!in_doubt.x.empty() && !panel.title.ends_with(kErrorInDoubt)) panel.title += kErrorInDoubt;
  panel.layers.emplace_back(std::move(curve));
  panel.layers.emplace_back(std::move(sure));
  panel.layers.emplace_back(std::move(in_doubt));
}

Axis growth_axis(Vary vary) {
  if (vary == Vary::model_size)
    return {.label = "Sizes up to (parameters)", .log = true, .ticks = TickStyle::count};
  if (vary == Vary::run_length) return {.label = "Runs up to (times Chinchilla)"};
  return {.label = "Newest run (FLOPs)", .log = true, .ticks = TickStyle::power};
}

/// "Error at 7B-4T: 9.6% by the runs up to 760M, 5.1% by all", the mean over the tasks of the last
/// of the steps that are shown, from the first part on that identifies the law.
std::string message(const ComputeErrors& found, const ErrorSelection& selection) {
  const StepLook* step = &kStepLooks[std::size(kStepLooks) - 1];
  for (const StepLook& look : kStepLooks) {
    if (selection.which_step == look.option) step = &look;
  }
  std::vector<const ComputeError*> sure;
  for (const ComputeError& entry : found.errors) {
    if (step->of.is_known(entry.mean)) sure.push_back(&entry);
  }
  const bool several = found.errors.front().tasks.size() > 1;
  const std::string what = std::string(several ? "Mean error" : "Error") + " at " + found.target;
  if (sure.size() < 2) return what + " of a ladder that grows";
  const auto by = [&](const ComputeError* entry) {
    return percent(*(entry->mean.*step->of.error), 1) +
           (step->of.in_doubt(entry->mean) ? kErrorInDoubt : "") + " by " +
           (entry == &found.errors.back() ? "all runs"
                                          : "runs up to " + shown_key(*entry, found.vary));
  };
  return what + ": " + by(sure.front()) + ", " + by(sure.back());
}

/// What open marks and (!) mean, and what is not drawn: "" of none.
std::string error_subtitle(const ComputeErrors& found, const ErrorSelection& selection) {
  const bool any_left_out =
      std::any_of(found.errors.begin(), found.errors.end(),
                  [](const ComputeError& entry) { return !entry.mean.identified; });
  bool any_in_doubt = false;
  for (const StepLook& step : kStepLooks) {
    if (!is_selected(step, selection)) continue;
    for (const ComputeError& entry : found.errors)
      any_in_doubt = any_in_doubt || std::any_of(entry.tasks.begin(), entry.tasks.end(),
                                                 [&](const TaskError& task) {
                                                   return is_shown_in_doubt(task, step);
                                                 });
  }
  std::vector<std::string> parts;
  if (any_left_out) parts.emplace_back("Left out where the runs don't identify the law");
  if (any_in_doubt) parts.emplace_back("(!), open marks: fit in doubt; the text says why");
  return join(parts, "; ");
}

}  // namespace

Figure compute_error_figure(const ComputeErrors& found, const ErrorSelection& selection) {
  const std::vector<ComputeError>& errors = found.errors;
  Figure figure{.title = message(found, selection), .subtitle = error_subtitle(found, selection)};
  const std::size_t n_tasks = errors.front().tasks.size();
  const bool averaged = selection.do_average || n_tasks == 1;
  for (std::size_t t = 0; t < (averaged ? 1 : n_tasks); ++t) {
    Panel& panel = figure.panels.emplace_back();
    panel.title = errors.front().tasks[t].task.name;
    if (averaged && n_tasks > 1) panel.title = "Mean of " + std::to_string(n_tasks) + " tasks";
    panel.x = growth_axis(found.vary);
    panel.y = {.label = "|Relative error|", .ticks = TickStyle::percent, .lower = 0};
    std::vector<const TaskError*> tasks;
    for (const ComputeError& entry : errors)
      tasks.push_back(averaged ? &entry.mean : &entry.tasks[t]);
    for (const StepLook& step : kStepLooks) {
      if (is_selected(step, selection)) add_errors(errors, tasks, step, panel);
    }
  }
  size_panels(figure, 4);
  return figure;
}

}  // namespace rung::ladder
