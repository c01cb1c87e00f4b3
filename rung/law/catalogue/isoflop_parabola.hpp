#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// An isoFLOP curve as a parabola: L(N) = Lmin + c ln(N / Nopt)^2.
///
/// One budget at a time. Source: Hoffmann et al. 2022, arXiv:2203.15556, approach 2.
struct IsoflopParabola {
  static constexpr int kParameters = 3, kInputs = 1;

  static LawInfo info() {
    return {
        .name = "isoflop-parabola",
        .title = "loss along one compute budget",
        .formula = "Lmin + c * (ln(N / Nopt))^2",
        .output = "loss, in the unit of the data",
        .source = "Hoffmann et al. 2022, arXiv:2203.15556, approach 2",
        .inputs = {{"N", "parameters", true, 1e8, 1e10}},
        .parameters =
            {{.name = "Lmin", .meaning = "loss at the best size", .lower = 0, .typical = 2.3},
             {.name = "c", .meaning = "curvature", .lower = 0, .typical = 0.03},
             {.name = "Nopt",
              .meaning = "best size",
              .lower = 0,
              .of_log = true,
              .typical = 1e9,
              .search = {SearchRange::Over::log_input, -0.5, 1.5}}},
        .note = "Biased where the sizes tried are not centred on the best one (arXiv:2603.22339)."};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [Lmin, c, Nopt] = theta;
    const auto& [N] = x;
    const auto distance = log(N) - log(Nopt);
    return Lmin + c * distance * distance;
  }
};

}  // namespace rung::laws
