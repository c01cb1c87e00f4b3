#include "rung/figure/ladder_studies.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"

namespace rung::ladder {
namespace {

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();  // a gap, or an empty cell
constexpr std::size_t kCurvePoints = 80;

Axis value_axis(Metric metric) {
  return {.label = std::string(metric_label(metric)),
          .ticks = is_accuracy(metric) ? TickStyle::percent : TickStyle::plain};
}

template <class Entry>
std::vector<Task> tasks_of(const std::vector<Entry>& entries) {
  std::vector<Task> tasks;
  for (const Entry& entry : entries) {
    if (std::none_of(tasks.begin(), tasks.end(),
                     [&](const Task& task) { return task.key == entry.task.key; }))
      tasks.push_back(entry.task);
  }
  return tasks;
}

// ---- compute-error

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

/// One step's errors over the keys: solid and filled where the law is identified.
void add_errors(const std::vector<ComputeError>& errors, const std::vector<const TaskError*>& tasks,
                const StepLook& step, Panel& panel) {
  Curve sure{.colour = step.colour}, unsure{.colour = step.colour, .dash = Dash::dotted};
  Scatter filled{.colour = step.colour, .size_px = 6, .label = step.label};
  Scatter hollow{.colour = step.colour, .size_px = 6, .filled = false};
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const double y = (tasks[i]->*(step.error)).value_or(kNoNumber);
    const bool sure_here = is_sure(*tasks[i], step);
    const bool sure_next = i + 1 < errors.size() && is_sure(*tasks[i + 1], step);
    const auto add = [&](auto& layer, double value) {
      layer.x.push_back(errors[i].x);
      layer.y.push_back(value);
    };
    add(sure, sure_here ? y : kNoNumber);
    // The dotted stretch runs up to the first identified key.
    const bool dotted = !sure_here || (i > 0 && !is_sure(*tasks[i - 1], step)) ||
                        (!sure_next && i + 1 < errors.size());
    add(unsure, dotted ? y : kNoNumber);
    add(sure_here ? filled : hollow, y);
  }
  panel.layers.emplace_back(std::move(unsure));
  panel.layers.emplace_back(std::move(sure));
  panel.layers.emplace_back(std::move(hollow));
  panel.layers.emplace_back(std::move(filled));
}

Axis growth_axis(Vary vary) {
  if (vary == Vary::model_size)
    return {.label = "Sizes up to (parameters)", .log = true, .ticks = TickStyle::count};
  if (vary == Vary::run_length) return {.label = "Runs up to (times Chinchilla)"};
  return {.label = "Newest run (FLOPs)", .log = true, .ticks = TickStyle::power};
}

// ---- Heatmaps

struct Grid {
  std::vector<std::string> rows, columns;
  std::vector<std::vector<double>> values;
  std::vector<std::vector<std::string>> texts;
};

Panel heatmap_panel(std::string title, Grid grid, bool diverging, std::optional<double> upper) {
  Panel panel{.title = std::move(title)};
  panel.x.categories = std::move(grid.columns);
  panel.y.categories = std::move(grid.rows);
  Heatmap map{.values = std::move(grid.values), .texts = std::move(grid.texts)};
  map.diverging = diverging;
  if (upper) {
    map.lower = diverging ? -*upper : 0;
    map.upper = upper;
  }
  panel.layers.emplace_back(std::move(map));
  return panel;
}

Grid comparison_grid(const ComparisonResult& result, const std::string& target, bool relative) {
  Grid grid;
  std::vector<std::string> names;
  for (const Feature& feature : features()) {
    if (std::none_of(result.entries.begin(), result.entries.end(),
                     [&](const Comparison& entry) { return entry.feature == feature.name; }))
      continue;
    names.push_back(feature.name);
    grid.columns.push_back(feature.title);
  }
  grid.columns.emplace_back("average");
  std::vector<RunningMean> means(names.size() + 1);
  const auto text_of = [&](double value) {
    if (!std::isfinite(value)) return std::string();
    return relative ? percent(value, 1) : fixed(100 * value, 1);
  };
  const auto add_row = [&](const std::string& name, const std::vector<double>& values) {
    grid.rows.push_back(name);
    grid.values.push_back(values);
    std::vector<std::string>& texts = grid.texts.emplace_back();
    for (const double value : values) texts.push_back(text_of(value));
  };
  for (const Task& task : tasks_of(result.entries)) {
    std::vector<double> values(names.size(), kNoNumber);
    RunningMean of_row;
    for (const Comparison& entry : result.entries) {
      if (entry.task.key != task.key || entry.target != target) continue;
      const auto column = static_cast<std::size_t>(
          std::find(names.begin(), names.end(), entry.feature) - names.begin());
      const auto error = relative ? entry.relative_error : entry.absolute_error;
      if (error) values[column] = std::abs(*error);
    }
    for (std::size_t c = 0; c < values.size(); ++c) {
      if (!std::isfinite(values[c])) continue;
      of_row.add(values[c]);
      means[c].add(values[c]);
    }
    values.push_back(of_row.value().value_or(kNoNumber));
    means.back().add(of_row.value());
    const std::string examples =
        task.n_examples ? " (" + fixed(*task.n_examples, 0) + ")" : std::string();
    add_row(task.name + examples, values);
  }
  std::vector<double> last;
  for (const RunningMean& mean : means) last.push_back(mean.value().value_or(kNoNumber));
  add_row("average", last);
  return grid;
}

Grid sensitivity_grid(const SensitivityResult& result, const std::string& target) {
  Grid grid;
  for (const Task& task : tasks_of(result.entries)) grid.columns.push_back(task.name);
  for (const Choice& choice : result.choices) {
    if (choice.name == result.choices.front().name) continue;  // the one the others are held to
    grid.rows.push_back(choice.meaning);
    std::vector<double>& values = grid.values.emplace_back();
    std::vector<std::string>& texts = grid.texts.emplace_back();
    for (const SensitivityEntry& entry : result.entries) {
      if (entry.choice.name != choice.name || entry.target != target) continue;
      const double points = 100 * entry.change.value_or(kNoNumber);
      values.push_back(points);
      texts.push_back(std::isfinite(points) ? (points > 0 ? "+" : "") + fixed(points, 1) : "");
    }
  }
  return grid;
}

// ---- variance

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
  panel.layers.emplace_back(std::move(before));
  panel.layers.emplace_back(std::move(last));
}

