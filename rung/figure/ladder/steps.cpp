#include "rung/figure/ladder/steps.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "rung/core/text.hpp"
#include "rung/figure/ladder/look.hpp"
#include "rung/figure/ladder/panels.hpp"
#include "rung/figure/ladder/titles.hpp"
#include "rung/figure/scene.hpp"
#include "rung/study/ladder/chained.hpp"
#include "rung/study/ladder/doubts.hpp"
#include "rung/study/ladder/wrong_runs.hpp"

namespace rung::ladder {
namespace {

constexpr std::size_t kMostColumns = 4;
constexpr std::size_t kStepCurvePoints = 240;
constexpr double kTargetCurveDecades = 1.5;  // of training that is shown before a target's end
constexpr std::size_t kCrowd = 60;           // of checkpoints, which fewer of them need not fear
constexpr double kRoomBelowLosses = 0.06;    // of the losses' range

/// The same model after `n_tokens`.
Target after(const Target& target, double n_tokens) {
  Target other = target;
  other.n_tokens = n_tokens;
  if (other.compute_flops) *other.compute_flops *= n_tokens / target.n_tokens;
  return other;
}

/// A ring behind a run whose value does not belong with the others', and its name.
void add_wrong_mark(const WrongRun& run, double x, Panel& panel) {
  panel.layers.emplace_back(ring({x}, {run.value}));
  panel.layers.emplace_back(Note{x, run.value, run_name(run.origin) + " is off", kInk});
}

/// predict(target) along a model's training.
template <class Predict>
Curve training_curve(const TrainingAxis& axis, const Target& model, double from_tokens,
                     double to_tokens, Predict predict) {
  Curve curve;
  for (const double n_tokens : log_grid(from_tokens, to_tokens, kStepCurvePoints)) {
    const Target at = after(model, n_tokens);
    curve.x.push_back(axis.at(at));
    curve.y.push_back(predict(at));
  }
  return curve;
}

/// One training model's curve over its runs, and those runs' tokens.
struct TrainedModel {
  Target target;
  std::string label;
  double least_tokens = 0, most_tokens = 0;
};

std::vector<TrainedModel> trained_models(const std::vector<Step1Point>& points) {
  std::vector<TrainedModel> models;
  for (const Step1Point& point : points) {
    if (point.origin.mode != Mode::train) continue;
    const double d = point.n_tokens;
    const auto known = std::find_if(models.begin(), models.end(), [&](const TrainedModel& model) {
      return model.label == point.origin.label;
    });
    if (known == models.end()) {
      models.push_back(
          {{point.origin.model, point.n_params, d, point.compute_flops}, point.origin.label, d, d});
    } else {
      known->least_tokens = std::min(known->least_tokens, d);
      known->most_tokens = std::max(known->most_tokens, d);
    }
  }
  return models;
}

/// Curves of targets up to their ends.
template <class Predict>
void add_target_curves(const Look& look, const TrainingAxis& axis,
                       const std::vector<TargetPrediction>& targets, Predict predict,
                       Panel& panel) {
  for (const TargetPrediction& target : targets) {
    if (!is_determined(target, panel.y)) continue;
    const double end = target.target.n_tokens;
    Curve curve =
        training_curve(axis, target.target, end * std::pow(10, -kTargetCurveDecades), end, predict);
    curve.colour = look.target(target.target.name);
    curve.dash = Dash::dashed;
    curve.width_px = 1.2;
    panel.layers.emplace_back(std::move(curve));
  }
}

/// Curves of trained models over their runs.
template <class Predict>
void add_model_curves(const Look& look, const TrainingAxis& axis,
                      const std::vector<Step1Point>& points, Predict predict, Panel& panel) {
  for (const TrainedModel& model : trained_models(points)) {
    Curve curve =
        training_curve(axis, model.target, model.least_tokens, model.most_tokens, predict);
    curve.colour = look.model(model.label);
    panel.layers.emplace_back(std::move(curve));
  }
}

// ---- Panels

Panel step1_panel(const Step1Result& result, const Look& look) {
  const TrainingAxis axis(result.points, result.targets);
  Panel panel{
      .title = marked(result.task.name, result), .x = axis.axis(), .y = value_axis(result.metric)};
  if (result.fitted.fit.status != Status::failed) {
    const auto predict = [&](const Target& at) { return step1_curve(result, at); };
    add_target_curves(look, axis, result.targets, predict, panel);
    add_model_curves(look, axis, result.points, predict, panel);
  }
  for (const WrongRun& run : wrong_runs(result)) {
    for (const Step1Point& point : result.points) {
      if (point.origin.run == run.origin.run)
        add_wrong_mark(run, axis.at(point.n_tokens, point.compute_flops), panel);
    }
  }
  for (const Step1Point& point : result.points) {
    if (point.origin.mode == Mode::train)
      add_run(look, point.origin, axis.at(point.n_tokens, point.compute_flops), point.y, panel);
  }
  for (const TargetPrediction& target : result.targets)
    add_target(look, target, axis.at(target.target), panel);
  return panel;
}

std::pair<double, double> loss_range(const Step2Result& result) {
  const auto [least, most] =
      std::minmax_element(result.points.begin(), result.points.end(),
                          [](const Step2Point& a, const Step2Point& b) { return a.x < b.x; });
  return {least->x, most->x};
}

/// Up to where a few checkpoints from the beginning of runs would take the most room.
double shown_loss(const Step2Result& result, double most) {
  constexpr double kShownShare = 0.97;
  constexpr double kRoomBeyond = 0.03;
  std::vector<double> losses;
  for (const Step2Point& point : result.points) {
    if (point.origin.mode == Mode::train) losses.push_back(point.x);
  }
  if (losses.size() <= kCrowd) return most;
  std::sort(losses.begin(), losses.end());
  const double end = sorted_quantile(losses, kShownShare);
  return std::min(most, end + kRoomBeyond * (end - losses.front()));
}

/// The fitted curve over the losses that are shown, with its band.
void add_step2_curve(const Step2Result& result, double least, double most, Panel& panel) {
  if (result.fitted.fit.status == Status::failed) return;
  Curve curve{.width_px = 1.8};
  Band band;
  const double margin = 0.02 * (most - least);
  curve.x = linear_grid(least - margin, most, kStepCurvePoints);
  for (const double loss : curve.x) curve.y.push_back(step2_curve(result, loss));
  const std::vector<std::optional<Interval>> intervals = step2_band(result, curve.x);
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    if (!intervals[i]) continue;
    band.x.push_back(curve.x[i]);
    band.lower.push_back(intervals[i]->lower);
    band.upper.push_back(intervals[i]->upper);
  }
  if (!band.x.empty()) panel.layers.emplace_back(std::move(band));
  panel.layers.emplace_back(std::move(curve));
}

Panel step2_panel(const Step2Result& result, const Look& look) {
  Panel panel{.title = marked(result.task.name, result),
              .x = value_axis(result.settings.points.x_metric),
              .y = value_axis(result.settings.points.y_metric)};
  std::map<std::string, Scatter> by_model;
  const bool crowded = result.points.size() > kCrowd;
  const auto [least, greatest] = loss_range(result);
  const double most = shown_loss(result, greatest);
  for (const Step2Point& point : result.points) {
    if (point.origin.mode != Mode::train || point.x > most) continue;
    Scatter& points = by_model[point.origin.label];
    points.colour = look.model(point.origin.label);
    points.size_px = crowded ? kCheckpointSizePx : kRunSizePx;
    points.opacity = crowded ? 0.45 : 1;
    points.x.push_back(point.x);
    points.y.push_back(point.y);
  }
  for (const WrongRun& run : wrong_runs(result)) {
    for (const Step2Point& end : run_ends(result)) {
      if (end.origin.run == run.origin.run) add_wrong_mark(run, end.x, panel);
    }
  }
  for (auto& [label, points] : by_model) panel.layers.emplace_back(std::move(points));
  if (most > least) panel.x.lower = least - kRoomBelowLosses * (most - least);
  add_step2_curve(result, least, most, panel);
  Key errors;  // targets stand too near each other for words beside them
  std::size_t i = 0;
  for (const Step2Point& point : result.points) {
    if (point.origin.mode != Mode::eval) continue;
    const TargetPrediction& target = result.targets[i++];
    add_target_marks(look, target, point.x, panel);
    const std::string words = target_words(target, panel.y);
    if (!words.empty())
      errors.lines.push_back(
          {target.target.name + " " + with_minus_sign(words), look.target(target.target.name)});
  }
  panel.layers.emplace_back(std::move(errors));
  return panel;
}

Panel chain_panel(const ChainResult& result, const Look& look) {
  const TrainingAxis axis(result.step1.points, result.targets);
  Panel panel{.title = marked(result.task.name, result),
              .x = axis.axis(),
              .y = value_axis(result.step2.settings.points.y_metric)};
  const auto predict = [&](const Target& at) { return chained_accuracy(result, at).value_or(NAN); };
  add_target_curves(look, axis, result.targets, predict, panel);
  add_model_curves(look, axis, result.step1.points, predict, panel);
  for (const Step2Point& end : run_ends(result.step2)) {
    if (end.origin.mode == Mode::train)
      add_run(look, end.origin, axis.at(*end.n_tokens, end.compute_flops), end.y, panel);
  }
  for (const TargetPrediction& target : result.targets)
    add_target(look, target, axis.at(target.target), panel);
  return panel;
}

// ---- Figures

Figure small_multiples(std::string title, std::vector<Panel> panels,
                       std::vector<LegendGroup> legend) {
  Figure figure{
      .title = std::move(title), .panels = std::move(panels), .legend = std::move(legend)};
  size_panels(figure, kMostColumns);
  return figure;
}

/// Those that say something.
std::string joined(std::vector<std::string> parts) {
  std::erase(parts, "");
  return join(parts, "; ");
}

/// "88.0% at 32B-6T", where nothing was measured to compare with.
std::string prediction_words(const ChainResult& result) {
  std::vector<std::string> parts;
  for (const TargetPrediction& target : result.targets) {
    if (target.predicted && !target.relative_error())
      parts.push_back((target.determined ? percent(*target.predicted, 1) : "not determined") +
                      " at " + target.target.name);
  }
  return join(parts, ", ");
}

std::string step2_words(const Step2Result& step2) {
  return step2.settings.fixed_levels ? "Accuracy from loss, between chance and the maximum"
                                     : "Accuracy from loss";
}

std::string_view inputs_words(const Step1Result& step1) {
  const bool in_compute = step1.settings.inputs == Step1Inputs::compute;
  return in_compute ? " from training compute" : " from model size and tokens";
}

/// Of several tasks whose loss is measured by the same columns: C4 loss is every task's.
bool are_of_one_loss(std::span<const Step1Result> results) {
  const Step1Result& first = results.front();
  const auto& columns = first.task.columns(first.metric);
  return results.size() > 1 &&
         std::all_of(results.begin(), results.end(), [&](const Step1Result& result) {
           return result.task.columns(result.metric) == columns;
         });
}

}  // namespace

