#include "rung/figure/overtraining/tasks.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/counted.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/overtraining/lines.hpp"
#include "rung/study/overtraining/explore.hpp"
#include "rung/study/overtraining/predict.hpp"

namespace rung::overtraining {
Figure task_figure(const Testbed& testbed, const Study& study, const Fits& fits) {
  Figure figure;
  figure.subtitle = "Error against loss on " + study.title(fits.choice.loss_sets.front()) +
                    "; a title says why an error can't be predicted";
  const std::size_t n = fits.error_sets.size();
  std::size_t n_predicted = 0;
  std::vector<double> errors;  // of the targets, where nothing is doubted
  figure.n_columns = std::min<std::size_t>(n, n > 12 ? 6 : 4);
  figure.panel_width_px = n > 12 ? 190 : 240;
  figure.panel_height_px = n > 12 ? 140 : 180;
  for (std::size_t e = 0; e < n; ++e) {
    const ErrorLaw& law = fits.error_law(0, 0, e);
    const ErrorSet& set = fits.error_sets[e];
    Panel panel;
    panel.title = set.title;
    const std::vector<Doubt> found = doubts(testbed, law, set);
    n_predicted += found.empty();
    if (!found.empty()) panel.title += " (" + std::string(doubt_name(found.front())) + ")";
    panel.x = {.label = "Loss (nats)"};
    panel.y = {.label = "Error", .ticks = TickStyle::percent, .floor = 0, .ceiling = 1};
    Scatter fitted, others, targets;
    for (const ModelPrediction& row : predictions(testbed, fits.loss_law(0, 0), law, set)) {
      Scatter& to = row.in_error_fit ? fitted : row.is_target ? targets : others;
      to.x.push_back(*row.loss.actual);
      to.y.push_back(*row.error.actual);
      const auto error = row.error.relative_error();
      if (row.is_target && found.empty() && error) errors.push_back(std::abs(*error));
    }
    others.colour = kGrey;
    others.opacity = 0.5;
    others.size_px = 5;
    others.label = "other runs";
    fitted.label = "fitted runs";
    fitted.size_px = 7;
    targets.colour = kVermilion;
    targets.marker = Marker::star;
    targets.size_px = 9;
    targets.label = "larger and longer runs";
    std::vector<double> all = others.x;
    for (const Scatter* scatter : {&fitted, &targets})
      all.insert(all.end(), scatter->x.begin(), scatter->x.end());
    const auto [least, most] = std::minmax_element(all.begin(), all.end());
    std::vector<double> x = linear_grid(*least, *most, 80), y;
    for (const double loss : x) {
      const double error = law_error(law.fitted.fit, loss);
      y.push_back(error >= 0 && error <= 1 ? error : std::nan(""));
    }
    Rule guessing;
    guessing.at = set.chance_error;
    guessing.dash = Dash::dotted;
    guessing.label = "guessing";
    panel.layers = {guessing, others, fitted, targets};
    Curve curve = line(x, y, kInk, Dash::solid, 1.2);
    curve.label = "law";
    panel.layers.insert(panel.layers.begin() + 1, curve);
    figure.panels.push_back(std::move(panel));
  }
  figure.title = "Trained on " + study.title(fits.choice.train_sets.front()) + ": " +
                 std::to_string(n_predicted) + " of " + counted(n, "error") +
                 " can be predicted from loss";
  if (!errors.empty()) figure.title += ", to " + percent(median(errors), 1) + " in the middle";
  return figure;
}

}  // namespace rung::overtraining