// ---- extrapolate

Panel run_panel(const ExtrapolateDResult& result, bool name_task) {
  Panel panel{.x = {.label = "Training tokens", .log = true, .ticks = TickStyle::count},
              .y = value_axis(result.settings.metric)};
  panel.title = std::filesystem::path(result.file).stem().string();
  if (name_task) panel.title = result.task.name + ", " + panel.title;
  Scatter fitted{.colour = kBlue, .size_px = 3.5, .opacity = 0.5, .label = "fitted"};
  Scatter checked{.colour = kOrange, .size_px = 3.5, .opacity = 0.5, .label = "checked"};
  Curve curve{.width_px = 1.8, .label = "law"};
  for (const ExtrapolationPoint& point : result.points) {
    Scatter& layer = point.in_fit ? fitted : checked;
    layer.x.push_back(point.n_tokens);
    layer.y.push_back(point.y);
    curve.x.push_back(point.n_tokens);
    curve.y.push_back(point.predicted);
  }
  panel.layers.emplace_back(std::move(fitted));
  if (!checked.x.empty()) panel.layers.emplace_back(std::move(checked));
  if (result.fit.status != Status::failed) panel.layers.emplace_back(std::move(curve));
  if (!result.predicted) return panel;
  Scatter predicted{.x = {result.final_tokens},
                    .y = {*result.predicted},
                    .colour = kVermilion,
                    .size_px = 9,
                    .filled = false,
                    .label = "predicted"};
  if (result.interval) {
    predicted.y_lower = {result.interval->lower};
    predicted.y_upper = {result.interval->upper};
  }
  panel.layers.emplace_back(std::move(predicted));
  std::string words = fixed(*result.predicted, 3);
  if (const auto ppl = perplexity(result.settings.metric, result.predicted))
    words += " (ppl " + fixed(*ppl, 1) + ")";
  panel.layers.emplace_back(Note{result.final_tokens, *result.predicted, words, kVermilion});
  return panel;
}

