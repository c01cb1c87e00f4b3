#include "rung/figure/overtraining/predicted_list.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/scene.hpp"

namespace rung::overtraining {

PredictedRun predicted_run(const TestbedModel& model, const Prediction& prediction) {
  const std::string run = short_count(model.n_params) + ", " +
                          shortest(model.tokens_per_parameter()) + " per parameter: ";
  const double off = *prediction.predicted / *prediction.actual - 1;
  return {std::abs(off), run + with_minus_sign(percent(off, 1, true))};
}

PredictedRun run_without_value(const TestbedModel& model, const Prediction& prediction) {
  return {kInfinity,
          short_count(model.n_params) + ", " + shortest(model.tokens_per_parameter()) +
              " per parameter: none (!)",
          ", the law says " + with_minus_sign(significant(*prediction.predicted))};
}

void add_list(std::string title, std::vector<PredictedRun> runs, Panel& panel) {
  constexpr std::size_t kMostNamed = 6;
  if (runs.empty()) return;
  const std::size_t n_more = runs.size() - std::min(runs.size(), kMostNamed);
  if (n_more > 0) {
    title += ", worst first";
    std::ranges::stable_sort(runs, std::greater(), &PredictedRun::off);
    runs.resize(kMostNamed);
  }
  Key key{{{title, kVermilion}}};
  for (const PredictedRun& run : runs)
    key.lines.push_back({run.words + (n_more > 0 ? "" : run.detail), kVermilion});
  if (n_more > 0)
    key.lines.push_back({"… and " + std::to_string(n_more) + " more in the table", kVermilion});
  panel.layers.emplace_back(std::move(key));
}

}  // namespace rung::overtraining
