#include "rung/study/ladder/members.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rung::ladder {
namespace {

constexpr Step1Inputs kBothInputs[] = {Step1Inputs::params_and_tokens, Step1Inputs::compute};

std::string suffix(Step1Inputs inputs) { return inputs == Step1Inputs::compute ? "_flops" : "_nd"; }
std::string in_words(Step1Inputs inputs) {
  return inputs == Step1Inputs::compute ? ", FLOPs" : ", N and D";
}

void add_two_steps(ThroughLoss feature, PieceKind curve, const std::string& name,
                   const std::string& title, std::vector<Member>& list) {
  for (const Step1Inputs inputs : kBothInputs) {
    list.push_back({name + suffix(inputs), title + in_words(inputs),
                    Piece{PieceKind::loss, feature, inputs}, Piece{curve, feature}});
  }
}

std::vector<Member> made_members() {
  std::vector<Member> list;
  add_two_steps(ThroughLoss::task_bpb, PieceKind::curve, "task_bpb", "task bpb", list);
  add_two_steps(ThroughLoss::task_ce, PieceKind::curve, "task_ce", "cross-entropy", list);
  add_two_steps(ThroughLoss::c4, PieceKind::curve, "c4", "validation loss", list);
  add_two_steps(ThroughLoss::mean_bpb, PieceKind::curve, "mean_bpb", "mean bpb", list);
  list.push_back({"single_step", "single step", {PieceKind::single_step, {}}, {}});
  add_two_steps(ThroughLoss::c4, PieceKind::curve_free, "c4_free", "validation loss, free top",
                list);
  add_two_steps(ThroughLoss::c4, PieceKind::curve_chance, "c4_chance",
                "validation loss from chance", list);
  add_two_steps(ThroughLoss::ability, PieceKind::curve, "ability", "all tasks", list);
  add_two_steps(ThroughLoss::ability, PieceKind::curve_chance, "ability_chance",
                "all tasks from chance", list);
  list.push_back(
      {"single_step_chance", "single step from chance", {PieceKind::single_step_chance, {}}, {}});
  for (const Step1Inputs inputs : kBothInputs) {
    list.push_back({"direct" + suffix(inputs),
                    "log accuracy" + in_words(inputs),
                    Piece{PieceKind::direct, {}, inputs},
                    {}});
  }
  list.push_back({"logistic_flops",
                  "logistic in log FLOPs",
                  {PieceKind::logistic, {}, Step1Inputs::compute},
                  {}});
  return list;
}

bool can_feed(const TaskData& data, const Member& member) {
  if (member.scale.feature && !data.has[index_of(*member.scale.feature)]) return false;
  return member.scale.inputs == Step1Inputs::compute ? data.has_compute
                                                     : data.has_sizes_and_lengths;
}

}  // namespace

const std::vector<Member>& all_members() {
  static const std::vector<Member> members = made_members();
  return members;
}

std::vector<Member> available_members(const TaskData& data) {
  std::vector<Member> members;
  for (const Member& member : all_members()) {
    if (can_feed(data, member)) members.push_back(member);
  }
  return members;
}

std::vector<std::string> missing_measures(const TaskData& data) {
  std::vector<std::string> missing;
  if (!data.has[index_of(ThroughLoss::task_bpb)]) missing.push_back("bits per byte of the answers");
  if (!data.has[index_of(ThroughLoss::task_ce)])
    missing.push_back("cross-entropy over the answers");
  if (!data.has[index_of(ThroughLoss::c4)]) missing.push_back("validation loss");
  if (!data.has_compute) missing.push_back("FLOPs per token");
  if (!data.has_sizes_and_lengths) missing.push_back("runs of several sizes and token counts");
  return missing;
}

FittedMembers::FittedMembers(const TaskData& data, const std::vector<Member>& members,
                             std::span<const std::size_t> runs, FitMemory* memory)
    : data_(&data), runs_(runs.begin(), runs.end()) {
  for (const Member& member : members) {
    Places& places = places_.emplace_back(Places{place_of(member.scale), {}});
    if (member.curve) places.curve = place_of(*member.curve);
  }
  for (const Piece& piece : pieces_) thetas_.push_back(fit_piece(data, piece, runs, memory));
}

std::size_t FittedMembers::place_of(const Piece& piece) {
  const auto found = std::find(pieces_.begin(), pieces_.end(), piece);
  if (found != pieces_.end()) return static_cast<std::size_t>(found - pieces_.begin());
  pieces_.push_back(piece);
  return pieces_.size() - 1;
}

std::vector<FittedMembers> FittedMembers::leave_out(std::span<const int> group_of,
                                                    std::size_t n_groups) const {
  std::vector<FittedMembers> fitted(n_groups, *this);
  for (std::size_t group = 0; group < n_groups; ++group) {
    fitted[group].runs_.clear();
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (group_of[i] != static_cast<int>(group)) fitted[group].runs_.push_back(runs_[i]);
    }
  }
  for (std::size_t p = 0; p < pieces_.size(); ++p) {
    if (thetas_[p].empty()) continue;
    const std::vector<Theta> thetas =
        refit_piece_without_each(*data_, pieces_[p], runs_, thetas_[p], group_of);
    for (std::size_t group = 0; group < n_groups; ++group) fitted[group].thetas_[p] = thetas[group];
  }
  return fitted;
}

std::vector<FittedMembers> FittedMembers::leave_one_out() const {
  std::vector<int> alone(runs_.size());
  std::iota(alone.begin(), alone.end(), 0);
  return leave_out(alone, runs_.size());
}

FittedMembers FittedMembers::ending_at(double maximum) const {
  FittedMembers fitted = *this;
  for (std::size_t p = 0; p < pieces_.size(); ++p) {
    if (!thetas_[p].empty() && goes_to_maximum(pieces_[p]))
      fitted.thetas_[p] = refit_piece_ending_at(*data_, pieces_[p], runs_, thetas_[p], maximum);
  }
  return fitted;
}

std::vector<std::optional<double>> FittedMembers::predict(const Scale& at) const {
  std::vector<std::optional<double>> predictions(places_.size());
  for (std::size_t m = 0; m < places_.size(); ++m) {
    const Places& places = places_[m];
    double value = predict_scale(*data_, pieces_[places.scale], thetas_[places.scale], at);
    if (places.curve) value = predict_curve(pieces_[*places.curve], thetas_[*places.curve], value);
    if (std::isfinite(value)) predictions[m] = value;
  }
  return predictions;
}

}  // namespace rung::ladder
