#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// Loss on a domain when the first of two makes up a share r of the data: L(r) = c + k e^(t r).
///
/// The general form has one t for each domain; as shares add up to 1, the last one's is part of k
/// and of the others. Source: Ye et al. 2024, arXiv:2403.16952.
struct DataMixing2 {
  static constexpr int kParameters = 3, kInputs = 1;

  static LawInfo info() {
    return {.name = "data-mixing-2",
            .title = "loss of a domain from the mixture of two",
            .formula = "c + k * exp(t * r)",
            .output = "loss, in the unit of the data, on one domain",
            .source = "Ye et al. 2024, arXiv:2403.16952",
            .inputs = {{"r", "share of the first domain", false, 0, 1}},
            .parameters = {{.name = "c", .meaning = "loss that mixing can't change", .typical = 2},
                           {.name = "k", .meaning = "scale", .typical = 0.8},
                           {.name = "t",
                            .meaning = "how the first domain's share helps (below 0)",
                            .typical = -2.5,
                            .search = {.low = -20, .high = 20}}}};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [c, k, t] = theta;
    const auto& [r] = x;
    return c + k * exp(t * r);
  }
};

}  // namespace rung::laws
