#pragma once
/// The fits that the combined predictor's members are made of: laws of scale, and curves from loss
/// to accuracy. Members share them.

#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "rung/fit/problem.hpp"
#include "rung/study/ladder/steps.hpp"
#include "rung/study/ladder/task_data.hpp"

namespace rung::ladder {

enum class PieceKind {
  // Laws of scale.
  loss,         // E + A/N^alpha + B/D^beta, or E + A/C^alpha
  single_step,  // accuracy by a sigmoid of the law in N and D from a free floor up to the maximum
  single_step_chance,  // the same from chance
  direct,              // -ln accuracy by A/N^alpha + B/D^beta, or A/C^alpha
  logistic,            // accuracy between chance and 1, logistic in ln C
  // Accuracy from loss.
  curve,         // the published sigmoid through the artificial point: no loss, the maximum
  curve_free,    // without that point
  curve_chance,  // between chance and 1
};

/// One of a task's fits.
struct Piece {
  PieceKind kind = PieceKind::loss;
  std::optional<ThroughLoss> feature;  // of a loss or a curve
  Step1Inputs inputs = Step1Inputs::params_and_tokens;

  bool is_curve() const { return kind >= PieceKind::curve; }
  bool operator==(const Piece&) const = default;
};

using Theta = std::vector<double>;  // empty: no fit

/// Fits that several tasks make alike, each made once: validation loss by N and D is every task's.
class FitMemory {
 public:
  /// What `make` gave the first time that it was called for this key.
  template <class Make>
  std::vector<Theta> once(const std::vector<double>& key, const Make& make) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = made_.find(key); found != made_.end()) return found->second;
    }
    std::vector<Theta> thetas = make();
    const std::lock_guard lock(mutex_);
    return made_.try_emplace(key, std::move(thetas)).first->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::vector<double>, std::vector<Theta>> made_;
};

/// The fit of a piece to some of a task's runs; empty where they are too few or no minimum is
/// finite.
Theta fit_piece(const TaskData& data, const Piece& piece, std::span<const std::size_t> runs,
                FitMemory* memory = nullptr);

/// Refits without each group of runs in turn, from `theta`: [groups]. `group_of` says which group
/// each of `runs` is in.
std::vector<Theta> refit_piece_without_each(const TaskData& data, const Piece& piece,
                                            std::span<const std::size_t> runs, const Theta& theta,
                                            std::span<const int> group_of);

/// The fewest runs that a law of scale can be fitted to: one more than it has free parameters.
std::size_t fewest_runs(const TaskData& data, const Piece& piece);

/// Whether the fit hangs on the task's maximum.
bool goes_to_maximum(const Piece& piece);

/// Refit with the maximum at `maximum` in place of the task's, from `theta`.
Theta refit_piece_ending_at(const TaskData& data, const Piece& piece,
                            std::span<const std::size_t> runs, Theta theta, double maximum);

/// What a law of scale says at `where`; NaN where it has no fit or needs an unknown compute.
double predict_scale(const TaskData& data, const Piece& piece, const Theta& theta,
                     const Scale& where);

/// What a curve says of a loss.
double predict_curve(const Piece& piece, const Theta& theta, double loss);

}  // namespace rung::ladder
