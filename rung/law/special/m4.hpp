#pragma once
#include "rung/law/kernel_impl.hpp"

namespace rung::RUNG_ISA {

/// y(x) solves (y - einf) / (e0 - y)^alpha = beta x^-c, which has no explicit form: by Newton's
/// method, with exact derivatives.
struct M4 {
  static constexpr int kParameters = 5, kInputs = 1;

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

}  // namespace rung::RUNG_ISA