Figure step1_figure(std::span<const Step1Result> results) {
  Look look(results.front().points);
  look.add_targets(results.front().targets);
  std::vector<Panel> panels;
  if (are_of_one_loss(results)) {
    panels.push_back(step1_panel(results.front(), look));
    panels.front().title = marked("All tasks", results.front());
  } else {
    for (const Step1Result& result : results) panels.push_back(step1_panel(result, look));
  }
  const Step1Result& first = results.front();
  const std::string what = first.settings.single_step  ? "Accuracy in a single step"
                           : is_accuracy(first.metric) ? "Accuracy"
                                                       : "Loss";
  Figure figure = small_multiples(
      title_of(results, what + std::string(inputs_words(first)), are_of_one_loss(results)),
      std::move(panels), look.legend(true, interval_words_of_any(results)));
  figure.subtitle =
      joined({TrainingAxis(first.points, first.targets).why_tokens(), arrow_words(figure)});
  return figure;
}

namespace {

/// What their panels don't show of that to which step 2 is fitted: "" of all shown.
std::string cut_words(std::span<const Step2Result> results) {
  const bool any = std::any_of(results.begin(), results.end(), [](const Step2Result& result) {
    const double most = loss_range(result).second;
    return shown_loss(result, most) < most;
  });
  return any ? "Step 2: the 3% of checkpoints whose loss is highest are not drawn" : "";
}

}  // namespace

