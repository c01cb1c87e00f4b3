#include "rung/figure/plan/plan.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/table/inputs.hpp"
#include "rung/figure/table/predicted.hpp"

namespace rung {
namespace {

struct Plane {
  std::size_t x = 0, y = 1;
};

Plane plane_of(const Law& law) {
  std::vector<std::size_t> positive;
  for (std::size_t k = 0; k < law.info.inputs.size(); ++k) {
    if (law.info.inputs[k].positive) positive.push_back(k);
  }
  if (positive.size() < 2)
    throw InputError("the picture of a plan needs a law of two positive inputs",
                     "leave out -o: the plan itself needs none");
  return {positive[0], positive[1]};
}

Axis axis_of(const Fitted& fitted, std::size_t k) {
  Axis axis = input_axis(fitted, k);
  axis.log = true;
  return axis;
}

/// "; runs that differ in S alone lie on each other": of inputs that the plane doesn't show and in
/// which runs or candidates differ; "" where there are none.
std::string hidden_words(const Fitted& fitted, const Plane& plane,
                         const std::vector<plan::Candidate>& candidates) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < fitted.lowest.size(); ++k) {
    if (k == plane.x || k == plane.y) continue;
    const bool differs = std::ranges::any_of(candidates, [&](const plan::Candidate& one) {
      return one.inputs[k] != candidates.front().inputs[k];
    });
    if (differs || fitted.lowest[k] < fitted.highest[k])
      names.push_back(fitted.law->info.inputs[k].name);
  }
  if (names.empty()) return "";
  return "; runs that differ in " + join(names, " or ") + " alone lie on each other";
}

/// "4 of 24 candidates", or where some are repeated "25 runs of 13 of 24 candidates".
std::string chosen_words(std::size_t n_runs, std::size_t n_chosen, std::size_t n_candidates) {
  const std::string words =
      std::to_string(n_chosen) + " of " + std::to_string(n_candidates) + " candidates";
  return n_runs == n_chosen ? words : std::to_string(n_runs) + " runs of " + words;
}

void add(Scatter& scatter, const Plane& plane, const std::vector<double>& inputs) {
  scatter.x.push_back(inputs[plane.x]);
  scatter.y.push_back(inputs[plane.y]);
}

/// As circles; so many that they would hide each other and the candidates, as small grey dots.
Scatter runs_so_far(const Points& runs, const Plane& plane) {
  constexpr std::size_t kMostCircles = 200;
  Scatter old{.colour = kInk, .size_px = 7, .filled = false, .label = "runs so far"};
  if (runs.size() > kMostCircles)
    old = {.colour = Colour{0xb8b8b8}, .size_px = 3, .label = old.label};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    old.x.push_back(runs.input(plane.x, i));
    old.y.push_back(runs.input(plane.y, i));
  }
  return old;
}

/// Half the width of the law's interval, relative to its prediction.
std::string sharpness(const Interval& interval, double predicted) {
  return "±" + percent((interval.upper - interval.lower) / 2 / std::abs(predicted), 2);
}

/// Of the first target whose prediction cannot be; "" where there is none.
std::string impossible_in(const plan::Design& design) {
  for (const plan::Forecast& target : design.targets)
    if (!target.note.empty()) return "; " + target.note;
  return "";
}

/// "±0.60%", or of several "±0.60% to ±1.1%", from the sharpest to the least sharp.
std::string span_words(const plan::Design& design, Interval plan::Forecast::*interval) {
  std::vector<std::pair<double, std::string>> widths;
  for (const plan::Forecast& target : design.targets) {
    const Interval& of = target.*interval;
    widths.emplace_back((of.upper - of.lower) / std::abs(target.predicted),
                        sharpness(of, target.predicted));
  }
  const auto [least, most] = std::minmax_element(widths.begin(), widths.end());
  return least->second == most->second ? least->second : least->second + "–" + most->second;
}

