#include "rung/figure/plan/allocate.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/scale.hpp"

namespace rung {
namespace {

constexpr double kBottomSizePx = 12;

Axis size_axis() { return {.label = "N: parameters", .log = true, .ticks = TickStyle::count}; }
Axis compute_axis() {
  return {.label = "C: training FLOPs", .log = true, .ticks = TickStyle::power};
}

std::string flops_words(double flops) { return power_of_ten(flops) + " FLOPs"; }

Curve power_line(const plan::PowerOfCompute& power, double low, double high) {
  Curve line{
      .colour = kInk,
      .label = "N = " + significant(power.scale, 3) + " C^" + significant(power.exponent, 3)};
  for (const double c : {low, high}) {
    line.x.push_back(c);
    line.y.push_back(power.scale * std::pow(c, power.exponent));
  }
  return line;
}

/// A budget's runs, the parabola through them a little beyond their sizes, and its bottom.
void add_budget(const std::vector<plan::IsoflopPoint>& runs, const plan::IsoflopBottom& bottom,
                Colour colour, Panel& panel) {
  Scatter scatter{.colour = colour, .size_px = 6};
  double low = runs.front().n_params, high = low;
  for (const plan::IsoflopPoint& run : runs) {
    scatter.x.push_back(run.n_params);
    scatter.y.push_back(run.loss);
    low = std::min(low, run.n_params), high = std::max(high, run.n_params);
  }
  Curve curve{.colour = colour, .label = flops_words(bottom.compute_flops)};
  for (const double n : log_grid(low / 1.15, high * 1.15, kCurvePoints)) {
    const double away = std::log(n / bottom.n_params);
    curve.x.push_back(n);
    curve.y.push_back(bottom.loss + bottom.curvature / 2 * away * away);
  }
  panel.layers.push_back(std::move(curve));
  panel.layers.push_back(std::move(scatter));
  if (bottom.inside)
    panel.layers.push_back(Scatter{.x = {bottom.n_params},
                                   .y = {bottom.loss},
                                   .colour = colour,
                                   .marker = Marker::star,
                                   .size_px = kBottomSizePx});
}

Panel parabola_panel(const plan::IsoflopRuns& group) {
  Panel panel{.title = group.label, .x = size_axis(), .y = {.label = "loss"}};
  const auto colours = ordered_colours(group.fit.bottoms.size());
  const auto budgets = plan::isoflop_budgets(group.points);
  for (std::size_t i = 0; i < group.fit.bottoms.size(); ++i) {
    const plan::IsoflopBottom& bottom = group.fit.bottoms[i];
    const auto runs =
        std::min_element(budgets.begin(), budgets.end(), [&](const auto& a, const auto& b) {
          const auto away = [&](const auto& budget) {
            return std::abs(std::log(budget.front().compute_flops / bottom.compute_flops));
          };
          return away(a) < away(b);
        });
    add_budget(*runs, bottom, colours[i], panel);
  }
  return panel;
}

Panel envelope_panel(const plan::IsoflopRuns& group) {
  Panel panel{.title = group.label, .x = compute_axis(), .y = {.label = "loss"}};
  Scatter all{.colour = kGrey, .size_px = 5, .label = "runs"};
  for (const plan::IsoflopPoint& point : group.points) {
    all.x.push_back(point.compute_flops);
    all.y.push_back(point.loss);
  }
  Curve line{.colour = kBlue};
  Scatter best{.colour = kBlue,
               .marker = Marker::star,
               .size_px = kBottomSizePx,
               .label = "lowest for their compute"};
  for (const plan::IsoflopBottom& bottom : group.fit.bottoms) {
    line.x.push_back(bottom.compute_flops);
    line.y.push_back(bottom.loss);
  }
  best.x = line.x, best.y = line.y;
  panel.layers = {all, line, best};
  return panel;
}

Panel bottoms_panel(const plan::IsoflopRuns& group) {
  Panel panel{.title = group.label, .x = compute_axis(), .y = size_axis()};
  Scatter used{.colour = kBlue, .marker = Marker::star, .size_px = kBottomSizePx};
  Scatter left_out{.colour = kGrey,
                   .marker = Marker::star,
                   .size_px = kBottomSizePx,
                   .filled = false,
                   .label = "bottom outside the sizes tried"};
  for (const plan::IsoflopBottom& bottom : group.fit.bottoms) {
    Scatter& scatter = bottom.inside ? used : left_out;
    scatter.x.push_back(bottom.compute_flops);
    scatter.y.push_back(bottom.n_params);
  }
  const auto [low, high] = std::minmax_element(used.x.begin(), used.x.end());
  panel.layers = {power_line(group.fit.n_params, *low / 2, *high * 2), used};
  if (!left_out.x.empty()) panel.layers.push_back(left_out);
  return panel;
}

Figure in_rows(std::string title, std::vector<Panel> panels) {
  return {.title = std::move(title),
          .panels = std::move(panels),
          .n_columns = 2,
          .panel_width_px = 320,
          .panel_height_px = 250};
}

/// The law along one budget, around its lowest point.
Panel slices_panel(const plan::AllocatedLaw& group,
                   const std::vector<const plan::Answer*>& answers) {
  Panel panel{.title = group.loss.label, .x = size_axis(), .y = {.label = "loss"}};
  const auto colours = ordered_colours(answers.size());
  const plan::LossOf loss = plan::loss_of(group.source());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const plan::Allocation& best = *answers[i]->best;
    Curve curve{.colour = colours[i], .label = flops_words(best.lifetime_flops)};
    constexpr double kAround = 12;
    for (const double n :
         log_grid(best.n_params / kAround, best.n_params * kAround, kCurvePoints)) {
      const double d = plan::tokens_for_budget(n, best.lifetime_flops, group.options);
      curve.x.push_back(n);
      curve.y.push_back(d > 0 ? loss(n, d) : std::nan(""));
    }
    panel.layers.push_back(std::move(curve));
    Scatter bottom{.x = {best.n_params},
                   .y = {best.loss},
                   .colour = colours[i],
                   .marker = Marker::star,
                   .size_px = kBottomSizePx};
    if (const auto& interval = answers[i]->loss)
      bottom.y_lower = {interval->lower}, bottom.y_upper = {interval->upper};
    panel.layers.push_back(std::move(bottom));
  }
  return panel;
}

Panel optima_panel(const plan::AllocatedLaw& group,
                   const std::vector<const plan::Answer*>& answers) {
  Panel panel{.title = group.loss.label, .x = compute_axis(), .y = size_axis()};
  double low = answers.front()->best->lifetime_flops, high = low;
  Scatter optima{.colour = kBlue, .marker = Marker::star, .size_px = kBottomSizePx};
  std::vector<Layer> endless_notes;
  for (const plan::Answer* answer : answers) {
    low = std::min(low, answer->best->lifetime_flops);
    high = std::max(high, answer->best->lifetime_flops);
    optima.x.push_back(answer->best->training_flops);
    optima.y.push_back(answer->best->n_params);
    const auto& interval = answer->n_params;
    const double n = answer->best->n_params;
    optima.y_lower.push_back(interval ? interval->lower : n);
    const bool endless = interval && !std::isfinite(interval->upper);
    optima.y_upper.push_back(interval && !endless ? interval->upper : n);
    if (endless) endless_notes.push_back(Note{optima.x.back(), n, "or more", kBlue});
  }
  Curve line{.colour = kInk, .label = "best size"};
  Fitted alone = group.loss;
  alone.replicates = {};
  for (const double c : log_grid(low / 5, high * 5, kCurvePoints)) {
    const plan::Source source{.loss = &alone, .fixed_inputs = group.fixed_inputs};
    const plan::Answer found = plan::answer(source, {.budget_flops = c}, group.options, 1);
    if (!found.best || found.best->at_edge) continue;
    line.x.push_back(found.best->training_flops);
    line.y.push_back(found.best->n_params);
  }
  panel.layers = {line, optima};
  panel.layers.insert(panel.layers.end(), endless_notes.begin(), endless_notes.end());
  return panel;
}

/// "Best size for 10²¹ FLOPs: 1.8B parameters, 95B tokens", of the first answer, and of which group
/// it is.
std::string best_sizes(const plan::AllocatedLaw& law) {
  const std::string whose = law.loss.label.empty() ? "" : law.loss.label + ": ";
  for (const plan::Answer& answer : law.answers) {
    if (!answer.best) continue;
    return (whose.empty() ? "Best" : whose + "best") + " size for " +
           flops_words(answer.best->lifetime_flops) + ": " + short_count(answer.best->n_params) +
           " parameters, " + short_count(answer.best->n_tokens) + " tokens";
  }
  return "Compute-optimal sizes";
}

}  // namespace

