#pragma once
/// What the laws of the ladder's learning-rate family say in common of their inputs and parameters.
/// For LawInfo only: a kernel is compiled for one instruction set and must not share inline code.

#include "rung/law/law.hpp"

namespace rung::laws {

inline constexpr const char* kLearningRateSource =
    "allenai/OLMo-ladder, src/scaling/fitting_functions.py";

/// N, D and H.
inline std::vector<InputInfo> learning_rate_inputs() {
  return {{"N", "parameters", true, 1e8, 1e10},
          {"D", "training tokens", true, 2e9, 2e12},
          {"H", "learning rate as a share of its peak", false, 0, 1}};
}

/// A, B, E, alpha and beta of the Chinchilla law, then `more`.
inline std::vector<ParameterInfo> chinchilla_parameters(std::vector<ParameterInfo> more) {
  std::vector<ParameterInfo> all = {
      {.name = "A", .meaning = "size term's scale", .lower = 0, .of_log = true, .typical = 406.4},
      {.name = "B", .meaning = "data term's scale", .lower = 0, .of_log = true, .typical = 410.7},
      {.name = "E", .meaning = "irreducible loss", .lower = 0, .typical = 1.69},
      {.name = "alpha",
       .meaning = "size exponent",
       .lower = 0,
       .typical = 0.34,
       .search = {.low = 0.01, .high = 2}},
      {.name = "beta",
       .meaning = "data exponent",
       .lower = 0,
       .typical = 0.28,
       .search = {.low = 0.01, .high = 2}}};
  for (ParameterInfo& parameter : more) all.push_back(std::move(parameter));
  return all;
}

}  // namespace rung::laws
