#include "rung/study/ladder/combination.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/statistics.hpp"

namespace rung::ladder {
namespace {

bool is_direct(const Member& member) { return member.scale.kind == PieceKind::direct; }

bool through_task_loss(const Member& member) {
  return member.scale.feature == ThroughLoss::task_bpb ||
         member.scale.feature == ThroughLoss::task_ce;
}

/// On trial: they made no family's predictions better (docs/predictor.md).
bool on_trial(const Member& member) {
  return member.scale.feature == ThroughLoss::ability || member.scale.kind == PieceKind::logistic ||
         member.scale.kind == PieceKind::single_step_chance ||
         (member.curve && member.curve->kind == PieceKind::curve_chance);
}

bool needs_task_loss(const Member& member) {
  return member.scale.kind == PieceKind::single_step ||
         member.scale.feature == ThroughLoss::mean_bpb || through_task_loss(member);
}

double sample_spread(std::span<const double> logits) {
  return logits.size() < 2 ? 0 : sample_variance(logits);
}

/// Where logits don't stand off.
struct Band {
  double middle = 0, furthest = 0;

  explicit Band(const std::vector<double>& logits) : middle(median(logits)) {
    constexpr double kLeastSd = 0.15, kFurthest = 3, kMadToSd = 1.4826;
    std::vector<double> distances;
    for (const double z : logits) distances.push_back(std::abs(z - middle));
    furthest = kFurthest * std::max(kLeastSd, kMadToSd * median(distances));
  }
  bool holds(double z) const { return std::abs(z - middle) <= furthest; }
};

/// Without the laws of log accuracy, where there are enough others to disagree.
void keep_through_losses(std::vector<Member>& members) {
  constexpr std::ptrdiff_t kEnough = 3;
  const auto n_direct = std::count_if(members.begin(), members.end(), is_direct);
  if (std::ssize(members) - n_direct >= kEnough) std::erase_if(members, is_direct);
}

}  // namespace

double logit(double p, double least) {
  const double inside = std::clamp(p, least, 1 - least);
  return std::log(inside / (1 - inside));
}

double inverse_logit(double z) { return 1 / (1 + std::exp(-z)); }

double task_logit(const Task& task, double accuracy) {
  constexpr double kLeast = 1e-3;
  return logit(accuracy, std::max(kLeast, 0.5 / task.n_examples.value_or(1 / kLeast)));
}

std::vector<Member> members_for(const TaskData& data, Signal signal) {
  std::vector<Member> available = available_members(data);
  std::erase_if(available, on_trial);
  const bool has_task_loss = std::any_of(available.begin(), available.end(), through_task_loss);
  std::erase_if(available, [&](const Member& member) {
    if (signal == Signal::at_chance) return !is_direct(member);
    if (!has_task_loss) return needs_task_loss(member);
    return is_direct(member) || (member.curve && member.curve->kind == PieceKind::curve_free);
  });
  if (!has_task_loss && signal == Signal::clear) keep_through_losses(available);
  return available;
}

Combination combine(const std::vector<Member>& members,
                    std::span<const std::optional<double>> predictions, Signal signal) {
  std::vector<double> logits, kept;
  for (const std::optional<double>& p : predictions) {
    if (p) logits.push_back(logit(*p));
  }
  Combination result;
  if (logits.empty()) return result;
  const Band band(logits);
  RunningMean all, direct;
  result.left_out.resize(members.size());
  for (std::size_t m = 0; m < members.size(); ++m) {
    if (!predictions[m]) continue;
    if (is_direct(members[m])) direct.add(predictions[m]);
    result.left_out[m] = !band.holds(logit(*predictions[m]));
    if (result.left_out[m]) continue;
    kept.push_back(logit(*predictions[m]));
    all.add(predictions[m]);
  }
  result.predicted = all.value();
  result.n_kept = kept.size();
  result.spread = sample_spread(kept);
  result.disagreement = sample_spread(logits);
  if (signal == Signal::weak && direct.n() > 0 && direct.n() < logits.size()) {
    const double apart = logit(*direct.value()) - logit(*result.predicted);
    result.predicted = (*direct.value() + *result.predicted) / 2;
    result.spread = std::max(result.spread, apart * apart / 2);
    for (std::size_t m = 0; m < members.size(); ++m) {
      if (is_direct(members[m])) result.left_out[m] = false;
    }
  }
  return result;
}

}  // namespace rung::ladder
