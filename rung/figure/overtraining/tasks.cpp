#include "rung/figure/overtraining/tasks.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/counted.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/overtraining/lines.hpp"
#include "rung/figure/scene.hpp"
#include "rung/study/overtraining/explore.hpp"
#include "rung/study/overtraining/predict.hpp"

namespace rung::overtraining {
namespace {

/// A task's runs, told apart by what the laws have seen of them.
struct Runs {
  Scatter fitted, others, targets;

  explicit Runs(const std::vector<ModelPrediction>& rows) {
    for (const ModelPrediction& row : rows) {
      if (!row.loss.actual || !row.error.actual) continue;
      Scatter& to = row.in_error_fit ? fitted : row.is_target ? targets : others;
      to.x.push_back(*row.loss.actual);
      to.y.push_back(*row.error.actual);
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

Panel task_panel(const ErrorSet& set, const Fit& law, const Runs& runs) {
  Panel panel{.title = set.title,
              .x = {.label = "Loss (nats)"},
              .y = {.label = "Error", .ticks = TickStyle::percent, .floor = 0, .ceiling = 1}};
  const Rule guessing{.at = set.chance_error, .dash = Dash::dotted, .label = "guessing"};
  panel.layers = {guessing, law_curve(law, runs.losses())};
  for (const Scatter* scatter : {&runs.others, &runs.fitted, &runs.targets}) {
    if (!scatter->x.empty()) panel.layers.emplace_back(*scatter);
  }
  return panel;
}

/// More would be no picture.
constexpr std::size_t kMostPanels = 16;

}  // namespace

Figure task_figure(const Testbed& testbed, const Study& study, const Fits& fits) {
  Figure figure;
  const std::size_t n = fits.error_sets.size();
  std::size_t n_undoubted = 0, n_checked = 0, n_held = 0;
  std::vector<Panel> missed, wide, doubted;
  for (std::size_t e = 0; e < n; ++e) {
    const ErrorLaw& law = fits.error_law(0, 0, e);
    const ErrorSet& set = fits.error_sets[e];
    const std::vector<ModelPrediction> rows = predictions(testbed, fits.loss_law(0, 0), law, set);
    const std::vector<Doubt> found = doubts(testbed, fits.loss_law(0, 0), law, set);
    const std::optional<Miss> miss = worst_miss(rows);
    Panel panel = task_panel(set, law.fitted.fit, Runs(rows));
    if (!found.empty()) {
      panel.title += " (" + std::string(doubt_name(found.front())) + ")";
      (found.front() == Doubt::wide_interval ? wide : doubted).push_back(std::move(panel));
      continue;
    }
    ++n_undoubted;
    n_checked += miss.has_value();
    n_held += miss && miss->holds();
    if (miss) panel.title += ": " + with_minus_sign(miss->text());
    if (miss && !miss->holds()) panel.title += " (!)";
    (miss && !miss->holds() ? missed : figure.panels).push_back(std::move(panel));
  }
  for (std::vector<Panel>* more : {&missed, &wide, &doubted})
    figure.panels.insert(figure.panels.end(), more->begin(), more->end());
  figure.title = "Trained on " + study.title(fits.choice.train_sets.front()) + ": " +
                 std::to_string(n_undoubted) + " of " + counted(n, "error") +
                 (n == 1 ? " follows" : " follow") + " loss without a doubt";
  if (n_checked > 0)
    figure.title += ", and " + std::to_string(n_held) + " of these within " +
                    percent(Miss::kMost, 0) + " up to the larger runs";
  figure.subtitle = "Error against loss on " + study.title(fits.choice.loss_sets.front());
  if (n_checked > 0) figure.subtitle += ", how far off (relative) the worst larger run is";
  if (n_undoubted < n)
    figure.subtitle += n_undoubted == 0 ? "; in brackets, why errors can't be predicted"
                                        : "; then, in brackets, why others can't be predicted";
  if (figure.panels.size() > kMostPanels) {
    figure.panels.resize(std::max(kMostPanels, n_undoubted));
    figure.subtitle += " (" + std::to_string(n - figure.panels.size()) +
                       " more in the table; --error-set draws them)";
  }
  if (!missed.empty())
    figure.subtitle +=
        "; (!): bears no doubt, and is more than " + percent(Miss::kMost, 0) + " off";
  figure.n_columns = std::min<std::size_t>(figure.panels.size(), 4);  // as wide as a screen
  figure.panel_width_px = 240;
  figure.panel_height_px = n > 12 ? 150 : 180;
  return figure;
}

}  // namespace rung::overtraining
