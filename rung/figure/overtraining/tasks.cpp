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
namespace {

/// A task's runs, told apart by what the laws have seen of them.
struct Runs {
  Scatter fitted, others, targets;
  std::vector<double> errors;  // |relative| of what is predicted for the targets

  explicit Runs(const std::vector<ModelPrediction>& rows) {
    for (const ModelPrediction& row : rows) {
      Scatter& to = row.in_error_fit ? fitted : row.is_target ? targets : others;
      to.x.push_back(*row.loss.actual);
      to.y.push_back(*row.error.actual);
      const auto error = row.error.relative_error();
      if (row.is_target && error) errors.push_back(std::abs(*error));
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
  }

  std::vector<double> losses() const {
    std::vector<double> all = others.x;
    for (const Scatter* scatter : {&fitted, &targets})
      all.insert(all.end(), scatter->x.begin(), scatter->x.end());
    return all;
  }
};

/// Over the losses of all runs, where it is an error at all.
Curve law_curve(const Fit& fit, const std::vector<double>& losses) {
  const auto [least, most] = std::minmax_element(losses.begin(), losses.end());
  std::vector<double> x = linear_grid(*least, *most, 80), y;
  for (const double loss : x) {
    const double error = law_error(fit, loss);
    y.push_back(error >= 0 && error <= 1 ? error : std::nan(""));
  }
  Curve curve = line(x, y, kInk, Dash::solid, 1.2);
  curve.label = "law";
  return curve;
}

}  // namespace

Figure task_figure(const Testbed& testbed, const Study& study, const Fits& fits) {
  Figure figure;
  figure.subtitle = "Error against loss on " + study.title(fits.choice.loss_sets.front()) +
                    "; those that follow it first, then in brackets why the others can't";
  const std::size_t n = fits.error_sets.size();
  std::size_t n_predicted = 0;
  std::vector<double> errors;                      // of the targets, where nothing is doubted
  figure.n_columns = std::min<std::size_t>(n, 4);  // as wide as a screen; it is scrolled down
  figure.panel_width_px = 240;
  figure.panel_height_px = n > 12 ? 150 : 180;
  std::vector<Panel> doubted;
  for (std::size_t e = 0; e < n; ++e) {
    const ErrorLaw& law = fits.error_law(0, 0, e);
    const ErrorSet& set = fits.error_sets[e];
    Panel panel{.title = set.title,
                .x = {.label = "Loss (nats)"},
                .y = {.label = "Error", .ticks = TickStyle::percent, .floor = 0, .ceiling = 1}};
    const Runs runs(predictions(testbed, fits.loss_law(0, 0), law, set));
    const std::vector<Doubt> found = doubts(testbed, fits.loss_law(0, 0), law, set);
    if (found.empty()) {
      ++n_predicted;
      errors.insert(errors.end(), runs.errors.begin(), runs.errors.end());
    } else {
      panel.title += " (" + std::string(doubt_name(found.front())) + ")";
    }
    const Rule guessing{.at = set.chance_error, .dash = Dash::dotted, .label = "guessing"};
    panel.layers = {guessing, law_curve(law.fitted.fit, runs.losses()), runs.others, runs.fitted,
                    runs.targets};
    (found.empty() ? figure.panels : doubted).push_back(std::move(panel));
  }
  figure.panels.insert(figure.panels.end(), doubted.begin(), doubted.end());
  figure.title = "Trained on " + study.title(fits.choice.train_sets.front()) + ": " +
                 std::to_string(n_predicted) + " of " + counted(n, "error") +
                 " follow loss without a doubt";
  if (!errors.empty())
    figure.title += "; larger runs off by " + percent(median(errors), 1) + " at the median, " +
                    percent(*std::max_element(errors.begin(), errors.end()), 0) + " at worst";
  return figure;
}

}  // namespace rung::overtraining
