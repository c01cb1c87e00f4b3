#pragma once
/// What a fitted law says to do: how large a model and how many tokens for a budget or for a loss.

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rung::plan {

/// Loss at (N, D).
using LossOf = std::function<double(double n_params, double n_tokens)>;

/// FLOPs per parameter and token: 6 to train (Kaplan et al. 2020), 2 to infer.
inline constexpr double kTrainingFlops = 6, kInferenceFlops = 2;

/// What the searches for a number of tokens look through.
inline constexpr double kLeastTokens = 1e5, kMostTokens = 1e18;

struct Allocation {
  double n_params = 0, n_tokens = 0;
  double training_flops = 0;  // 6 N D, or what the options say
  double lifetime_flops = 0;  // with inference, that + 2 N D_inference
  double loss = 0;
  bool at_edge = false;  // no optimum inside the range that was searched
};

struct AllocateOptions {
  double inference_tokens = 0;        // over the model's life (Sardana et al. 2024)
  std::optional<double> most_tokens;  // no more unique data than these
  double least_params = 1e5, most_params = 1e15;
  double training_flops_per_nd = kTrainingFlops;  // of a parameter and token
};

/// Tokens to train `n_params` on when all of `lifetime_flops` is spent, or all the data there are.
double tokens_for_budget(double n_params, double lifetime_flops, const AllocateOptions& options);

/// The lowest loss for `lifetime_flops`, by minimising over ln N along the budget: a scan for
/// the lowest grid point, then golden section around it. Any law of N and D. With `near_params`,
/// the answer by almost the same law, downhill from there instead of the scan: the same for a loss
/// that falls and then rises.
Allocation best_for_budget(const LossOf& loss, double lifetime_flops,
                           const AllocateOptions& options = {},
                           std::optional<double> near_params = std::nullopt);

/// The cheapest way to `target_loss`: over N, with D solved for; near_params as above. Absent where
/// no N and D reach it.
std::optional<Allocation> cheapest_for_loss(const LossOf& loss, double target_loss,
                                            const AllocateOptions& options = {},
                                            std::optional<double> near_params = std::nullopt);

/// E + A/N^alpha + B/D^beta.
struct Chinchilla {
  double A = 0, B = 0, E = 0, alpha = 0, beta = 0;
};

/// Its optimum on C = 6 N D, or so many FLOPs: N = G (C/6)^(beta/(alpha+beta)), G = (alpha A /
/// (beta B))^(1/(alpha+beta)). Hoffmann et al. 2022, eq. 4.
Allocation chinchilla_optimum(const Chinchilla& law, double compute_flops,
                              double flops_per_nd = kTrainingFlops);

/// The cheapest way to `target_loss` on the same law: what N and D take off the loss are then as
/// beta to alpha, which solves for each alone. Absent at or below the floor.
std::optional<Allocation> chinchilla_cheapest(const Chinchilla& law, double target_loss,
                                              double flops_per_nd = kTrainingFlops);

}  // namespace rung::plan
