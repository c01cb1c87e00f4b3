#include "rung/figure/plan/allocate.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/crowd.hpp"
#include "rung/figure/plan/allocate_title.hpp"
#include "rung/figure/plan/budget_key.hpp"
#include "rung/figure/plan/open_answers.hpp"
#include "rung/figure/scale.hpp"
#include "rung/figure/table/inputs.hpp"
#include "rung/figure/table/predicted.hpp"
#include "rung/fit/possible.hpp"
#include "rung/study/plan/solver.hpp"

namespace rung {
namespace {

constexpr double kBottomSizePx = 12;

Axis size_axis() { return {.label = "N: parameters", .log = true, .ticks = TickStyle::count}; }
Axis compute_axis() {
  return {.label = "C: training FLOPs", .log = true, .ticks = TickStyle::power};
}

Curve power_line(const plan::PowerOfCompute& power, double low, double high) {
  Curve line{.colour = kInk, .label = "fitted power law"};
  for (const double c : {low, high}) {
    line.x.push_back(c);
    line.y.push_back(power.scale * std::pow(c, power.exponent));
  }
  return line;
}

/// A budget's runs, the parabola through them a little beyond their sizes, and its bottom.
void add_budget(const std::vector<plan::IsoflopPoint>& runs, const plan::IsoflopBottom& bottom,
                const BudgetKey& key, Panel& panel) {
  const Colour colour = key.colour(bottom.compute_flops);
  Scatter scatter{.colour = colour, .size_px = 6};
  double low = runs.front().n_params, high = low;
  for (const plan::IsoflopPoint& run : runs) {
    scatter.x.push_back(run.n_params);
    scatter.y.push_back(run.loss);
    low = std::min(low, run.n_params), high = std::max(high, run.n_params);
  }
  Curve curve{.colour = colour, .label = key.label(bottom.compute_flops)};
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

Panel parabola_panel(const plan::IsoflopRuns& group, const BudgetKey& key) {
  Panel panel{.title = group.label, .x = size_axis(), .y = {.label = "loss"}};
  const auto budgets = plan::isoflop_budgets(group.points);
  for (const plan::IsoflopBottom& bottom : group.fit.bottoms) {
    const auto runs =
        std::min_element(budgets.begin(), budgets.end(), [&](const auto& a, const auto& b) {
          const auto away = [&](const auto& budget) {
            return std::abs(std::log(budget.front().compute_flops / bottom.compute_flops));
          };
          return away(a) < away(b);
        });
    add_budget(*runs, bottom, key, panel);
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
  // A star hides the runs beside it, so that it lies below them as long as they don't hide it.
  all = in_crowd(std::move(all), group.points.size());
  if (group.points.size() < kCrowd) {
    panel.layers = {line, best, all};
  } else {
    panel.layers = {all, line, best};
  }
  return panel;
}

/// "8.1B on 2.1T tokens", "8.1B (2.1B to 31.6B) on 2.1T tokens"
std::string size_words(const plan::BudgetSplit& split) {
  const auto& open = split.by_noise;
  return prediction_words(split.n_params, open) + " on " + short_count(split.n_tokens) + " tokens";
}

/// The best sizes over compute, in the colours of their budgets where these have any.
Panel bottoms_panel(const plan::IsoflopRuns& group, const BudgetKey* key) {
  const plan::PowerOfCompute& power = group.fit.n_params;
  Panel panel{.title = (group.label.empty() ? "" : group.label + ": ") + "N = " +
                       significant(power.scale, 3) + " C^" + significant(power.exponent, 3),
              .x = compute_axis(),
              .y = size_axis()};
  const Scatter used{.colour = kBlue, .marker = Marker::star, .size_px = kBottomSizePx};
  const Scatter left_out{.colour = kGrey,
                         .marker = Marker::star,
                         .size_px = kBottomSizePx,
                         .filled = false,
                         .label = "bottom outside the sizes tried"};
  std::vector<double> spent;
  std::vector<Layer> stars;
  for (const plan::IsoflopBottom& bottom : group.fit.bottoms) {
    Scatter star = bottom.inside ? used : left_out;
    star.x = {bottom.compute_flops}, star.y = {bottom.n_params};
    if (key) star.colour = key->colour(bottom.compute_flops);
    if (bottom.inside) spent.push_back(bottom.compute_flops);
    stars.emplace_back(std::move(star));
  }
  const Colour asked = kVermilion;
  Scatter splits{.colour = asked, .size_px = 10, .filled = false, .label = "budgets asked for"};
  for (const plan::BudgetSplit& split : group.splits) {
    splits.x.push_back(split.budget_flops), splits.y.push_back(split.n_params);
    spent.push_back(split.budget_flops);
    const auto& open = split.by_noise;
    splits.y_lower.push_back(open ? open->lower : NAN);
    splits.y_upper.push_back(open ? open->upper : NAN);
    stars.emplace_back(Note{split.budget_flops, split.n_params, size_words(split), asked});
  }
  const auto [low, high] = std::minmax_element(spent.begin(), spent.end());
  panel.layers = {power_line(power, *low / 2, *high * 2)};
  panel.layers.insert(panel.layers.end(), stars.begin(), stars.end());
  if (!splits.x.empty()) panel.layers.emplace_back(std::move(splits));
  return panel;
}

Figure in_rows(std::string title, std::vector<Panel> panels) {
  return {.title = std::move(title),
          .panels = std::move(panels),
          .n_columns = 2,
          .panel_width_px = 320,
          .panel_height_px = 250};
}

/// What was asked of every law, with its looks in all of their panels.
struct Drawn {
  std::size_t asked = 0;  // index of the question
  double flops = 0;       // of the first law that has an answer
  Colour colour{};
  std::string label{};
};

/// The questions that any law answers, from little compute to much. A target's compute is each
/// law's own, so it stands in the label only where there is one law.
std::vector<Drawn> drawn_questions(const plan::AllocateResult& result) {
  std::vector<Drawn> drawn;
  for (std::size_t i = 0; i < result.asked.size(); ++i) {
    const auto answered =
        std::find_if(result.laws.begin(), result.laws.end(),
                     [&](const plan::AllocatedLaw& law) { return law.answers[i].best; });
    if (answered == result.laws.end()) continue;
    const double flops = answered->answers[i].best->lifetime_flops;
    std::string label = question_words(result.asked[i]);
    if (!result.asked[i].question.budget_flops && result.laws.size() == 1 &&
        answered->answers[i].determined)
      label += ": " + flops_words(flops);
    drawn.push_back({.asked = i, .flops = flops, .label = std::move(label)});
  }
  std::stable_sort(drawn.begin(), drawn.end(),
                   [](const Drawn& a, const Drawn& b) { return a.flops < b.flops; });
  const std::vector<Colour> colours = ordered_colours(drawn.size());
  for (std::size_t i = 0; i < drawn.size(); ++i) drawn[i].colour = colours[i];
  return drawn;
}

Axis spent_axis(const plan::AllocateOptions& options) {
  Axis axis = compute_axis();
  if (options.inference_tokens > 0) axis.label = "C: lifetime FLOPs";
  return axis;
}

/// The law where its values can be; nothing elsewhere.
plan::LossOf possible_only(plan::LossOf loss, const std::optional<ValueRange>& possible) {
  return [loss = std::move(loss), possible](double n, double d) {
    const double value = loss(n, d);
    return is_possible(value, possible) ? value : std::nan("");
  };
}

/// The law along each budget, around its lowest point.
Panel slices_panel(const plan::AllocatedLaw& group, const std::vector<Drawn>& questions,
                   const std::string& y) {
  Panel panel{.title = group.loss.label, .x = size_axis(), .y = {.label = y}};
  const plan::LossOf loss = possible_only(plan::loss_of(group.source()), group.loss.possible);
  for (const Drawn& question : questions) {
    const plan::Answer& answer = group.answers[question.asked];
    if (!answer.best || !answer.is_possible) continue;
    const plan::Allocation& best = *answer.best;
    if (!answer.determined) {
      std::vector<plan::LossOf> losses = plan::losses_of(group.source());
      for (plan::LossOf& one : losses) one = possible_only(std::move(one), group.loss.possible);
      add_open_slice(losses, answer, group.options, SpreadLines(question.colour, question.label),
                     panel);
      continue;
    }
    Curve curve{.colour = question.colour, .label = question.label};
    for (const double n : sizes_around(best, group.options)) {
      const double d = plan::tokens_for_budget(n, best.lifetime_flops, group.options);
      curve.x.push_back(n);
      curve.y.push_back(d > 0 ? loss(n, d) : std::nan(""));
    }
    panel.layers.push_back(std::move(curve));
    Scatter bottom{.x = {best.n_params},
                   .y = {best.loss},
                   .colour = question.colour,
                   .marker = Marker::star,
                   .size_px = kBottomSizePx};
    if (const auto& interval = answer.loss)
      bottom.y_lower = {interval->lower}, bottom.y_upper = {interval->upper};
    panel.layers.push_back(std::move(bottom));
  }
  return panel;
}

Curve best_size_line(const plan::AllocatedLaw& group, double low, double high) {
  Curve line{.colour = kInk, .label = "best size"};
  Fitted alone = group.loss;
  alone.replicates = {};
  const plan::Source source{.loss = &alone, .fixed_inputs = group.fixed_inputs};
  for (const double c : log_grid(low / 5, high * 5, kCurvePoints)) {
    const plan::Answer found = plan::answer(source, {.budget_flops = c}, group.options, 1);
    if (!found.best || found.best->at_edge) continue;
    line.x.push_back(found.best->lifetime_flops);
    line.y.push_back(found.best->n_params);
  }
  return line;
}

Panel optima_panel(const plan::AllocatedLaw& group, const std::vector<Drawn>& questions) {
  Panel panel{.title = group.loss.label, .x = spent_axis(group.options), .y = size_axis()};
  std::vector<double> spent;
  std::vector<Layer> optima;
  bool any_open = false;
  for (const Drawn& question : questions) {
    const plan::Answer& answer = group.answers[question.asked];
    if (!answer.best) continue;
    const double n = answer.best->n_params;
    const auto& interval = answer.n_params;
    spent.push_back(answer.best->lifetime_flops);
    if (!answer.determined) {
      add_open_size(answer, question.colour, optima);
      any_open = true;
      continue;
    }
    optima.push_back(Scatter{.x = {spent.back()},
                             .y = {n},
                             .y_lower = {interval ? interval->lower : NAN},
                             .y_upper = {interval ? interval->upper : NAN},
                             .colour = question.colour,
                             .marker = Marker::star,
                             .size_px = kBottomSizePx});
    if (interval && !std::isfinite(interval->upper))
      optima.push_back(Note{spent.back(), n, "or more", question.colour});
  }
  const auto [low, high] = std::minmax_element(spent.begin(), spent.end());
  if (!any_open) panel.layers = {best_size_line(group, *low, *high)};
  panel.layers.insert(panel.layers.end(), optima.begin(), optima.end());
  return panel;
}

std::size_t first_asked(const std::vector<Drawn>& questions) {
  std::size_t first = questions.front().asked;
  for (const Drawn& question : questions) first = std::min(first, question.asked);
  return first;
}

/// "; on approach 3's law up to 57% below the best size"; "" of less than can be seen.
std::string bias_words(const std::vector<plan::IsoflopRuns>& groups) {
  constexpr double kSeen = 0.1;
  double worst = 0;
  std::size_t n = 0;
  for (const plan::IsoflopRuns& group : groups) {
    n += group.biases.size();
    for (const plan::SizeBias& bias : group.biases)
      if (std::abs(bias.off()) > std::abs(worst)) worst = bias.off();
  }
  if (std::abs(worst) < kSeen) return "";
  return "; on approach 3's law " + std::string(n > 1 ? "up to " : "") +
         percent(std::abs(worst), 0) + (worst < 0 ? " below" : " above") + " the best size";
}

}  // namespace

Figure isoflop_figure(const std::vector<plan::IsoflopRuns>& groups) {
  std::vector<Panel> panels;
  bool parabolas = false;
  const BudgetKey key(groups);
  for (const plan::IsoflopRuns& group : groups) {
    parabolas = group.parabolas;
    panels.push_back(group.parabolas ? parabola_panel(group, key) : envelope_panel(group));
    panels.push_back(bottoms_panel(group, group.parabolas ? &key : nullptr));
  }
  Figure figure = in_rows(isoflop_title(groups), std::move(panels));
  figure.subtitle =
      parabolas ? "By parabolas at equal compute" : "By the lowest loss for its compute";
  double outside = 1;
  bool any_bar = false;
  for (const plan::IsoflopRuns& group : groups) {
    for (const plan::BudgetSplit& split : group.splits) {
      outside = std::max(outside, split.runs.factor);
      any_bar = any_bar || split.by_noise;
    }
  }
  if (outside > 1)
    figure.subtitle += "; budgets up to " +
                       (outside < 10 ? significant(outside, 2) : fixed(outside, 0)) +
                       " times outside the runs'";
  if (any_bar) figure.subtitle += "; bars: 90%, by the runs' noise alone";
  figure.subtitle += bias_words(groups);
  if (parabolas && !key.names_all())
    figure.subtitle += "; budgets that the legend doesn't name have a colour between two";
  return figure;
}

Figure allocation_figure(const plan::AllocateResult& result) {
  const std::vector<Drawn> questions = drawn_questions(result);
  std::vector<Panel> panels;
  for (const plan::AllocatedLaw& law : result.laws) {
    if (std::none_of(law.answers.begin(), law.answers.end(),
                     [](const plan::Answer& answer) { return answer.best.has_value(); }))
      continue;
    if (Panel slices = slices_panel(law, questions, result.y); !slices.layers.empty())
      panels.push_back(std::move(slices));
    panels.push_back(optima_panel(law, questions));
  }
  if (panels.empty()) throw InputError("nothing is reachable, so there is nothing to draw");
  Figure figure = in_rows(allocation_title(result), std::move(panels));
  const std::size_t first = first_asked(questions);
  figure.title =
      title_with_reserve(result, first, question_words(result.asked[first]), figure.title);
  figure.subtitle = allocation_subtitle(result, dotted_words(figure));
  return figure;
}

}  // namespace rung
