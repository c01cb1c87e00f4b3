#pragma once
/// A few laws of the catalogue written out in C++ over dual numbers, as another way to their values
/// and derivatives than their formulas' tapes.

#include <utility>
#include <vector>

#include "rung/law/law.hpp"
#include "tests/support/test_laws.hpp"

namespace rung::test_laws {

struct Chinchilla {
  static constexpr int kParameters = 5, kInputs = 2;
  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, alpha, beta] = theta;
    const auto& [N, D] = x;
    return E + A * pow(N, -alpha) + B * pow(D, -beta);
  }
};

struct Farseer {
  static constexpr int kParameters = 9, kInputs = 2;
  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [s, q, S, B, b, Q, A, a, E] = theta;
    const auto& [N, D] = x;
    return exp(s * pow(N, q) + S) + exp(B * pow(N, b) + Q) * pow(D, -exp(A * pow(N, a) + E));
  }
};

struct SingleStep {
  static constexpr int kParameters = 7, kInputs = 2;
  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [A, B, E, alpha, beta, p, q] = theta;
    const auto& [N, D] = x;
    return floored(p * sigmoid(E + A * pow(N, -alpha) + B * pow(D, -beta)) + q, 1e-6);
  }
};

struct LogSigmoid {
  static constexpr int kParameters = 3, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [a, x0, k] = theta;
    const auto& [L] = x;
    return 1.0 + a * softplus(k * (L - x0));
  }
};

struct Bnsl1 {
  static constexpr int kParameters = 6, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& theta, const X& at) {
    const auto& [a, b, c0, d1, c1, f1] = theta;
    const auto& [x] = at;
    return a + b * exp(-c0 * log(x) - c1 * f1 * softplus((log(x) - log(d1)) / f1));
  }
};

struct JointMoe {
  static constexpr int kParameters = 11, kInputs = 3;
  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [a, b, c, alpha, beta, gamma, zeta, delta, omega, Estart, Emax] = theta;
    const auto& [N, D, E] = x;
    const auto log_h = -log(1.0 / (E - 1.0 + 1.0 / (1.0 / Estart - 1.0 / Emax)) + 1.0 / Emax);
    return c + a * exp(delta * log_h + (alpha + gamma * log_h) * log(N)) +
           b * exp(omega * log_h + (beta + zeta * log_h) * log(D));
  }
};

/// Each with the description that the catalogue has of it.
inline std::vector<Law> compiled_laws() {
  const std::pair<const char*, Kernel> kernels[] = {
      {"chinchilla", kernel_of<Chinchilla>()},  {"farseer", kernel_of<Farseer>()},
      {"single-step", kernel_of<SingleStep>()}, {"log-sigmoid", kernel_of<LogSigmoid>()},
      {"bnsl-1", kernel_of<Bnsl1>()},           {"joint-moe", kernel_of<JointMoe>()}};
  std::vector<Law> laws;
  for (const auto& [name, kernel] : kernels) laws.push_back({find_law(name).info, kernel});
  return laws;
}

}  // namespace rung::test_laws
