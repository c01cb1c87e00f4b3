#include "rung/figure/overtraining/tokens.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/overtraining/lines.hpp"
#include "rung/study/overtraining/explore.hpp"
#include "rung/study/overtraining/predict.hpp"

namespace rung::overtraining {
namespace {

/// How far the laws are off, relative to the loss.
struct Misses {
  std::vector<double> sizes;  // |relative error| at all points of the curves
  double most = 0, at_ratio = 0;

  void add(const Fit& fit, const TokenCurve& curve) {
    for (std::size_t i = 0; i < curve.loss_nats.size(); ++i) {
      const double ratio = curve.tokens_per_parameter[i];
      const double compute = 6 * curve.n_params * curve.n_params * ratio;
      sizes.push_back(std::abs(law_loss(fit, ratio, compute) / curve.loss_nats[i] - 1));
      if (sizes.back() <= most) continue;
      most = sizes.back();
      at_ratio = ratio;
    }
  }

  /// ": the law is off by 0.8% at the median and by 15.1% at most, at 5 per parameter"
  std::string words() const {
    if (sizes.empty()) return "";
    return ": the law is off by " + percent(median(sizes), 1) + " at the median and by " +
           percent(most, 1) + " at most, at " + shortest(at_ratio) + " per parameter";
  }
};

constexpr double kSizePx = 7;

/// The runs that the law was fitted on, filled, or the others.
Scatter runs_of(const TokenCurve& curve, const std::vector<std::size_t>& fitted, bool filled,
                Colour colour) {
  Scatter points{.colour = colour, .size_px = kSizePx, .filled = filled};
  for (std::size_t i = 0; i < curve.models.size(); ++i) {
    if ((std::ranges::find(fitted, curve.models[i]) != fitted.end()) != filled) continue;
    points.x.push_back(curve.tokens_per_parameter[i]);
    points.y.push_back(curve.loss_nats[i]);
    points.y_lower.push_back(curve.lower[i]);
    points.y_upper.push_back(curve.upper[i]);
  }
  const auto is_unknown = [](double bound) { return std::isnan(bound); };
  if (std::ranges::any_of(points.y_lower, is_unknown) ||
      std::ranges::any_of(points.y_upper, is_unknown)) {
    points.y_lower.clear();
    points.y_upper.clear();
  }
  return points;
}

/// The runs and, over all curves' ratios, the law.
void add_curve(const TokenCurve& curve, const LossLaw& law, const std::vector<double>& ratios,
               Colour colour, Panel& panel) {
  const double n = curve.n_params;
  std::vector<double> x, y;  // none where all ratios are one
  if (ratios.size() > 1) x = log_grid(ratios.front(), ratios.back(), 40);
  for (const double ratio : x) y.push_back(law_loss(law.fitted.fit, ratio, 6 * n * n * ratio));
  if (!x.empty()) panel.layers.emplace_back(line(x, y, colour, Dash::dashed, 1.2));
  for (const bool filled : {false, true}) {
    Scatter runs = runs_of(curve, law.models, filled, colour);
    if (!runs.x.empty()) panel.layers.emplace_back(std::move(runs));
  }
}

std::vector<LegendGroup> legend(const std::vector<double>& sizes,
                                const std::vector<Colour>& colours, bool has_lines) {
  LegendGroup by_size{.title = "Parameters"}, looks{.title = "Marks and lines"};
  for (std::size_t i = 0; i < sizes.size(); ++i)
    by_size.samples.emplace_back(
        Scatter{.colour = colours[i], .size_px = kSizePx, .label = short_count(sizes[i])});
  Curve law = line({}, {}, kInk, Dash::dashed, 1.2);
  law.label = "law";
  looks.samples = {
      Scatter{.colour = kInk, .size_px = kSizePx, .label = "fitted run"},
      Scatter{.colour = kInk, .size_px = kSizePx, .filled = false, .label = "other run"}};
  if (has_lines) looks.samples.emplace_back(law);
  return {by_size, looks};
}

}  // namespace

Figure token_figure(const Study& study, const Fits& fits, const std::vector<TokenCurve>& curves) {
  Figure figure;
  figure.n_columns = fits.choice.train_sets.size();
  figure.panel_width_px = 300;
  figure.panel_height_px = 300;
  std::vector<double> sizes, ratios;
  for (const TokenCurve& curve : curves) {
    sizes.push_back(curve.n_params);
    ratios.insert(ratios.end(), curve.tokens_per_parameter.begin(),
                  curve.tokens_per_parameter.end());
  }
  sizes = sorted_distinct(std::move(sizes));
  ratios = sorted_distinct(std::move(ratios));
  const std::vector<Colour> colours = ordered_colours(sizes.size());
  Misses misses;  // of laws without doubt
  bool any_in_doubt = false;
  for (std::size_t t = 0; t < fits.choice.train_sets.size(); ++t) {
    const LossLaw& law = fits.loss_law(t, 0);
    const bool in_doubt = !doubts(law).empty();
    Panel panel{.title = study.title(law.train_set),
                .x = {.label = "Tokens per parameter", .log = true},
                .y = {.label = "Loss (nats)"}};
    for (const TokenCurve& curve : curves) {
      if (curve.train_set != law.train_set) continue;
      const auto place = std::ranges::lower_bound(sizes, curve.n_params) - sizes.begin();
      add_curve(curve, law, ratios, colours[static_cast<std::size_t>(place)], panel);
      if (!in_doubt) misses.add(law.fitted.fit, curve);
    }
    if (in_doubt) panel.title += " (!)";
    any_in_doubt = any_in_doubt || in_doubt;
    figure.panels.push_back(std::move(panel));
  }
  figure.title = "Loss against tokens per parameter" + misses.words();
  figure.subtitle = "Held-out loss on " + study.title(fits.choice.loss_sets.front()) +
                    "; the law is fitted on " +
                    std::to_string(fits.loss_laws.front().models.size()) + " of the runs" +
                    (any_in_doubt ? "; (!): the law is not to be trusted" : "");
  figure.legend = legend(sizes, colours, ratios.size() > 1);
  return figure;
}

}  // namespace rung::overtraining
