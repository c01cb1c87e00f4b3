#include "rung/study/ladder/chained.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/statistics.hpp"

namespace rung::ladder {

std::vector<Step2Point> run_ends(const Step2Result& step2) {
  std::vector<Step2Point> ends;
  for (const Step2Point& point : step2.points) {
    if (!point.n_params || !point.n_tokens) continue;
    if (!ends.empty() && ends.back().origin.run == point.origin.run) ends.pop_back();
    ends.push_back(point);
  }
  return ends;
}

std::optional<double> chained_accuracy(const ChainResult& chain, const Target& target) {
  if (chain.step1.fitted.fit.status == Status::failed ||
      chain.step2.fitted.fit.status == Status::failed)
    return {};
  const double loss = step1_curve(chain.step1, target);
  const double accuracy = step2_curve(chain.step2, loss);
  return std::isfinite(accuracy) ? std::optional(accuracy) : std::nullopt;
}

std::optional<double> chained_fitting_error(const ChainResult& chain) {
  RunningMean error;
  for (const Step2Point& end : run_ends(chain.step2)) {
    if (end.origin.mode != Mode::train || end.y == 0) continue;
    const auto accuracy = chained_accuracy(
        chain, {end.origin.model, *end.n_params, *end.n_tokens, end.compute_flops});
    if (!accuracy) return {};
    error.add(std::abs(*accuracy / end.y - 1));
  }
  return error.value();
}

Step2Result with_predicted_targets(const ChainResult& chain) {
  Step2Result step2 = chain.step2;
  for (const TargetPrediction& target : chain.targets) {
    const auto is_named = [&](const TargetPrediction& other) {
      return other.target.name == target.target.name;
    };
    const auto loss =
        std::find_if(chain.step1.targets.begin(), chain.step1.targets.end(), is_named);
    if (loss == chain.step1.targets.end() || !loss->predicted || !loss->determined ||
        std::any_of(step2.targets.begin(), step2.targets.end(), is_named))
      continue;
    Step2Point& point = step2.points.emplace_back();
    point.origin.mode = Mode::eval;
    point.origin.model = target.target.name;
    point.x = *loss->predicted;
    step2.targets.push_back(target);
  }
  return step2;
}

}  // namespace rung::ladder