Figure step2_figure(std::span<const Step2Result> results) {
  const Look look(results.front().points);
  std::vector<Panel> panels;
  for (const Step2Result& result : results) panels.push_back(step2_panel(result, look));
  Figure figure =
      small_multiples(title_of(results, step2_words(results.front())), std::move(panels),
                      look.legend(false, interval_words_of_any(results)));
  figure.subtitle = joined({cut_words(results), arrow_words(figure)});
  return figure;
}

Figure step2_figure(const std::vector<Step2OfConfig>& by_config) {
  const std::vector<Step2Result> all = named_results(by_config);
  Figure figure;
  std::span<const Step2Result> rest = all;
  for (const Step2OfConfig& config : by_config) {  // each has models of its own
    Figure next = step2_figure(rest.first(config.results.size()));
    rest = rest.subspan(config.results.size());
    if (next.legend.size() > figure.legend.size()) figure.legend = next.legend;  // with targets
    for (Panel& panel : next.panels) figure.panels.push_back(std::move(panel));
  }
  figure.title = title_of(std::span(all), step2_words(all.front()));
  size_panels(figure, kMostColumns);
  figure.subtitle = joined({cut_words(all), arrow_words(figure)});
  return figure;
}

Figure chain_figure(std::span<const ChainResult> results) {
  Look look(results.front().step1.points);
  look.add_targets(results.front().targets);
  std::vector<Panel> panels;
  for (const ChainResult& result : results) panels.push_back(chain_panel(result, look));
  const ChainResult& first = results.front();
  Figure figure =
      small_multiples(title_of(results, "Accuracy" + std::string(inputs_words(first.step1))),
                      std::move(panels), look.legend(true, interval_words_of_any(results)));
  figure.subtitle =
      joined({TrainingAxis(first.step1.points, first.targets).why_tokens(), arrow_words(figure)});
  return figure;
}

