#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// A broken neural scaling law: y(x) = a + b x^-c0 product over breaks of (1 + (x / d)^(1 /
/// f))^(-c f).
///
/// Past break i the slope steepens by c_i; f_i is how gradual that is. Source: Caballero et al.
/// 2022, arXiv:2210.14891, eq. 1, with 2 breaks.
struct Bnsl2 {
  static constexpr int kParameters = 9, kInputs = 1;

  static LawInfo info() {
    return {.name = "bnsl-2",
            .title = "power law with 2 smooth breaks",
            .formula =
                "a + b * x^-c0 * (1 + (x / d1)^(1 / f1))^(-c1 * f1) * (1 + (x / d2)^(1 / f2))^(-c2 "
                "* f2)",
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
                            .typical = 1e5,
                            .search = {SearchRange::Over::log_input, 0, 0.5}},
                           {.name = "c1",
                            .meaning = "change of slope at break 1",
                            .typical = 0.3,
                            .search = {.low = -2, .high = 2}},
                           {.name = "f1",
                            .meaning = "width of break 1",
                            .lower = 0,
                            .of_log = true,
                            .typical = 0.2,
                            .search = {.low = 0.03, .high = 3}},
                           {.name = "d2",
                            .meaning = "where break 2 is",
                            .lower = 0,
                            .of_log = true,
                            .typical = 1e8,
                            .search = {SearchRange::Over::log_input, 0.5, 1}},
                           {.name = "c2",
                            .meaning = "change of slope at break 2",
                            .typical = 0.4,
                            .search = {.low = -2, .high = 2}},
                           {.name = "f2",
                            .meaning = "width of break 2",
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
    const auto& [a, b, c0, d1, c1, f1, d2, c2, f2] = theta;
    const auto& [x] = at;
    return a + b * exp(-c0 * log(x) - c1 * f1 * softplus((log(x) - log(d1)) / f1) -
                       c2 * f2 * softplus((log(x) - log(d2)) / f2));
  }
};

}  // namespace rung::laws
