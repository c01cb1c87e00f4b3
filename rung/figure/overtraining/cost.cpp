#include "rung/figure/overtraining/cost.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "rung/core/text.hpp"
#include "rung/figure/scale.hpp"

namespace rung::overtraining {
namespace {

std::string flops_words(double flops) { return power_of_ten(flops) + " FLOPs"; }

void add_whisker(const Estimate& estimate, std::vector<double>& lower, std::vector<double>& upper) {
  lower.push_back(estimate.interval ? estimate.interval->lower : NAN);
  upper.push_back(estimate.interval ? estimate.interval->upper : NAN);
}

/// The estimates over x with their intervals: line, band and points in one colour.
void add_line(const std::string& title, std::size_t i, const std::vector<double>& x,
              const std::vector<Estimate>& estimates, Panel& panel) {
  const Colour colour = category_colour(i);
  Band band{.x = x, .colour = colour, .opacity = 0.14};
  Curve curve{.x = x, .colour = colour};
  Scatter points{.x = x, .colour = colour, .size_px = 6, .label = title};
  for (const Estimate& estimate : estimates) {
    add_whisker(estimate, band.lower, band.upper);
    curve.y.push_back(estimate.value);
  }
  points.y = curve.y;
  panel.layers.insert(panel.layers.end(), {band, curve, points});
}

template <class Estimates>
void add_costs(const std::vector<CostLine>& lines, Estimates estimates, Panel& panel) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::vector<double> x;
    std::vector<Estimate> y;
    for (const OverTrainingCost& cost : lines[i].costs) {
      x.push_back(cost.tokens_per_parameter);
      y.push_back(estimates(cost));
    }
    add_line(lines[i].title, i, x, y, panel);
  }
}

/// "At 640 tokens per parameter: 1.9 times the compute, 0.27 times the parameters (RedPajama)"
std::string cost_message(const CostLine& line) {
  if (line.costs.empty()) return "What over-training costs";
  const OverTrainingCost& last = line.costs.back();
  return "At " + shortest(last.tokens_per_parameter) +
         " tokens per parameter: " + significant(last.compute_ratio.value, 2) +
         " times the compute for " + significant(last.n_params_ratio.value, 2) +
         " times the size (" + line.title + ")";
}

Axis ratio_axis() { return {.label = "Tokens per parameter", .log = true}; }

/// The plans of one amount of inference stand beside each other.
double place(std::size_t amount, std::size_t line, std::size_t n_lines) {
  constexpr double kApart = 0.2;
  const double from_middle = static_cast<double>(line) - (static_cast<double>(n_lines) - 1) / 2;
  return static_cast<double>(amount) + kApart * from_middle;
}

template <class EstimateOf>
void add_plans(const std::vector<BudgetLine>& lines, EstimateOf estimate_of, Panel& panel) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Scatter points{.colour = category_colour(i), .size_px = 8, .label = lines[i].title};
    for (std::size_t k = 0; k < lines[i].plans.size(); ++k) {
      const Estimate& estimate = estimate_of(lines[i].plans[k]);
      points.x.push_back(place(k, i, lines.size()));
      points.y.push_back(estimate.value);
      add_whisker(estimate, points.y_lower, points.y_upper);
    }
    panel.layers.emplace_back(std::move(points));
  }
}

/// What the budget gives where the size was chosen as if inference were free: rings wider than the
/// points, since with little inference both lie at one place.
void add_free_choice(const std::vector<BudgetLine>& lines, Panel& panel) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Scatter points{.colour = category_colour(i), .size_px = 13, .filled = false};
    if (i == 0) points.label = "at the size for free inference";
    for (std::size_t k = 0; k < lines[i].plans.size(); ++k) {
      points.x.push_back(place(k, i, lines.size()));
      points.y.push_back(lines[i].plans[k].loss_of_free_inference_size.value_or(NAN));
    }
    panel.layers.emplace_back(std::move(points));
  }
}

}  // namespace

