#include "rung/figure/overtraining/cost.hpp"

#include <algorithm>
#include <optional>
#include <variant>

#include "rung/core/text.hpp"
#include "rung/figure/extents.hpp"
#include "rung/figure/overtraining/law_marks.hpp"
#include "rung/figure/scale.hpp"

namespace rung::overtraining {
namespace {

bool is_beyond_in_ratio(const OverTrainingCost& cost) {
  return std::any_of(cost.beyond.begin(), cost.beyond.end(),
                     [](const table::Beyond& one) { return one.input == kBeyondInRatio; });
}

/// A law's costs, drawn through `line.curve` with its intervals; open marks lie outside the runs.
template <class EstimateOf>
void add_line(const CostLine& line, Colour colour, EstimateOf estimate_of, Panel& panel) {
  Band band{.colour = colour, .opacity = 0.14};
  Curve curve{.colour = colour};
  for (const OverTrainingCost& cost : line.curve) {
    const Estimate& estimate = estimate_of(cost);
    curve.x.push_back(cost.tokens_per_parameter);
    curve.y.push_back(estimate.value);
    add_whisker(estimate, band.lower, band.upper);
  }
  band.x = curve.x;
  Scatter within{.colour = colour, .size_px = 6, .label = marked_title(line)};
  Scatter beyond{.colour = colour, .size_px = 7, .filled = false};
  for (const OverTrainingCost& cost : line.costs) {
    Scatter& marks = is_beyond_in_ratio(cost) ? beyond : within;
    const Estimate& estimate = estimate_of(cost);
    marks.x.push_back(cost.tokens_per_parameter);
    marks.y.push_back(estimate.value);
    if (!line.is_curve()) add_whisker(estimate, marks.y_lower, marks.y_upper);
  }
  panel.layers.insert(panel.layers.begin(), band);  // under all lines
  panel.layers.insert(panel.layers.end(), {curve, within, beyond});
}

template <class EstimateOf>
void add_costs(const std::vector<CostLine>& lines, EstimateOf estimate_of, Panel& panel) {
  const std::vector<Colour> colours = category_colours(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) add_line(lines[i], colours[i], estimate_of, panel);
}

/// Does a band go on above or below its panel?
bool is_cut(const Panel& panel) {
  const Extent shown = extents_of(panel).y;
  const double top = std::max(shown.upper, panel.y.upper.value_or(shown.upper));
  return std::ranges::any_of(panel.layers, [&](const Layer& layer) {
    const auto* band = std::get_if<Band>(&layer);
    const auto outside = [&](double y) { return y > top || y < shown.lower; };
    return band &&
           (std::ranges::any_of(band->upper, outside) || std::ranges::any_of(band->lower, outside));
  });
}

/// How intervals are drawn: "; shaded: the law's 95% interval", "bars", or both; "" without any.
std::string interval_words(const std::vector<CostLine>& lines, bool any_cut) {
  const bool any = std::ranges::any_of(lines, [](const CostLine& line) {
    return std::ranges::any_of(
        line.costs, [](const auto& cost) { return cost.extra_loss_nats.interval.has_value(); });
  });
  if (!any) return "";
  const auto n = std::ranges::count_if(lines, &CostLine::is_curve);
  const std::string look = n == std::ssize(lines) ? "shaded" : n == 0 ? "bars" : "shaded and bars";
  return "; " + look + ": the law's 95% interval" +
         (any_cut ? ", which goes on where it meets an edge" : "");
}

/// "; open marks: up to 7.8 times beyond the runs' tokens per parameter; the compute is 4 times
/// beyond theirs; the best run lies outside them (C4)"; "" where all lies within.
std::string beyond_words(const std::vector<CostLine>& lines) {
  table::Beyond ratio, compute;
  std::vector<std::string> optima;
  for (const CostLine& line : lines) {
    for (const OverTrainingCost& cost : line.costs) {
      for (const table::Beyond& one : cost.beyond) {
        table::Beyond& most = one.input == kBeyondInRatio ? ratio : compute;
        if (one.factor > most.factor) most = one;
      }
    }
    if (line.optimum_beyond_runs) optima.push_back(line.title);
  }
  std::string words;
  const auto times_words = [](const table::Beyond& most) {
    return "up to " + factor_words(most.factor) + " times " + (most.below ? "below " : "beyond ");
  };
  if (ratio.factor > 1)
    words += "; open marks: " + times_words(ratio) + "the fitted runs' tokens per parameter";
  if (compute.factor > 1) words += "; the compute is " + times_words(compute) + "theirs";
  if (!optima.empty())
    words += "; the optimal run lies outside the fitted ones (" + join(optima, ", ") + ")";
  const bool doubted = std::ranges::any_of(lines, [](const CostLine& line) {
    return !line.law_in_doubt &&
           std::ranges::any_of(line.costs, [](const auto& cost) { return !cost.doubt.empty(); });
  });
  return words + (doubted ? kNotToBeTrusted : "");
}

/// "RedPajama at 640 tokens per parameter: 4.1 (3.2 to 5.3) times the compute for 0.18 (0.15 to
/// 0.22) times the size", by the law and its intervals.
std::string cost_message(const CostLine& line) {
  if (line.costs.empty()) return "What over-training costs";
  const OverTrainingCost& last = line.costs.back();
  const auto words = [&](const Estimate& ratio) {
    const std::string value = factor_words(ratio.value);
    return ratio.interval ? value + " (" + factor_words(ratio.interval->lower) + " to " +
                                factor_words(ratio.interval->upper) + ")"
                          : value;
  };
  return line.title + " at " + shortest(last.tokens_per_parameter) +
         " tokens per parameter: " + words(last.compute_ratio) + " times the compute for " +
         words(last.n_params_ratio) + " times the size";
}

/// "3 training sets at 640 tokens per parameter: 3.6 to 4.8 times the compute for the same loss
/// (intervals: 1 to 26)": from the least to the most of their values, and of their intervals.
std::string cost_message(const std::vector<CostLine>& lines) {
  if (const std::string why = why_no_message(lines); !why.empty())
    return "What over-training costs" + why;
  if (lines.size() == 1 || lines.front().costs.empty()) return cost_message(lines.front());
  std::vector<double> values, ends;
  for (const CostLine& line : lines) {
    const Estimate& ratio = line.costs.back().compute_ratio;
    values.push_back(ratio.value), ends.push_back(ratio.value);
    if (ratio.interval) ends.insert(ends.end(), {ratio.interval->lower, ratio.interval->upper});
  }
  const auto span = [](const std::vector<double>& of) {
    const auto [least, most] = std::minmax_element(of.begin(), of.end());
    const std::string low = factor_words(*least), high = factor_words(*most);
    return low == high ? low : low + " to " + high;
  };
  return std::to_string(lines.size()) + " training sets at " +
         shortest(lines.front().costs.back().tokens_per_parameter) +
         " tokens per parameter: " + span(values) + " times the compute for the same loss" +
         (ends.size() > values.size() ? " (intervals: " + span(ends) + ")" : "");
}

Axis ratio_axis() { return {.label = "Tokens per parameter", .log = true}; }
/// The top of the highest interval of extra loss; absent where that would press curves flat.
std::optional<double> highest_extra_loss(const std::vector<CostLine>& lines) {
  double highest = 0, top = 0;
  for (const CostLine& line : lines) {
    for (const std::vector<OverTrainingCost>* costs : {&line.costs, &line.curve}) {
      for (const OverTrainingCost& cost : *costs) {
        const Estimate& extra = cost.extra_loss_nats;
        highest = std::max(highest, extra.value);
        top = std::max(top, extra.interval ? extra.interval->upper : extra.value);
      }
    }
  }
  constexpr double kMostRoom = 4, kMargin = 1.05;
  const bool any_curve = std::ranges::any_of(lines, &CostLine::is_curve);
  if (any_curve && top > kMostRoom * highest) return std::nullopt;
  return kMargin * top;
}

}  // namespace

Figure cost_figure(const std::vector<CostLine>& lines, double compute_flops,
                   const std::string& loss_title) {
  Panel extra{.title = "At equal compute",
              .x = ratio_axis(),
              .y = {.label = "Extra loss (nats)", .upper = highest_extra_loss(lines)}};
  Panel compute{.title = "At equal loss: compute",
                .x = ratio_axis(),
                .y = {.label = "Times the optimal run's", .log = true}};
  Panel size{.title = "At equal loss: parameters",
             .x = ratio_axis(),
             .y = {.label = "Times the optimal run's", .log = true}};
  add_costs(
      lines, [](const OverTrainingCost& cost) -> const Estimate& { return cost.extra_loss_nats; },
      extra);
  add_costs(
      lines, [](const OverTrainingCost& cost) -> const Estimate& { return cost.compute_ratio; },
      compute);
  add_costs(
      lines, [](const OverTrainingCost& cost) -> const Estimate& { return cost.n_params_ratio; },
      size);
  extra.layers.emplace_back(Rule{.at = 0});
  compute.layers.emplace_back(Rule{.at = 1});
  size.layers.emplace_back(Rule{.at = 1, .label = "compute-optimal run"});
  return {.title = cost_message(lines),
          .subtitle = "Beside the compute-optimal run of the same law of loss on " + loss_title +
                      ", at " + power_of_ten(compute_flops) + " FLOPs" +
                      interval_words(lines, is_cut(extra) || is_cut(compute) || is_cut(size)) +
                      beyond_words(lines),
          .panels = {std::move(extra), std::move(compute), std::move(size)},
          .n_columns = 3,
          .panel_width_px = 260,
          .panel_height_px = 230};
}

Figure cost_figure(const Study& study, const CostResult& result) {
  std::vector<CostLine> lines;
  const std::string& loss_set = result.rows.front().loss_set;
  for (const CostRows& row : result.rows) {
    if (row.loss_set == loss_set)
      lines.push_back({study.title(row.train_set), row.costs, row.curve, row.optimum_beyond_runs,
                       !row.law_doubt.empty()});
  }
  return cost_figure(lines, result.compute_flops, study.title(loss_set));
}

}  // namespace rung::overtraining