Panel size_panel(const ExtrapolateNResult& result) {
  const ExtrapolateNAtD& at = result.at.front();
  Panel panel{.title = result.task.name + " at " + short_count(at.n_tokens) + " tokens",
              .x = {.label = "Parameters", .log = true, .ticks = TickStyle::count},
              .y = value_axis(result.settings.metric)};
  if (result.settings.metric == Metric::c4)
    panel.title = "At " + short_count(at.n_tokens) + " tokens";
  Scatter trained{.colour = kBlue, .size_px = 8, .label = "trained"};
  double low = kInfinity, high = 0;
  for (const SizePoint& point : at.points) {
    low = std::min(low, point.n_params);
    high = std::max(high, point.n_params);
    if (point.mode != Mode::train) continue;
    trained.x.push_back(point.n_params);
    trained.y.push_back(point.y);
  }
  for (const auto& prediction : at.predictions) high = std::max(high, prediction.n_params);
  Curve curve{.label = "a N^b + c"};
  for (const double n : log_grid(0.9 * low, 1.1 * high, kCurvePoints)) {
    curve.x.push_back(n);
    curve.y.push_back(predict(*at.fit->law, at.fit->theta, std::vector{n}));
  }
  panel.layers.emplace_back(std::move(curve));
  panel.layers.emplace_back(std::move(trained));
  for (std::size_t i = 0; i < at.predictions.size(); ++i) {
    const auto& prediction = at.predictions[i];
    const Colour colour = target_colour(i);
    if (prediction.predicted) {
      panel.layers.emplace_back(Scatter{.x = {prediction.n_params},
                                        .y = {*prediction.predicted},
                                        .colour = colour,
                                        .size_px = 9,
                                        .filled = false,
                                        .label = prediction.label + " predicted"});
    }
    if (!prediction.actual) continue;
    panel.layers.emplace_back(Scatter{.x = {prediction.n_params},
                                      .y = {*prediction.actual},
                                      .colour = colour,
                                      .marker = Marker::star,
                                      .size_px = 11,
                                      .label = prediction.label + " actual"});
    if (const auto error = prediction.relative_error())
      panel.layers.emplace_back(
          Note{prediction.n_params, *prediction.actual, percent(*error, 1, true), colour});
  }
  return panel;
}

/// The trained models' span, and as much again below and half as much above: a law that the sizes
/// hardly determine may predict anything, which is not to squeeze the rest.
void frame_trained(const ExtrapolateNResult& result, Axis& axis) {
  double low = kInfinity, high = -kInfinity;
  double lowest = kInfinity, highest = -kInfinity;
  for (const ExtrapolateNAtD& at : result.at) {
    for (const SizePoint& point : at.points) {
      low = std::min(low, point.y);
      high = std::max(high, point.y);
    }
    for (const auto& prediction : at.predictions) {
      lowest = std::min(lowest, prediction.predicted.value_or(kInfinity));
      highest = std::max(highest, prediction.predicted.value_or(-kInfinity));
    }
  }
  const double span = high - low;
  if (!(span > 0)) return;
  if (lowest >= low - span && highest <= high + span / 2) return;
  axis.lower = std::clamp(lowest, low - span, low);
  axis.upper = std::clamp(highest, high, high + span / 2);
}

Panel tokens_panel(const ExtrapolateNResult& result) {
  Panel panel{.title = result.settings.metric == Metric::c4 ? std::string() : result.task.name,
              .x = {.label = "Training tokens", .log = true, .ticks = TickStyle::count},
              .y = value_axis(result.settings.metric)};
  frame_trained(result, panel.y);
  std::map<std::string, Curve> actual, predicted;
  std::map<std::string, double> sizes;
  for (const ExtrapolateNAtD& at : result.at) {
    for (const SizePoint& point : at.points) {
      sizes[point.label] = point.n_params;
      actual[point.label].x.push_back(at.n_tokens);
      actual[point.label].y.push_back(point.y);
    }
    for (const auto& prediction : at.predictions) {
      if (!prediction.predicted) continue;
      sizes[prediction.label] = prediction.n_params;
      predicted[prediction.label].x.push_back(at.n_tokens);
      predicted[prediction.label].y.push_back(*prediction.predicted);
    }
  }
  std::vector<std::string> labels;
  for (const auto& [label, size] : sizes) labels.push_back(label);
  std::stable_sort(labels.begin(), labels.end(),
                   [&](const auto& a, const auto& b) { return sizes[a] < sizes[b]; });
  const std::vector<Colour> colours = ordered_colours(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto add = [&](Curve curve, Dash dash, const std::string& what) {
      curve.colour = colours[i];
      curve.dash = dash;
      curve.label = labels[i] + what;
      panel.layers.emplace_back(std::move(curve));
    };
    if (actual.count(labels[i])) add(actual[labels[i]], Dash::solid, "");
    if (predicted.count(labels[i])) add(predicted[labels[i]], Dash::dashed, " predicted");
  }
  return panel;
}

void size_panels(Figure& figure, std::size_t most_columns) {
  figure.n_columns = std::min(most_columns, std::max<std::size_t>(1, figure.panels.size()));
  if (figure.panels.size() > 1) return;
  figure.panel_width_px = 460;
  figure.panel_height_px = 320;
}

}  // namespace