Figure cost_figure(const std::vector<CostLine>& lines, double compute_flops) {
  Panel extra{.title = "At equal compute", .x = ratio_axis(), .y = {.label = "Extra loss (nats)"}};
  Panel compute{.title = "At equal loss: compute",
                .x = ratio_axis(),
                .y = {.label = "Times the optimal run's", .log = true}};
  Panel size{.title = "At equal loss: parameters",
             .x = ratio_axis(),
             .y = {.label = "Times the optimal run's", .log = true}};
  add_costs(
      lines, [](const OverTrainingCost& cost) { return cost.extra_loss_nats; }, extra);
  add_costs(
      lines, [](const OverTrainingCost& cost) { return cost.compute_ratio; }, compute);
  add_costs(
      lines, [](const OverTrainingCost& cost) { return cost.n_params_ratio; }, size);
  extra.layers.emplace_back(Rule{.at = 0});
  compute.layers.emplace_back(Rule{.at = 1});
  size.layers.emplace_back(Rule{.at = 1, .label = "compute-optimal run"});
  return {.title = cost_message(lines.front()),
          .subtitle = "Beside the compute-optimal run of the same law, at " +
                      flops_words(compute_flops) + "; shaded: the law's 95% interval",
          .panels = {std::move(extra), std::move(compute), std::move(size)},
          .n_columns = 3,
          .panel_width_px = 260,
          .panel_height_px = 230};
}

Figure budget_figure(const std::vector<BudgetLine>& lines, double budget_flops,
                     const std::vector<double>& n_inference_tokens) {
  Axis x{.label = "Tokens of inference"};
  for (const double tokens : n_inference_tokens)
    x.categories.push_back(tokens > 0 ? short_count(tokens) : "none");
  Panel size{.title = "Best size",
             .x = x,
             .y = {.label = "Parameters", .log = true, .ticks = TickStyle::count}};
  Panel ratio{.title = "Its length", .x = x, .y = {.label = "Tokens per parameter", .log = true}};
  Panel loss{.title = "What it reaches", .x = x, .y = {.label = "Loss (nats)"}};
  add_plans(
      lines, [](const BudgetPlan& plan) -> const Estimate& { return plan.n_params; }, size);
  add_plans(
      lines, [](const BudgetPlan& plan) -> const Estimate& { return plan.tokens_per_parameter; },
      ratio);
  add_free_choice(lines, loss);
  add_plans(
      lines, [](const BudgetPlan& plan) -> const Estimate& { return plan.loss_nats; }, loss);
  return {.title = "The more inference a budget also pays for, the smaller and longer",
          .subtitle = flops_words(budget_flops) +
                      " for training and inference together; bars: the law's 95% interval",
          .panels = {std::move(size), std::move(ratio), std::move(loss)},
          .n_columns = 3,
          .panel_width_px = 260,
          .panel_height_px = 230};
}

Figure cost_figure(const Study& study, const CostResult& result) {
  std::vector<CostLine> lines;
  for (const CostRows& row : result.rows)
    lines.push_back({study.title(row.train_set), row.optimal_ratio, row.costs});
  return cost_figure(lines, result.compute_flops);
}

Figure budget_figure(const Study& study, const BudgetResult& result) {
  std::vector<BudgetLine> lines;
  for (const BudgetRow& row : result.rows) {
    const std::string title = study.title(row.train_set);
    if (lines.empty() || lines.back().title != title) lines.push_back({title, {}});
    lines.back().plans.push_back(row.plan);
  }
  Figure figure = budget_figure(lines, result.budget_flops, result.n_inference_tokens);
  if (std::any_of(result.rows.begin(), result.rows.end(),
                  [](const BudgetRow& row) { return !row.doubt.empty(); }))
    figure.subtitle += "; not to be trusted so far from the fitted runs";
  return figure;
}

}  // namespace rung::overtraining
