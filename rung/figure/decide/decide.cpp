#include "rung/figure/decide/decide.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/core/text.hpp"

namespace rung::decide {
namespace {

const Decision& drawn_decision(const Result& result, const std::string& task) {
  for (const Decision& decision : result.decisions) {
    if (decision.task == task) return decision;
  }
  return result.decisions.back();
}

/// "correct_prob", or that it is a law.
std::string kind_words(const Method& method) {
  if (!method.setup) return method.metric;
  if (!method.setup->has_second_step()) return "one step";
  return method.setup->has_loss ? "two steps" : "intermediate";
}

/// Methods of one kind, drawn alike.
struct Kind {
  std::string name;
  bool is_setup = false;
  std::vector<std::pair<double, double>> points;  // compute and share of pairs in order
  std::size_t n_above = 0;  // how many kinds are drawn over it at some place, one over another
};

/// More curves than colours would say nothing.
constexpr std::size_t kMostKinds = 4;

/// In order of mention, points in order of compute.
std::vector<Kind> kinds_of(const Result& result, const std::string& task) {
  std::vector<Kind> kinds;
  for (const Score& score : result.scores) {
    const Method& method = result.methods[score.method];
    const std::optional<double> accuracy =
        result.has_actual ? score.agreement.decision_accuracy : score.rehearsal;
    if (score.task != task || !accuracy || !method.compute_share) continue;
    const std::string name = kind_words(method);
    auto kind =
        std::find_if(kinds.begin(), kinds.end(), [&](const Kind& one) { return one.name == name; });
    if (kind == kinds.end()) {
      if (!method.setup && kinds.size() >= kMostKinds) continue;
      kind = kinds.insert(kind, {name, method.setup.has_value(), {}});
    }
    kind->points.emplace_back(*method.compute_share, *accuracy);
  }
  for (std::size_t i = kinds.size(); i-- > 0;) {
    Kind& kind = kinds[i];
    std::sort(kind.points.begin(), kind.points.end());
    for (std::size_t j = i + 1; j < kinds.size(); ++j) {
      const auto& over = kinds[j].points;
      if (std::find_first_of(over.begin(), over.end(), kind.points.begin(), kind.points.end()) !=
          over.end())
        kind.n_above = std::max(kind.n_above, kinds[j].n_above + 1);
    }
  }
  return kinds;
}

/// Single scales are curves over their sizes, extrapolations points; what others are drawn over is
/// so much wider that it shows. The first `n_colours` are taken.
Panel accuracy_panel(const Result& result, const std::vector<Kind>& kinds, std::size_t n_colours) {
  Panel panel{.title = result.has_actual ? "Pairs in order at " + result.target
                                         : "Rehearsed at " + result.rehearsal,
              .x = {.label = "Compute of one recipe's small runs over the target's",
                    .log = true,
                    .ticks = TickStyle::percent},
              .y = {.label = "Pairs of recipes in order", .ticks = TickStyle::percent}};
  panel.y.upper = 1.02;
  for (const Kind& kind : kinds) {
    const Colour colour = category_colour(n_colours++);
    const double wider_px = 3.0 * static_cast<double>(kind.n_above);
    Scatter scatter{.colour = colour,
                    .marker = kind.is_setup ? Marker::diamond : Marker::circle,
                    .size_px = 6 + wider_px,
                    .label = kind.name};
    for (const auto& [x, y] : kind.points) {
      scatter.x.push_back(x);
      scatter.y.push_back(y);
    }
    if (!kind.is_setup)
      panel.layers.push_back(
          Curve{.x = scatter.x, .y = scatter.y, .colour = colour, .width_px = 1.5 + wider_px / 2});
    panel.layers.push_back(std::move(scatter));
  }
  panel.layers.push_back(Rule{.at = 0.5, .dash = Dash::dotted, .label = "a coin"});
  return panel;
}

Panel recipe_panel(const Result& result, const Decision& decision) {
  const Method& method = result.methods[decision.method];
  Panel panel{.title = method.name,
              .x = {.label = method.setup ? "Predicted " + method.metric : method.name}};
  // Only an extrapolation predicts values; a single scale's are those measured at its own size.
  Scatter predicted{.colour = kInk,
                    .size_px = 7,
                    .label = (method.setup ? "predicted, " : "measured there, ") +
                             percent(result.level, 0) + " interval"};
  Scatter actual{
      .colour = kVermilion, .marker = Marker::star, .size_px = 10, .label = "at " + result.target};
  const bool has_same_unit = method.setup || method.metric == result.gold;
  const double reach_in_errors = normal_quantile((1 + result.level) / 2);
  for (const Estimate& estimate : decision.recipes) {
    const auto y = static_cast<double>(panel.y.categories.size());
    panel.y.categories.push_back(result.recipes[estimate.recipe]);
    const double reach = reach_in_errors * estimate.standard_error.value_or(0);
    predicted.x.push_back(estimate.value);
    predicted.y.push_back(y);
    predicted.x_lower.push_back(estimate.value - reach);
    predicted.x_upper.push_back(estimate.value + reach);
    if (!estimate.actual || !has_same_unit) continue;
    actual.x.push_back(*estimate.actual);
    actual.y.push_back(y);
  }
  panel.layers.push_back(std::move(predicted));
  if (!actual.x.empty()) panel.layers.push_back(std::move(actual));
  return panel;
}

/// More curves than colours would say nothing.
constexpr std::size_t kMostRecipes = 6;

std::size_t n_leads_drawn(const Decision& decision) {
  return decision.follows_leads() ? std::min(kMostRecipes, decision.recipes.size()) : 0;
}

/// Recipes' leads over the mean of all at each size, and at the target.
Panel leads_panel(const Result& result, const Decision& decision) {
  const Method& method = result.methods[decision.method];
  Panel panel{.title = "Leads in " + method.metric + ", followed to " + result.target,
              .x = {.label = decision.assumes_proportional_tokens
                                 ? "Training compute (FLOPs) at 20 tokens per parameter"
                                 : "Training compute (FLOPs)",
                    .log = true,
                    .ticks = TickStyle::power},
              .y = {.label = "Lead over the mean"}};
  const double z = normal_quantile((1 + result.level) / 2);
  const auto add = [&](Scatter& scatter, double at, const Lead& lead) {
    scatter.x.push_back(at), scatter.y.push_back(lead.value);
    scatter.y_lower.push_back(lead.value - z * lead.standard_error);
    scatter.y_upper.push_back(lead.value + z * lead.standard_error);
  };
  panel.layers.emplace_back(Rule{.dash = Dash::dotted});
  for (std::size_t i = 0; i < n_leads_drawn(decision); ++i) {
    const Estimate& estimate = decision.recipes[i];
    const Colour colour = category_colour(i);
    constexpr double kApart = 1.06;  // of two recipes at one size
    const double aside = std::pow(kApart, static_cast<double>(i));
    Scatter seen{.colour = colour, .size_px = 6, .label = result.recipes[estimate.recipe]};
    Scatter expected{.colour = colour, .size_px = 9, .filled = false};
    for (std::size_t size = 0; size < estimate.seen.size(); ++size)
      add(seen, decision.trend_flops[size] * aside, estimate.seen[size]);
    add(expected, decision.target_flops * aside, *estimate.expected_lead);
    Curve way{.x = seen.x, .y = seen.y, .colour = colour, .width_px = 1};
    Curve on{.x = {seen.x.back(), expected.x.back()},
             .y = {seen.y.back(), expected.y.back()},
             .colour = colour,
             .width_px = 1,
             .dash = Dash::dashed};
    for (Layer layer : {Layer(way), Layer(on), Layer(seen), Layer(expected)})
      panel.layers.push_back(std::move(layer));
  }
  return panel;
}

/// The share of pairs in order that all methods have; absent where they differ.
std::optional<double> share_of_all(const Result& result, const std::string& task) {
  std::optional<double> share;
  for (const Score& score : result.scores) {
    const std::optional<double> own =
        result.has_actual ? score.agreement.decision_accuracy : score.rehearsal;
    if (score.task != task || !own) continue;
    if (share && *share != *own) return std::nullopt;
    share = own;
  }
  return share;
}

bool is_clear(const Decision& decision) {
  constexpr double kClear = 0.8;
  return decision.recipes.front().chance_of_best.value_or(1) >= kClear;
}

std::string title_of(const Result& result, const Decision& decision) {
  if (decision.recipes.empty()) return "No recipe could be ranked";
  const std::string& best = result.recipes[decision.recipes.front().recipe];
  if (!is_clear(decision)) return "Not clear which is best at " + result.target;
  const bool predicts = decision.follows_leads() || result.methods[decision.method].setup;
  return best + (predicts ? " is predicted to be best at " : " is best, and so expected at ") +
         result.target;
}

/// How sure that is, and what would change it.
std::string subtitle_of(const Result& result, const Decision& decision) {
  if (decision.recipes.empty() || !decision.recipes.front().chance_of_best) return "";
  const std::string chance =
      (is_clear(decision) ? "" : result.recipes[decision.recipes.front().recipe] + " ") +
      std::string("with a chance of ") + percent(*decision.recipes.front().chance_of_best, 0);
  if (!decision.follows_leads())
    return chance + (result.methods[decision.method].setup
                         ? " by the small runs' noise, if the laws hold up to there"
                         : " by the small runs' noise, if their order does not change with size");
  return chance + ", as leads have changed over " + std::to_string(decision.trend_flops.size()) +
         " sizes";
}

}  // namespace

Figure decide_figure(const Result& result, const std::string& shown_task) {
  const Decision& decision = drawn_decision(result, shown_task);
  const std::string task = decision.task == kMeanOfTasks ? std::string(kAverage) : decision.task;
  Figure figure{.title = title_of(result, decision), .subtitle = subtitle_of(result, decision)};
  figure.panels = {recipe_panel(result, decision)};
  if (decision.follows_leads()) figure.panels.push_back(leads_panel(result, decision));
  // Where all methods do as well, a sentence says so.
  const std::optional<double> share = share_of_all(result, task);
  const std::vector<Kind> kinds = kinds_of(result, task);
  if (!share && !kinds.empty()) {
    figure.panels.push_back(accuracy_panel(result, kinds, n_leads_drawn(decision)));
  } else if (share) {
    figure.subtitle += std::string(figure.subtitle.empty() ? "" : "; ") + "every method puts " +
                       percent(*share, 0) + " of pairs in order" +
                       (result.has_actual ? "" : " in the rehearsal");
  }
  figure.n_columns = figure.panels.size();
  figure.panel_width_px = figure.panels.size() > 2 ? 290 : 330;
  figure.panel_height_px = std::max(200.0, 16 * static_cast<double>(decision.recipes.size()));
  return figure;
}

}  // namespace rung::decide
