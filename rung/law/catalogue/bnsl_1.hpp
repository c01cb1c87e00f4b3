#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// A broken neural scaling law: y(x) = a + b x^-c0 product over breaks of (1 + (x / d)^(1 /
/// f))^(-c f).
///
/// Past break i the slope steepens by c_i; f_i is how gradual that is. Source: Caballero et al.
/// 2022, arXiv:2210.14891, eq. 1, with 1 break.
struct Bnsl1 {
  static constexpr int kParameters = 6, kInputs = 1;

  static LawInfo info() {
    return {.name = "bnsl-1",
            .title = "power law with 1 smooth break",
            .formula = "a + b * x^-c0 * (1 + (x / d1)^(1 / f1))^(-c1 * f1)",
            .output = "loss, error or score",
            .source = "Caballero et al. 2022, arXiv:2210.14891, eq. 1",
            .inputs = {{"x", "parameters, tokens, compute or steps", true, 1000, 1e10}},
            .parameters = {{.name = "a", .meaning = "limit", .typical = 0.05},
                           {.name = "b", .meaning = "scale", .typical = 3},
                           {.name = "c0",
                            .meaning = "first slope",
                            .typical = 0.1,
                            .search = {.low = -1, .high = 2}},
                           {.name = "d1",
                            .meaning = "where break 1 is",
                            .lower = 0,
                            .of_log = true,
                            .typical = 1e6,
                            .search = {SearchRange::Over::log_input, 0, 1}},
                           {.name = "c1",
                            .meaning = "change of slope at break 1",
                            .typical = 0.25,
                            .search = {.low = -2, .high = 2}},
                           {.name = "f1",
                            .meaning = "width of break 1",
                            .lower = 0,
                            .of_log = true,
                            .typical = 0.3,
                            .search = {.low = 0.03, .high = 3}}},
            .note =
                "A break needs points on both sides of it; without them its parameters are not "
                "identified."};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& at) {
    const auto& [a, b, c0, d1, c1, f1] = theta;
    const auto& [x] = at;
    return a + b * exp(-c0 * log(x) - c1 * f1 * softplus((log(x) - log(d1)) / f1));
  }
};

}  // namespace rung::laws
