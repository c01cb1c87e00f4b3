#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Loss on a domain when three make up the data: L(r1, r2) = c + k e^(t1 r1 + t2 r2), the third
/// one's share being 1 - r1 - r2.
///
/// More domains are a formula away. Source: Ye et al. 2024, arXiv:2403.16952; see the law data-
/// mixing-2.
struct DataMixing3 {
  static constexpr int kParameters = 4, kInputs = 2;

  static LawInfo info() {
    return {.name = "data-mixing-3",
            .title = "loss of a domain from the mixture of three",
            .formula = "c + k * exp(t1 * r1 + t2 * r2)",
            .output = "loss, in the unit of the data, on one domain",
            .source = "Ye et al. 2024, arXiv:2403.16952",
            .inputs = {{"r1", "share of the first domain", false, 0, 0.6},
                       {"r2", "share of the second domain", false, 0, 0.4}},
            .parameters = {{.name = "c", .meaning = "loss that mixing can't change", .typical = 2},
                           {.name = "k", .meaning = "scale", .typical = 0.8},
                           {.name = "t1",
                            .meaning = "how the first domain's share helps (below 0)",
                            .typical = -2.5,
                            .search = {.low = -20, .high = 20}},
                           {.name = "t2",
                            .meaning = "how the second domain's share helps (below 0)",
                            .typical = 0.7,
                            .search = {.low = -20, .high = 20}}}};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [c, k, t1, t2] = theta;
    const auto& [r1, r2] = x;
    return c + k * exp(t1 * r1 + t2 * r2);
  }
};

}  // namespace rung::laws
