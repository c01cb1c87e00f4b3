#include "rung/figure/overtraining/correlation.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rung/core/counted.hpp"
#include "rung/core/text.hpp"
#include "rung/study/overtraining/explore.hpp"

namespace rung::overtraining {
Figure correlation_figure(const Study& study, const CorrelationResult& result) {
  const std::vector<std::string>& train_sets = result.choice.train_sets;
  const auto& correlations = result.by_train_set;
  const std::size_t n = correlations.front().size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return correlations[0][a].spearman.value_or(-2) > correlations[0][b].spearman.value_or(-2);
  });
  Heatmap heatmap;
  heatmap.diverging = true;
  heatmap.lower = -1;
  heatmap.upper = 1;
  Panel panel;
  for (const std::size_t i : order) {
    panel.y.categories.push_back(study.title(correlations.front()[i].error_set));
    heatmap.values.emplace_back();
    heatmap.texts.emplace_back();
    for (const auto& of_train_set : correlations) {
      const std::optional<double> rank = of_train_set[i].spearman;
      heatmap.values.back().push_back(rank.value_or(std::nan("")));
      heatmap.texts.back().push_back(rank ? fixed(*rank, 2) : "");
    }
  }
  for (const std::string& train_set : train_sets)
    panel.x.categories.push_back(study.title(train_set));
  panel.layers.push_back(std::move(heatmap));
  constexpr double kClose = 0.895;  // shown as 0.90
  const auto n_close = std::count_if(order.begin(), order.end(), [&](std::size_t i) {
    return std::all_of(correlations.begin(), correlations.end(), [&](const auto& of_train_set) {
      return of_train_set[i].spearman.value_or(0) >= kClose;
    });
  });
  Figure figure;
  figure.title = std::to_string(n_close) + " of " + counted(n, "error") +
                 (n_close == 1 || n == 1 ? " follows" : " follow") + " the loss closely";
  figure.subtitle = "Spearman's rank correlation with loss on " + study.title(result.loss_set()) +
                    ", closely from 0.9 up; 1: a lower loss is a lower error";
  figure.panels.push_back(std::move(panel));
  figure.panel_width_px = 110.0 * static_cast<double>(train_sets.size());
  figure.panel_height_px = 17.0 * static_cast<double>(n);
  return figure;
}

}  // namespace rung::overtraining
