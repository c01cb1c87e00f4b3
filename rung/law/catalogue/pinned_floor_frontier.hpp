#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// The best loss at a compute budget: L(C) = Linf + A C^-alpha, with Linf held where it is known
/// so that recipes compare.
///
/// With the same Linf and alpha, the ratio of two recipes' A gives the effective speedup, (A /
/// A')^(1 / alpha).
struct PinnedFloorFrontier {
  static constexpr int kParameters = 3, kInputs = 1;

  static LawInfo info() {
    return {.name = "pinned-floor-frontier",
            .title = "compute frontier above a known floor",
            .formula = "Linf + A / C^alpha",
            .output = "loss, in the unit of the data",
            .source =
                "marin-community/marin, scaling-law notes; Henighan et al. 2020, arXiv:2010.14701, "
                "eq. 1.1",
            .inputs = {{"C", "training FLOPs", true, 1e18, 1e23}},
            .parameters =
                {{.name = "Linf", .meaning = "floor: hold it (--fix)", .lower = 0, .typical = 1.7},
                 {.name = "A", .meaning = "scale", .lower = 0, .of_log = true, .typical = 2500},
                 {.name = "alpha",
                  .meaning = "compute exponent",
                  .lower = 0,
                  .typical = 0.17,
                  .search = {.low = 0.005, .high = 2}}},
            .residual = Residual::log};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [Linf, A, alpha] = theta;
    const auto& [C] = x;
    return Linf + A * pow(C, -alpha);
  }
};

}  // namespace rung::laws