Figure isoflop_figure(const std::vector<plan::IsoflopRuns>& groups) {
  std::vector<Panel> panels;
  bool parabolas = false;
  for (const plan::IsoflopRuns& group : groups) {
    parabolas = group.parabolas;
    panels.push_back(group.parabolas ? parabola_panel(group) : envelope_panel(group));
    panels.push_back(bottoms_panel(group));
  }
  const plan::PowerOfCompute& power = groups.front().fit.n_params;
  return in_rows(
      "The best size grows as compute to the power of " + significant(power.exponent, 3) +
          (parabolas ? " (parabolas at equal compute)" : " (lowest loss for its compute)"),
      std::move(panels));
}

Figure allocation_figure(const std::vector<plan::AllocatedLaw>& laws) {
  std::vector<Panel> panels;
  for (const plan::AllocatedLaw& law : laws) {
    std::vector<const plan::Answer*> answers;
    for (const plan::Answer& answer : law.answers) {
      if (answer.best) answers.push_back(&answer);
    }
    std::sort(answers.begin(), answers.end(), [](const auto* a, const auto* b) {
      return a->best->lifetime_flops < b->best->lifetime_flops;
    });
    if (answers.empty()) continue;
    panels.push_back(slices_panel(law, answers));
    panels.push_back(optima_panel(law, answers));
  }
  if (panels.empty()) throw InputError("nothing is reachable, so there is nothing to draw");
  return in_rows(best_sizes(laws.front()), std::move(panels));
}

}  // namespace rung
