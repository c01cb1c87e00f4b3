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

/// How far the laws are off at all points of the curves, the median of |relative error|.
double median_error(const Fits& fits, const std::vector<TokenCurve>& curves) {
  std::vector<double> errors;
  for (std::size_t t = 0; t < fits.choice.train_sets.size(); ++t) {
    const Fit& fit = fits.loss_law(t, 0).fitted.fit;
    for (const TokenCurve& curve : curves) {
      if (curve.train_set != fits.choice.train_sets[t]) continue;
      for (std::size_t i = 0; i < curve.loss_nats.size(); ++i) {
        const double ratio = curve.tokens_per_parameter[i];
        const double compute = 6 * curve.n_params * curve.n_params * ratio;
        errors.push_back(std::abs(law_loss(fit, ratio, compute) / curve.loss_nats[i] - 1));
      }
    }
  }
  return errors.empty() ? 0 : median(errors);
}

}  // namespace

Figure token_figure(const Study& study, const Fits& fits, const std::vector<TokenCurve>& curves) {
  Figure figure;
  figure.title = "Loss against tokens per parameter: the law is off by " +
                 percent(median_error(fits, curves), 1) + " at the median";
  figure.subtitle = "Held-out loss on " + study.title(fits.choice.loss_sets.front()) +
                    "; dashed: the law, fitted on " +
                    std::to_string(fits.loss_laws.front().models.size()) + " of the runs";
  figure.n_columns = fits.choice.train_sets.size();
  figure.panel_width_px = 300;
  figure.panel_height_px = 300;
  std::vector<double> sizes;
  for (const TokenCurve& curve : curves) sizes.push_back(curve.n_params);
  sizes = sorted_distinct(std::move(sizes));
  const std::vector<Colour> colours = ordered_colours(sizes.size());
  for (std::size_t t = 0; t < fits.choice.train_sets.size(); ++t) {
    const Fit& fit = fits.loss_law(t, 0).fitted.fit;
    Panel panel;
    panel.title = study.title(fits.choice.train_sets[t]);
    panel.x = {.label = "Tokens per parameter", .log = true};
    panel.y = {.label = "Loss (nats)"};
    for (const TokenCurve& curve : curves) {
      if (curve.train_set != fits.choice.train_sets[t]) continue;
      const double n = curve.n_params;
      const Colour colour = colours[static_cast<std::size_t>(
          std::lower_bound(sizes.begin(), sizes.end(), n) - sizes.begin())];
      std::vector<double> x = log_grid(5, 640, 40), y;
      for (const double ratio : x) y.push_back(law_loss(fit, ratio, 6 * n * n * ratio));
      panel.layers.push_back(line(x, y, colour, Dash::dashed, 1.2));
      Scatter points;
      points.x = curve.tokens_per_parameter;
      points.y = curve.loss_nats;
      const auto is_known = [](double bound) { return !std::isnan(bound); };
      if (std::all_of(curve.lower.begin(), curve.lower.end(), is_known) &&
          std::all_of(curve.upper.begin(), curve.upper.end(), is_known)) {
        points.y_lower = curve.lower;
        points.y_upper = curve.upper;
      }
      points.colour = colour;
      points.size_px = 7;
      points.label = short_count(n) + " parameters";
      panel.layers.push_back(points);
    }
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

}  // namespace rung::overtraining
