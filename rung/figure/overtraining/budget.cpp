#include "rung/figure/overtraining/budget.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <variant>

#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/overtraining/law_marks.hpp"
#include "rung/figure/scale.hpp"

namespace rung::overtraining {
namespace {

/// The plans of one amount of inference stand beside each other.
double place(std::size_t amount, std::size_t line, std::size_t n_lines) {
  constexpr double kApart = 0.2;
  const double from_middle = static_cast<double>(line) - (static_cast<double>(n_lines) - 1) / 2;
  return static_cast<double>(amount) + kApart * from_middle;
}

template <class EstimateOf>
void add_plans(const std::vector<BudgetLine>& lines, EstimateOf estimate_of, Panel& panel) {
  const std::vector<Colour> colours = category_colours(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Scatter points{.colour = colours[i], .size_px = 8, .label = marked_title(lines[i])};
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
/// points, since with little inference both lie at one place. Whether there are all of them: at
/// such a size inference alone may take all of the budget.
bool add_free_choice(const std::vector<BudgetLine>& lines, Panel& panel) {
  bool all_affordable = true, in_legend = false;
  const std::vector<Colour> colours = category_colours(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Scatter points{.colour = colours[i], .size_px = 13, .filled = false};
    bool any_affordable = false;
    for (std::size_t k = 0; k < lines[i].plans.size(); ++k) {
      points.x.push_back(place(k, i, lines.size()));
      points.y.push_back(lines[i].plans[k].loss_of_free_inference_size.value_or(NAN));
      const bool affordable = std::isfinite(points.y.back());
      all_affordable = all_affordable && affordable;
      any_affordable = any_affordable || affordable;
    }
    if (!any_affordable) continue;
    if (!in_legend) points.label = "at the size for free inference";
    in_legend = true;
    panel.layers.emplace_back(std::move(points));
  }
  return all_affordable;
}

/// "RedPajama: 5.6B parameters on 1.2T tokens", or what several amounts of inference have in
/// common.
std::string budget_message(const std::vector<BudgetLine>& lines, std::size_t n_amounts) {
  if (const std::string why = why_no_message(lines); !why.empty())
    return "Best for the budget" + why;
  if (n_amounts > 1)
    return "The more inference a budget also pays for, the smaller the model and the longer its "
           "training";
  std::vector<std::string> parts;
  for (const BudgetLine& line : lines) {
    for (const BudgetPlan& plan : line.plans)
      parts.push_back(line.title + " " + short_count(plan.n_params.value) + " parameters on " +
                      short_count(plan.n_tokens.value) + " tokens");
  }
  return "Best for the budget: " + join(parts, ", ");
}

/// Makes room for whole bars, up to a hundredth and a hundredfold of a point on a logarithmic axis,
/// and to half as much and as much again on another. Whether some go on, and end in arrows.
bool show_bars(Panel& panel) {
  const double down = panel.y.log ? 1.0 / 100 : 1.0 / 2, up = panel.y.log ? 100 : 1.5;
  double lower = kInfinity, upper = -kInfinity, lowest = kInfinity, highest = -kInfinity;
  for (const Layer& layer : panel.layers) {
    const auto* points = std::get_if<Scatter>(&layer);
    if (!points) continue;
    for (std::size_t k = 0; k < points->y.size(); ++k) {
      const double y = points->y[k];
      if (!std::isfinite(y)) continue;
      const bool has_bar = k < points->y_lower.size() && std::isfinite(points->y_lower[k]) &&
                           std::isfinite(points->y_upper[k]);
      const double least = has_bar ? points->y_lower[k] : y,
                   most = has_bar ? points->y_upper[k] : y;
      lower = std::min(lower, std::max(least, down * y));
      upper = std::max(upper, std::min(most, up * y));
      lowest = std::min(lowest, least), highest = std::max(highest, most);
    }
  }
  constexpr double kRoom = 0.06;
  if (lower < upper) {
    const double share = std::pow(upper / lower, kRoom), span = kRoom * (upper - lower);
    panel.y.lower = panel.y.log ? lower / share : lower - span;
    panel.y.upper = panel.y.log ? upper * share : upper + span;
  }
  return lowest < panel.y.lower.value_or(lower) || highest > panel.y.upper.value_or(upper);
}

/// "; bars: the law's 95% interval"; "" where no plan has one.
std::string bar_words(const std::vector<BudgetLine>& lines, bool any_cut) {
  const bool any = std::ranges::any_of(lines, [](const BudgetLine& line) {
    return std::ranges::any_of(
        line.plans, [](const BudgetPlan& plan) { return plan.n_params.interval.has_value(); });
  });
  if (!any) return "";
  return std::string("; bars: the law's 95% interval") +
         (any_cut ? ", with arrows where it goes on" : "");
}

}  // namespace

Figure budget_figure(const std::vector<BudgetLine>& lines, double budget_flops,
                     const std::vector<double>& n_inference_tokens, const std::string& loss_title) {
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
  const bool all_affordable = add_free_choice(lines, loss);
  add_plans(
      lines, [](const BudgetPlan& plan) -> const Estimate& { return plan.loss_nats; }, loss);
  const int n_cut = show_bars(size) + show_bars(ratio) + show_bars(loss);
  return {.title = budget_message(lines, n_inference_tokens.size()),
          .subtitle = power_of_ten(budget_flops) +
                      " FLOPs for training and inference together, for least loss on " +
                      loss_title + bar_words(lines, n_cut > 0) +
                      (all_affordable ? ""
                                      : "; no ring where inference alone takes all of the budget "
                                        "at the size for free inference"),
          .panels = {std::move(size), std::move(ratio), std::move(loss)},
          .n_columns = 3,
          .panel_width_px = 260,
          .panel_height_px = 230};
}

Figure budget_figure(const Study& study, const BudgetResult& result) {
  std::vector<BudgetLine> lines;
  std::map<std::pair<std::string, bool>, double> furthest;  // by input, and whether below: a factor
  const std::string& loss_set = result.rows.front().loss_set;
  std::vector<BudgetRow> rows = result.rows;
  std::erase_if(rows, [&](const BudgetRow& row) { return row.loss_set != loss_set; });
  for (const BudgetRow& row : rows) {
    const std::string title = study.title(row.train_set);
    if (lines.empty() || lines.back().title != title)
      lines.push_back({title, {}, !row.law_doubt.empty()});
    lines.back().plans.push_back(row.plan);
    for (const table::Beyond& one : row.beyond) {
      double& factor = furthest[{one.input, one.below}];
      factor = std::max(factor, one.factor);
    }
  }
  Figure figure =
      budget_figure(lines, result.budget_flops, result.n_inference_tokens, study.title(loss_set));
  std::vector<std::string> words;
  for (const auto& [where, factor] : furthest)
    words.push_back(where.first + " up to " + factor_words(factor) + " times " +
                    (where.second ? "below" : "beyond"));
  if (!words.empty()) figure.subtitle += "; " + join(words, ", ") + " the fitted runs'";
  if (std::ranges::any_of(rows, [](const BudgetRow& row) { return row.doubt != row.law_doubt; }))
    figure.subtitle += kNotToBeTrusted;
  return figure;
}

}  // namespace rung::overtraining