Figure compute_error_figure(const std::vector<ComputeError>& errors, Vary vary,
                            const ErrorSelection& selection) {
  Figure figure{.title = "Prediction error of a growing ladder",
                .subtitle = "Hollow and dotted: the runs don't identify the law"};
  const std::size_t n_tasks = errors.front().tasks.size();
  const bool averaged = selection.do_average || n_tasks == 1;
  for (std::size_t t = 0; t < (averaged ? 1 : n_tasks); ++t) {
    Panel& panel = figure.panels.emplace_back();
    panel.title = errors.front().tasks[t].task.name;
    if (averaged && n_tasks > 1) panel.title = "Mean of " + std::to_string(n_tasks) + " tasks";
    panel.x = growth_axis(vary);
    panel.y = {.label = "|Relative error|", .ticks = TickStyle::percent, .lower = 0};
    // What is not identified may be off by any amount: it is not to squeeze the rest.
    constexpr double kMostShown = 1;
    double highest = 0;
    std::vector<const TaskError*> tasks;
    for (const ComputeError& entry : errors)
      tasks.push_back(averaged ? &entry.mean : &entry.tasks[t]);
    for (const StepLook& step : kStepLooks) {
      if (selection.which_step != "all" && selection.which_step != step.option) continue;
      for (const TaskError* task : tasks)
        highest = std::max(highest, (task->*(step.error)).value_or(0));
      add_errors(errors, tasks, step, panel);
    }
    if (highest > kMostShown) panel.y.upper = kMostShown;
  }
  size_panels(figure, 4);
  return figure;
}

Figure comparison_figure(const ComparisonResult& result) {
  constexpr double kMostAbsolute = 0.15, kMostRelative = 0.25;
  Figure figure{.title = "Which way predicts best?",
                .subtitle = "|Error| of each, with the tasks' number of examples"};
  const std::vector<std::string> targets = targets_of(result);
  for (const bool relative : {false, true}) {
    for (const std::string& target : targets) {
      figure.panels.push_back(
          heatmap_panel(target + (relative ? ": relative error" : ": absolute error (points)"),
                        comparison_grid(result, target, relative), false,
                        relative ? kMostRelative : kMostAbsolute));
    }
  }
  figure.n_columns = std::max<std::size_t>(1, targets.size());
  figure.panel_width_px = 460;
  figure.panel_height_px = 260;
  return figure;
}

Figure variance_figure(const std::vector<VarianceResult>& results) {
  Figure figure{.title = "Relative spread of the last checkpoints of " + results.front().model};
  for (const VarianceResult& r : results) {
    Panel loss{.title = r.task.name + ", loss: " + percent(r.loss_relative_sd),
               .x = {.label = "Training tokens", .log = true, .ticks = TickStyle::count},
               .y = value_axis(r.settings.loss)};
    add_marked(r.n_tokens, r.losses, r.settings.last_n_points, loss);
    figure.panels.push_back(std::move(loss));
    Panel accuracy{.title = r.task.name + ", accuracy: " + percent(r.accuracy_relative_sd),
                   .x = value_axis(r.settings.loss),
                   .y = value_axis(r.settings.accuracy)};
    add_marked(r.losses, r.accuracies, r.settings.last_n_points, accuracy);
    figure.panels.push_back(std::move(accuracy));
  }
  figure.n_columns = results.size() < 4 ? 2 : 4;
  return figure;
}

Figure extrapolation_figure(const std::vector<ExtrapolateDResult>& results) {
  Figure figure{.title =
                    std::string(metric_label(results.front().settings.metric)) + " along each run"};
  const bool several_tasks = results.front().task.key != results.back().task.key;
  for (const ExtrapolateDResult& result : results)
    figure.panels.push_back(run_panel(result, several_tasks));
  size_panels(figure, 4);
  return figure;
}

Figure extrapolation_figure(const std::vector<ExtrapolateNResult>& results) {
  Figure figure{.title = std::string(metric_label(results.front().settings.metric)) +
                         " from smaller models"};
  for (const ExtrapolateNResult& result : results) {
    figure.panels.push_back(result.at.size() == 1 ? size_panel(result) : tokens_panel(result));
    if (figure.panels.back().y.lower || figure.panels.back().y.upper)
      figure.subtitle = "Predictions far from the trained models leave the frame";
  }
  size_panels(figure, 4);
  return figure;
}

Figure sensitivity_figure(const SensitivityResult& result) {
  constexpr double kMostPoints = 10;
  Figure figure{.title = "How far predictions move with choices that the data do not make",
                .subtitle = "Points of accuracy, against the prediction as published"};
  for (const std::string& target : targets_of(result)) {
    figure.panels.push_back(
        heatmap_panel(target, sensitivity_grid(result, target), true, kMostPoints));
  }
  figure.panel_width_px = 760;
  figure.panel_height_px = 330;
  return figure;
}

}  // namespace rung::ladder
