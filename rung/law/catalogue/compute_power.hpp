#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Loss from compute: L(C) = E + A C^-alpha.
///
/// C: training FLOPs, positive. Source: the FLOPs-only variant of step 1 in Bhagia et al. 2024,
/// arXiv:2412.04403; the form is Henighan et al. 2020, arXiv:2010.14701, eq. 1.1.
struct ComputePower {
  static constexpr int kParameters = 3, kInputs = 1;

  static LawInfo info() {
    return {.name = "compute-power",
            .title = "loss from training compute",
            .formula = "E + A / C^alpha",
            .output = "loss, in the unit of the data",
            .source =
                "Bhagia et al. 2024, arXiv:2412.04403 (FLOPs-only variant); Henighan et al. 2020, "
                "arXiv:2010.14701, eq. 1.1",
            .inputs = {{"C", "training FLOPs", true, 1e18, 1e23}},
            .parameters =
                {{.name = "A", .meaning = "scale", .lower = 0, .of_log = true, .typical = 400},
                 {.name = "E", .meaning = "irreducible loss", .lower = 0, .typical = 0.6},
                 {.name = "alpha",
                  .meaning = "exponent",
                  .lower = 0,
                  .upper = 1,
                  .typical = 0.14,
                  .search = {.low = 0.005, .high = 1}}},
            .residual = Residual::log,
            .power_terms = {{0, 2, 0}},
            .floor = 1};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, E, alpha] = theta;
    const auto& [C] = x;
    return E + A * pow(C, -alpha);
  }
};

}  // namespace rung::laws