Figure task_figure(const ChainResult& result) {
  Look look(result.step1.points);
  look.add_targets(result.targets);
  const Step2Result step2 = with_predicted_targets(result);
  std::vector<Panel> panels = {step1_panel(result.step1, look), step2_panel(step2, look),
                               chain_panel(result, look)};
  const bool in_compute = result.step1.settings.inputs == Step1Inputs::compute;
  const std::string inputs = in_compute ? "compute" : "size and tokens";
  panels[0].title = marked("Step 1: loss from " + inputs, result.step1, " (!)");
  panels[1].title = marked("Step 2: accuracy from loss", result.step2, " (!)");
  panels[2].title = marked("Chained: accuracy from " + inputs, result, " (!)");
  const std::string what = result.task.name + " accuracy";
  std::string title = message(std::span(&result, 1), what);
  if (const std::string words = prediction_words(result); !words.empty())
    title += (title == what ? ": " : "; predicted: ") + words;
  Figure figure{.title = std::move(title),
                .panels = std::move(panels),
                .n_columns = 3,
                .legend = look.legend(true, interval_words(result.targets)),
                .panel_width_px = 320,
                .panel_height_px = 250};
  figure.subtitle = joined(
      {TrainingAxis(result.step1.points, result.targets).why_tokens(), cut_words({&step2, 1}),
       marked("", result, "(!): fit in doubt; the text says why"), arrow_words(figure)});
  return figure;
}

}  // namespace rung::ladder
