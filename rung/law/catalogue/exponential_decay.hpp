#pragma once
#include <algorithm>

#include "rung/law/law.hpp"

namespace rung::laws {

/// Downstream error from loss: Err(L) = epsilon - k e^(-gamma L), which rises towards epsilon.
///
/// No parameter has a bound, as in the published fit: a gamma below zero, with k below zero, is an
/// error that rises ever faster with loss. Three limits have no finite parameters: gamma -> 0 (a
/// straight line) and gamma -> infinity or -infinity (a step at the lowest or the highest loss).
/// Source: Gadre et al. 2024, arXiv:2403.08540.
struct ExponentialDecay {
  static constexpr int kParameters = 3, kInputs = 1;

  using Columns = std::vector<std::vector<double>>;

  static LawInfo info() {
    return {.name = "exponential-decay",
            .title = "downstream error from loss",
            .formula = "epsilon - k * exp(-gamma * L)",
            .output = "error, a ratio",
            .source = "Gadre et al. 2024, arXiv:2403.08540",
            .inputs = {{"L", "loss", false, 2, 5}},
            .parameters = {{.name = "k", .meaning = "scale of the fall", .typical = 1.3},
                           {.name = "gamma",
                            .meaning = "how fast the fall fades with loss",
                            .typical = 0.9,
                            .search = {SearchRange::Over::inverse_input_span, -1000, 1000}},
                           {.name = "epsilon", .meaning = "error at high loss", .typical = 0.76}},
            .limits = {{"gamma -> 0, k and epsilon -> infinity: a straight line",
                        [](const Columns& inputs) { return inputs; }},
                       {"gamma -> infinity, k -> infinity: a step at the lowest L",
                        [](const Columns& inputs) {
                          return Columns{step_at(inputs[0], *std::ranges::min_element(inputs[0]))};
                        }},
                       {"gamma -> -infinity, k -> 0 from below: a step at the highest L",
                        [](const Columns& inputs) {
                          return Columns{step_at(inputs[0], *std::ranges::max_element(inputs[0]))};
                        }}}};
  }

  static std::vector<double> step_at(const std::vector<double>& losses, double place) {
    std::vector<double> column;
    for (const double loss : losses) column.push_back(loss == place ? 1 : 0);
    return column;
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [k, gamma, epsilon] = theta;
    const auto& [L] = x;
    return epsilon - k * exp(-gamma * L);
  }
};

}  // namespace rung::laws
