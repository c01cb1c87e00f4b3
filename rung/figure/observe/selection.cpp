#include "rung/figure/observe/selection.hpp"

#include <algorithm>

#include "rung/core/text.hpp"

namespace rung::observational {
namespace {

/// What a choice is drawn by: its error, or without any the mean variance of a prediction.
std::optional<double> height(const JudgedChoice& choice, bool judged) {
  if (judged) return choice.errors.geometric_mean;
  if (!choice.choice.objective) return std::nullopt;
  return -*choice.choice.objective;
}

Panel curve_panel(const Selection& found) {
  const bool judged = found.n_tested > 0;
  Panel panel{
      .title = judged ? "Predictions from the chosen models" : "What a choice determines",
      .x = {.label = "models evaluated, at most"},
      .y = {.label = judged ? "test MSE, geometric mean" : "trace (less is better)", .log = true}};
  Curve chosen{.colour = kVermilion, .width_px = 1.8};
  Scatter marks{.colour = kVermilion, .size_px = 8, .label = judged ? "chosen" : ""};
  Scatter random{.colour = kGrey, .size_px = 5, .filled = false, .label = "at random"};
  for (const SelectionOfBudget& budget : found.budgets) {
    const double x = static_cast<double>(budget.budget);
    for (const JudgedChoice& choice : budget.random) {
      if (const auto y = height(choice, judged)) {
        random.x.push_back(x);
        random.y.push_back(*y);
      }
    }
    if (!budget.best) continue;
    if (const auto y = height(*budget.best, judged)) {
      chosen.x.push_back(x);
      chosen.y.push_back(*y);
    }
  }
  marks.x = chosen.x;
  marks.y = chosen.y;
  if (judged && found.all.geometric_mean)
    panel.layers.push_back(
        Rule{.at = *found.all.geometric_mean,
             .colour = kBlue,
             .label = "all " + std::to_string(found.n_candidates) + " candidates"});
  if (!random.x.empty()) panel.layers.push_back(std::move(random));
  panel.layers.push_back(std::move(chosen));
  panel.layers.push_back(std::move(marks));
  return panel;
}

/// How many models of each family are chosen for each budget.
Panel families_panel(const Selection& found) {
  Panel panel{.title = "Families chosen", .x = {.label = "models evaluated, at most"}};
  Heatmap map{.lower = 0, .upper = 2};
  for (const SelectionOfBudget& budget : found.budgets)
    panel.x.categories.push_back(std::to_string(budget.budget));
  for (const std::string& family : found.families) {
    std::vector<double> row;
    bool any = false;
    for (const SelectionOfBudget& budget : found.budgets) {
      const bool chosen = budget.best && std::find(budget.best->choice.families.begin(),
                                                   budget.best->choice.families.end(),
                                                   family) != budget.best->choice.families.end();
      row.push_back(chosen ? 1 : 0);
      any = any || chosen;
    }
    if (!any) continue;
    map.values.push_back(std::move(row));
    panel.y.categories.push_back(family);
  }
  panel.layers.push_back(std::move(map));
  return panel;
}

/// "24 models chosen err 1.04 times as much as all 45", of the largest budget that was tried.
std::string message(const Selection& found) {
  for (auto budget = found.budgets.rbegin(); budget != found.budgets.rend(); ++budget) {
    if (!budget->best || !budget->best->errors.geometric_mean || !found.all.geometric_mean)
      continue;
    return std::to_string(budget->budget) + " models, chosen, err " +
           significant(*budget->best->errors.geometric_mean / *found.all.geometric_mean, 3) +
           " times as much as all " + std::to_string(found.n_candidates);
  }
  for (auto budget = found.budgets.rbegin(); budget != found.budgets.rend(); ++budget) {
    if (budget->best)
      return "Worth evaluating, for " + std::to_string(budget->budget) +
             " models: " + join(budget->best->choice.families, ", ");
  }
  return "Families worth evaluating";
}

}  // namespace

Figure selection_figure(const Selection& found) {
  Figure figure{.title = message(found), .n_columns = 2};
  figure.panels = {curve_panel(found), families_panel(found)};
  figure.panel_width_px = 380;
  figure.panel_height_px = 320;
  return figure;
}

}  // namespace rung::observational
