#include "rung/study/runs/final_loss.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/statistics.hpp"
#include "rung/fit/fitted.hpp"

namespace rung::runs {
namespace {

constexpr std::size_t kMostStretches = 60, kFewestStretches = 12, kBlocks = 8;

struct Stretch {
  double x = 0, y = 0, lr_share = 0;
};

/// Means over stretches of as many rows each, after the skipped begin.
std::vector<Stretch> stretches_of(const Curve& curve, const FinalLossRequest& request) {
  const std::size_t n = curve.y.size();
  const auto first = static_cast<std::size_t>(request.skipped_share * static_cast<double>(n));
  const std::size_t n_stretches = std::min(kMostStretches, n - first);
  std::vector<Stretch> stretches;
  for (std::size_t s = 0; s < n_stretches; ++s) {
    const std::size_t begin = first + s * (n - first) / n_stretches;
    const std::size_t end = first + (s + 1) * (n - first) / n_stretches;
    RunningMean x, y, lr_share;
    for (std::size_t i = begin; i < end; ++i) {
      if (!(curve.x[i] > 0)) continue;
      x.add(curve.x[i]);
      y.add(curve.y[i]);
      if (!request.lr_share.empty()) lr_share.add(request.lr_share[i]);
    }
    if (y.n() > 0) stretches.push_back({*x.value(), *y.value(), lr_share.value().value_or(0)});
  }
  return stretches;
}

/// A learning rate that hardly changed says nothing of what its decay will do.
bool lr_changes(const std::vector<Stretch>& stretches) {
  const auto [low, high] = std::minmax_element(
      stretches.begin(), stretches.end(),
      [](const Stretch& a, const Stretch& b) { return a.lr_share < b.lr_share; });
  return high->lr_share - low->lr_share > 0.1;
}

std::optional<Fitted> fitted_to(const std::vector<Stretch>& stretches, bool with_lr,
                                const FinalLossRequest& request) {
  Points points(2, stretches.size());
  std::vector<int> block_of;
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    const std::vector<double> inputs = {stretches[i].x, with_lr ? stretches[i].lr_share : 0};
    points.set(i, inputs, stretches[i].y);
    block_of.push_back(static_cast<int>(i * kBlocks / stretches.size()));
  }
  FitOptions options{.residual = Residual::log, .level = request.level, .certify = false};
  if (!with_lr) options.constraints = {{.parameter = "F", .fixed = 0.0}};
  try {
    Fitted fitted(find_law("d-lr"), std::move(points), std::move(options));
    if (fitted.fit.status == Status::failed) return std::nullopt;
    fitted.interval_for = IntervalFor::observation;
    if (request.n_replicates > 0)
      fitted.draw_replicates({.kind = ResampleKind::clusters,
                              .cluster_of = std::move(block_of),
                              .n_replicates = request.n_replicates,
                              .seed = request.seed,
                              .n_threads = request.n_threads});
    return fitted;
  } catch (const InputError&) {  // such as a loss that never changes
    return std::nullopt;
  }
}

}  // namespace

std::optional<FinalLoss> final_loss(const Curve& curve, const FinalLossRequest& request) {
  if (curve.y.size() < kFewestStretches) return std::nullopt;
  const std::vector<Stretch> stretches = stretches_of(curve, request);
  if (stretches.size() < kFewestStretches) return std::nullopt;
  const bool with_lr = !request.lr_share.empty() && lr_changes(stretches);
  const std::optional<Fitted> fitted = fitted_to(stretches, with_lr, request);
  if (!fitted) return std::nullopt;
  const std::vector<double> end = {request.at, with_lr ? request.lr_share_at_end : 0};
  FinalLoss result{.prediction = fitted->prediction(end),
                   .law = with_lr ? "E + B / D^beta + F H, H the learning rate over its peak"
                                  : "E + B / D^beta"};
  for (const Stretch& stretch : stretches) {
    result.x.push_back(stretch.x);
    result.y.push_back(
        fitted->predict(std::vector<double>{stretch.x, with_lr ? stretch.lr_share : 0}));
  }
  result.x.push_back(request.at);
  result.y.push_back(fitted->predict(end));
  return result;
}

}  // namespace rung::runs
