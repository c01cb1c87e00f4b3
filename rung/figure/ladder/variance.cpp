#include "rung/figure/ladder/variance.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/text.hpp"
#include "rung/figure/ladder/look.hpp"

namespace rung::ladder {
namespace {

constexpr double kShownShare = 0.7;  // of a run's checkpoints, counted from its end
constexpr Colour kAll = kGrey, kLast = kVermilion;

/// Points before the last n in grey, the last n in colour.
void add_marked(const std::vector<double>& x, const std::vector<double>& y, std::size_t n_last,
                Panel& panel) {
  const std::size_t n = x.size(), first_last = n - std::min(n_last, n);
  const auto first =
      static_cast<std::size_t>(std::ceil((1 - kShownShare) * static_cast<double>(n)));
  Scatter before{.colour = kAll, .size_px = 4, .opacity = 0.5, .label = "checkpoints before"};
  Scatter last{.colour = kLast,
               .size_px = 5,
               .opacity = 0.8,
               .label = "last " + std::to_string(n - first_last) + " checkpoints"};
  for (std::size_t i = std::min(first, first_last); i < n; ++i) {
    Scatter& layer = i < first_last ? before : last;
    layer.x.push_back(x[i]);
    layer.y.push_back(y[i]);
  }
  panel.layers.emplace_back(std::move(before));
  panel.layers.emplace_back(std::move(last));
}

/// "Noisiest at the end of 1.3B: OpenBookQA, whose accuracy spreads by 2.5%"
std::string message(const std::vector<VarianceResult>& results) {
  const VarianceResult& most = *std::max_element(
      results.begin(), results.end(),
      [](const auto& a, const auto& b) { return a.accuracy_relative_sd < b.accuracy_relative_sd; });
  const std::string spread = "accuracy spreads by " + percent(most.accuracy_relative_sd, 1);
  if (results.size() == 1) return "At the end of " + most.model + " its " + spread;
  return "Noisiest at the end of " + most.model + ": " + most.task.name + ", whose " + spread;
}

}  // namespace

Figure variance_figure(const std::vector<VarianceResult>& results) {
  Figure figure{
      .title = message(results),
      .subtitle = "Relative spread: standard deviation of the last checkpoints over their mean"};
  for (const VarianceResult& r : results) {
    Panel loss{.title = r.task.name + ", loss: " + percent(r.loss_relative_sd),
               .x = {.label = "Training tokens", .log = true, .ticks = TickStyle::count},
               .y = value_axis(r.settings.loss)};
    add_marked(r.n_tokens, r.losses, r.settings.last_n_points, loss);
    figure.panels.push_back(std::move(loss));
    Panel accuracy{.title = r.task.name + ", accuracy: " + percent(r.accuracy_relative_sd),
                   .x = value_axis(r.settings.loss),
                   .y = value_axis(r.settings.accuracy)};
    add_marked(r.losses, r.accuracies, r.settings.last_n_points, accuracy);
    figure.panels.push_back(std::move(accuracy));
  }
  figure.n_columns = results.size() < 4 ? 2 : 4;
  return figure;
}

}  // namespace rung::ladder
