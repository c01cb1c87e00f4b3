#pragma once
#include "rung/law/law.hpp"

namespace rung::laws {

/// M4, sigmoid-like: y(x) solves (y - einf) / (e0 - y)^alpha = beta x^-c, between the floor einf
/// and the error e0 of a guess.
///
/// It has no explicit form; it is solved by Newton's method, with exact derivatives. Source:
/// Alabdulmohsin et al. 2022, arXiv:2209.06640, and its authors' program.
struct M4 {
  static constexpr int kParameters = 5, kInputs = 1;

  static LawInfo info() {
    return {.name = "m4",
            .title = "power law between a floor and a guess, implicit",
            .formula = "(y - einf) / (e0 - y)^alpha = beta * x^-c",
            .output = "loss or error y",
            .source = "Alabdulmohsin et al. 2022, arXiv:2209.06640, M4",
            .inputs = {{"x", "examples seen or another scale", true, 1e4, 1e9}},
            .parameters = {{.name = "beta",
                            .meaning = "scale",
                            .lower = 0,
                            .of_log = true,
                            .typical = 30,
                            .search = {.low = 0.0001, .high = 1e6}},
                           {.name = "c",
                            .meaning = "exponent",
                            .lower = 0,
                            .typical = 0.4,
                            .search = {.low = 0.02, .high = 2}},
                           {.name = "einf",
                            .meaning = "floor",
                            .lower = 0,
                            .typical = 0.1,
                            .search = {SearchRange::Over::numbers, 0, 0.5}},
                           {.name = "e0",
                            .meaning = "error of a random guess",
                            .lower = 0,
                            .typical = 0.9,
                            .search = {SearchRange::Over::numbers, 0.5, 5}},
                           {.name = "alpha",
                            .meaning = "sharpness of the bend at the top",
                            .lower = 0.05,
                            .upper = 20,
                            .typical = 0.8,
                            .search = {.low = 0.1, .high = 3}}},
            .note = "The formula is an equation that y solves."};
  }

  template <class Theta, class X>
  static auto value(const Theta& theta, const X& at) {
    const auto& [beta, c, einf, e0, alpha] = theta;
    const auto& [x] = at;
    // With y = einf + (e0 - einf) sigmoid(s) the equation is alpha softplus(s) - softplus(-s) =
    // right, whose left side is monotone and bends one way only: Newton's steps from its asymptote
    // never overshoot. The last two, taken with derivatives, give y's own.
    const auto right = log(beta) - c * log(x) - (1.0 - alpha) * log(e0 - einf);
    const auto step = [](const auto& s, const auto& bend, const auto& target) {
      return (bend * softplus(s) - softplus(-s) - target) / (bend * sigmoid(s) + sigmoid(-s));
    };
    const auto bend = value_of(alpha), target = value_of(right);
    auto start = select(target > bend * 0.0, target / bend, target);
    for (int i = 0; i < 6; ++i) start = start - step(start, bend, target);
    const auto once = start - step(start, alpha, right);
    const auto twice = once - step(once, alpha, right);
    return einf + (e0 - einf) * sigmoid(twice);
  }
};

}  // namespace rung::laws
