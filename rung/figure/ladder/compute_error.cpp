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
  std::optional<double> TaskError::*error;
  Colour colour;
};
constexpr StepLook kStepLooks[] = {
    {"step1", "step 1: loss", &TaskError::step1, kOrange},
    {"step2", "step 2: accuracy from loss", &TaskError::step2, kGreen},
    {"stacked", "chained: accuracy", &TaskError::chained, kBlue}};

bool is_sure(const TaskError& task, const StepLook& step) {
  return task.identified || step.error == &TaskError::step2;
}

/// NaN where the runs leave the law open: what it predicts there may be anything.
double shown_error(const TaskError& task, const StepLook& step) {
  return is_sure(task, step) ? (task.*(step.error)).value_or(kNaN) : kNaN;
}

/// One step's errors over the keys where the law is identified.
void add_errors(const std::vector<ComputeError>& errors, const std::vector<const TaskError*>& tasks,
                const StepLook& step, Panel& panel) {
  Scatter points{.colour = step.colour, .size_px = 6, .label = step.label};
  for (std::size_t i = 0; i < errors.size(); ++i) {
    points.x.push_back(errors[i].x);
    points.y.push_back(shown_error(*tasks[i], step));
  }
  panel.layers.emplace_back(Curve{.x = points.x, .y = points.y, .colour = step.colour});
  panel.layers.emplace_back(std::move(points));
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
    if (entry.mean.*(step->error) && is_sure(entry.mean, *step)) sure.push_back(&entry);
  }
  const bool several = found.errors.front().tasks.size() > 1;
  const std::string what = std::string(several ? "Mean error" : "Error") + " at " + found.target;
  if (sure.size() < 2) return what + " of a ladder that grows";
  const auto by = [&](const ComputeError* entry) {
    return percent(*(entry->mean.*(step->error)), 1) + " by " +
           (entry == &found.errors.back() ? "all runs"
                                          : "runs up to " + shown_key(*entry, found.vary));
  };
  return what + ": " + by(sure.front()) + ", " + by(sure.back());
}

bool all_identified(const ComputeErrors& found) {
  return std::all_of(found.errors.begin(), found.errors.end(),
                     [](const ComputeError& entry) { return entry.mean.identified; });
}

}  // namespace

Figure compute_error_figure(const ComputeErrors& found, const ErrorSelection& selection) {
  const std::vector<ComputeError>& errors = found.errors;
  Figure figure{.title = message(found, selection)};
  if (!all_identified(found)) figure.subtitle = "Left out where the runs don't identify the law";
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
      if (selection.which_step != "all" && selection.which_step != step.option) continue;
      add_errors(errors, tasks, step, panel);
    }
  }
  size_panels(figure, 4);
  return figure;
}

}  // namespace rung::ladder