/// Of the criterion that is the mean over all targets.
std::string title_of_all(const plan::Design& design, const std::string& mark) {
  const auto is_any = [&](auto what) {
    return std::any_of(design.targets.begin(), design.targets.end(), what);
  };
  const std::string targets =
      "What to train next for " + std::to_string(design.targets.size()) + " targets";
  if (is_any([](const plan::Forecast& target) { return !target.note.empty(); }))
    return targets + "; the law does not hold at all of them";
  const bool is_open = is_any([](const plan::Forecast& target) { return !target.before; });
  return targets + ": predictions from " +
         (is_open ? "not determined" : span_words(design, &plan::Forecast::before_linearized)) +
         " to " + span_words(design, &plan::Forecast::after) + ", linearized" + mark;
}

/// "What to train next: the target's prediction from ±0.71% to ±0.60%", of what the criterion
/// makes smallest; `mark`: behind it.
std::string title_of(const plan::Design& design, plan::Criterion criterion,
                     const std::string& mark) {
  if (criterion == plan::Criterion::d)
    return "What to train next to know the law's parameters best";
  if (design.targets.empty()) return "What to train next";
  if (criterion == plan::Criterion::v && design.targets.size() > 1)
    return title_of_all(design, mark);
  const plan::Forecast& first = design.targets.front();
  if (!first.note.empty())
    return "What to train next; the law does not hold at the " +
           std::string(design.targets.size() > 1 ? "first " : "") + "target";
  const std::string prediction =
      std::string(design.targets.size() > 1 ? "the first target's" : "the target's") +
      " prediction";
  if (first.hardly_sharpens())
    return "What to train next hardly sharpens " + prediction + ": still " +
           sharpness(first.after, first.predicted) + mark;
  return "What to train next: " + prediction + " from " +
         (first.before ? sharpness(*first.before, first.predicted) : "not determined") + " to " +
         sharpness(first.after, first.predicted) + (first.is_linear() ? "" : ", linearized") + mark;
}

}  // namespace

Figure plan_figure(const Fitted& fitted, const std::vector<plan::Candidate>& candidates,
                   const plan::Design& design, plan::Criterion criterion) {
  const Plane plane = plane_of(*fitted.law);
  Panel panel{.x = axis_of(fitted, plane.x), .y = axis_of(fitted, plane.y)};
  Scatter offered{.colour = kGrey, .size_px = 5, .label = "other candidates"};
  std::map<std::size_t, int> times;
  for (const plan::Chosen& chosen : design.runs) ++times[chosen.candidate];
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!times.contains(i)) add(offered, plane, candidates[i].inputs);
  }
  Scatter chosen{.colour = kBlue, .marker = Marker::square, .size_px = 9, .label = "to train next"};
  std::vector<Layer> notes;
  for (const auto& [candidate, count] : times) {
    const std::vector<double>& inputs = candidates[candidate].inputs;
    add(chosen, plane, inputs);
    if (count > 1)
      notes.push_back(Note{inputs[plane.x], inputs[plane.y], "×" + std::to_string(count), kBlue});
  }
  const std::string mark = table::doubts_of(fitted).empty() ? "" : kDoubtMark;
  Scatter target{.colour = kVermilion, .marker = Marker::star, .size_px = 13, .label = "target"};
  for (const plan::Forecast& forecast : design.targets) {
    add(target, plane, forecast.inputs);
    // One target's figures are the title's.
    if (design.targets.size() > 1 || criterion == plan::Criterion::d)
      notes.push_back(Note{forecast.inputs[plane.x], forecast.inputs[plane.y],
                           forecast.note.empty()
                               ? sharpness(forecast.after, forecast.predicted) + mark
                               : "the law does not hold",
                           kVermilion});
  }
  panel.layers = {runs_so_far(*fitted.points, plane)};
  if (!offered.x.empty()) panel.layers.emplace_back(offered);
  panel.layers.emplace_back(chosen);
  if (!target.x.empty()) panel.layers.push_back(target);
  panel.layers.insert(panel.layers.end(), notes.begin(), notes.end());
  const bool is_marked =
      !mark.empty() &&
      std::ranges::any_of(design.targets, [](const auto& target) { return target.note.empty(); });
  return {.title = title_of(design, criterion, mark),
          .subtitle = chosen_words(design.runs.size(), times.size(), candidates.size()) +
                      hidden_words(fitted, plane, candidates) + impossible_in(design) +
                      (is_marked ? std::string("; ") + kDoubtWords : ""),
          .panels = {std::move(panel)},
          .panel_width_px = 440,
          .panel_height_px = 300};
}

}  // namespace rung
