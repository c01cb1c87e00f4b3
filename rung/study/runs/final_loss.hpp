#pragma once
/// What a run that is under way will end at.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rung/fit/prediction.hpp"
#include "rung/study/runs/curve.hpp"

namespace rung::runs {

struct FinalLossRequest {
  double at = 0;  // tokens (or what the curve is over) at the end
  double level = 0.95;
  double skipped_share = 0.1;  // of what there is, at the begin
  /// The learning rate over its peak at each row of the curve, and at the end; empty: not known.
  std::vector<double> lr_share;
  double lr_share_at_end = 0;
  std::size_t n_replicates = 200;
  std::uint64_t seed = 0;
  int n_threads = 1;
};

struct FinalLoss {
  Prediction prediction;
  std::string law;           // in words: "E + B / D^beta"
  std::vector<double> x, y;  // the fitted curve, on to the end
};

/// By E + B / D^beta, with + F H where the learning rate H changes, fitted to means of at most 60
/// stretches of the run; the interval is a bootstrap over eighths of them, with their residuals on
/// top. Absent where fewer than 12 stretches are there or no law could be fitted.
std::optional<FinalLoss> final_loss(const Curve& curve, const FinalLossRequest& request);

}  // namespace rung::runs
