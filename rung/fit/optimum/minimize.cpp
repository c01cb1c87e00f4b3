#include "rung/fit/optimum/minimize.hpp"

#include <algorithm>
#include <cmath>

#include "rung/fit/optimum/descent_rules.hpp"

namespace rung {
namespace {

using descent::kLeastDamping;
using descent::kMostDamping;

constexpr int kPacked = kMaxParameters * (kMaxParameters + 1) / 2;
constexpr int kPlainSteps = 15;  // before parameters that predictions hardly see are held back
constexpr int kPaceSteps = 15;   // iterations between checks of progress

int packed(int i, int j) { return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i; }

struct State {
  double z[kMaxParameters];
  double gradient[kMaxParameters];
  double hessian[kPacked];
  double metric[kPacked];
  double value;
};

/// One damped Newton step on the coordinates whose bounds are not active.
class Step {
 public:
  Step(const FitProblem& problem, const State& state, const unsigned char* fixed)
      : problem_(problem), n_(problem.n_free()), state_(state) {
    for (int i = 0; i < n_; ++i) {
      const bool active = (fixed != nullptr && fixed[i] != 0) ||
                          (state.z[i] <= problem.lower(i) && state.gradient[i] > 0) ||
                          (state.z[i] >= problem.upper(i) && state.gradient[i] < 0);
      const double size = state.metric[packed(i, i)];
      const bool no_effect = !(size > 0) && state.gradient[i] == 0;
      any_active_ = any_active_ || active;
      if (active || no_effect) continue;
      free_[n_moving_] = i;
      scale_[n_moving_] = 1 / std::sqrt(size > 0 ? size : 1);
      ++n_moving_;
    }
  }

  int n_moving() const { return n_moving_; }
  /// Predictions do not depend on any parameter here: nothing says that this is a minimum.
  bool is_on_plateau() const { return n_moving_ == 0 && !any_active_; }

  /// Solves (H + damping * M) p = -g, or where that is not positive definite (1 + damping) M p =
  /// -g, the step of reweighted least squares; false where even that is singular. Damping by the
  /// metric M limits how far predictions move, whatever the parametrization: level sets that are
  /// narrow and curved in the parameters are nearly ellipsoids in the predictions. `ridge` adds
  /// that much of M's diagonal, which limits how far parameters move that hardly change predictions
  /// at first.
  bool solve(double damping, double ridge = 0) {
    ridge_ = ridge;
    do {
      newton_ = factorise(1, damping);
      if (!newton_ && !factorise(0, 1 + damping)) return false;
      back_substitute();
    } while (activate_outward_bounds());
    return true;
  }

  /// The last solve used the exact Hessian.
  bool newton() const { return newton_; }

  /// g' (H + damping)^-1 g: twice what the quadratic model promises.
  double decrement() const { return decrement_; }

  /// A move of `share` of the step, no further than to the first bound on the way: past it, with
  /// one coordinate clamped, the direction of the others need not be a descent direction.
  struct Move {
    double share;        // what it came to
    bool cut;            // by a bound
    double slope = 0;    // of the objective along the whole move; negative
    double promise = 0;  // the reduction that the quadratic model expects
  };
  Move apply(double share, double* z) const {
    Move result{share, false};
    int first = -1;
    for (int i = 0; i < n_; ++i) {
      const double bound = step_[i] < 0 ? problem_.lower(i) : problem_.upper(i);
      const double reach = step_[i] == 0 ? kInfinity : (bound - state_.z[i]) / step_[i];
      if (reach >= result.share) continue;
      result.share = reach;
      first = i;
    }
    result.cut = first >= 0;
    double move[kMaxParameters];
    for (int i = 0; i < n_; ++i) {
      z[i] =
          std::clamp(state_.z[i] + result.share * step_[i], problem_.lower(i), problem_.upper(i));
      if (i == first) z[i] = step_[i] < 0 ? problem_.lower(i) : problem_.upper(i);
      move[i] = z[i] - state_.z[i];
    }
    const double* matrix = newton_ ? state_.hessian : state_.metric;
    for (int i = 0; i < n_; ++i) {
      if (move[i] == 0) continue;
      const double* row = matrix + packed(i, 0);
      double curvature = row[i] * move[i] / 2;
      for (int j = 0; j < i; ++j) curvature += row[j] * move[j];
      result.slope += move[i] * state_.gradient[i];
      result.promise -= move[i] * (state_.gradient[i] + curvature);
    }
    return result;
  }

 private:
  /// Cholesky of share * H + damping * M on the moving coordinates, scaled to a unit diagonal of M;
  /// by columns, whose elements do not wait for each other.
  bool factorise(double share, double damping) {
    const double diagonal = descent::kRidge * damping + ridge_;
    for (int a = 0; a < n_moving_; ++a) {
      double* row = factor_ + packed(a, 0);
      for (int b = 0; b <= a; ++b) {
        const int k = packed(free_[a], free_[b]);
        row[b] = (share * state_.hessian[k] + damping * state_.metric[k]) * scale_[a] * scale_[b];
      }
      row[a] += diagonal;
    }
    double column[kMaxParameters];
    for (int k = 0; k < n_moving_; ++k) {
      double& pivot = factor_[packed(k, k)];
      if (!(pivot > descent::kLeastPivot)) return false;
      pivot = std::sqrt(pivot);
      for (int a = k + 1; a < n_moving_; ++a) {
        double* row = factor_ + packed(a, 0);
        column[a] = row[k] /= pivot;
        for (int b = k + 1; b <= a; ++b) row[b] -= column[a] * column[b];
      }
    }
    return true;
  }

  void back_substitute() {
    double y[kMaxParameters];
    decrement_ = 0;
    for (int a = 0; a < n_moving_; ++a) {
      const double* row = factor_ + packed(a, 0);
      double sum = -state_.gradient[free_[a]] * scale_[a];
      for (int k = 0; k < a; ++k) sum -= row[k] * y[k];
      y[a] = sum / row[a];
      decrement_ += y[a] * y[a];
    }
    std::fill_n(step_, n_, 0.0);
    for (int a = n_moving_ - 1; a >= 0; --a) {
      const double* row = factor_ + packed(a, 0);
      const double p = y[a] / row[a];
      for (int k = 0; k < a; ++k) y[k] -= row[k] * p;
      step_[free_[a]] = p * scale_[a];
    }
  }

  /// Makes the bounds active through which the step would leave: the step of the other coordinates
  /// assumed a move of these that is not allowed. True where there was one.
  bool activate_outward_bounds() {
    const int n_before = n_moving_;
    n_moving_ = 0;
    for (int a = 0; a < n_before; ++a) {
      const int i = free_[a];
      const bool outward = (state_.z[i] <= problem_.lower(i) && step_[i] < 0) ||
                           (state_.z[i] >= problem_.upper(i) && step_[i] > 0);
      if (outward) continue;
      free_[n_moving_] = i;
      scale_[n_moving_++] = scale_[a];
    }
    return n_moving_ < n_before;
  }

  const FitProblem& problem_;
  int n_;
  const State& state_;
  int n_moving_ = 0;
  bool any_active_ = false;
  int free_[kMaxParameters];
  double scale_[kMaxParameters];
  double factor_[kPacked];
  double step_[kMaxParameters];
  double decrement_ = 0;
  double ridge_ = 0;
  bool newton_ = false;
};

/// Descends from a start; see minimize().
class Descent {
 public:
  Descent(const FitProblem& problem, const MinimizeOptions& options)
      : problem_(problem), options_(options), damping_(options.start_damping) {}

  Minimum run(const std::vector<double>& start) {
    for (int i = 0; i < problem_.n_free(); ++i) {
      here_->z[i] =
          std::clamp(start[static_cast<std::size_t>(i)], problem_.lower(i), problem_.upper(i));
    }
    Minimum minimum;
    minimum.converged = differentiate(*here_) && descend(minimum.n_iterations);
    minimum.z.assign(here_->z, here_->z + problem_.n_free());
    minimum.objective = here_->value;
    return minimum;
  }

 private:
  bool differentiate(State& state) const {
    state.value = problem_.derivatives(state.z, {state.gradient, state.hessian, state.metric},
                                       options_.weights, options_.huber_delta);
    if (!(state.value < kInfinity)) return false;  // then there are no derivatives
    for (int i = 0; i < problem_.n_free(); ++i) {
      // A curvature that overflows gives no direction.
      if (!(state.metric[packed(i, i)] < kInfinity)) return false;
    }
    return true;
  }

  /// True when it ends at a stationary point.
  bool descend(int& n_iterations) {
    while (n_iterations < options_.max_iterations) {
      Step step(problem_, *here_, options_.fixed);
      if (step.n_moving() == 0) return !step.is_on_plateau() || problem_.n_free() == 0;
      while (!step.solve(damping_, ridge_)) {
        damping_ = std::max(4 * damping_, 1e-6);
        if (damping_ > kMostDamping) return false;
      }
      if (is_over(step)) return true;
      if (n_iterations % kPaceSteps == 0 && is_too_slow(n_iterations)) return false;
      n_steps_ = ++n_iterations;
      if (!advance(step)) {
        raise_ridge(30);
        damping_ = descent::damping_after_failures(damping_);
        // No step of any length lowers the objective: stationary if the model promises no more than
        // rounding.
        if (damping_ > kMostDamping)
          return damping_ * step.decrement() <= 1e-9 * std::abs(here_->value) + 1e-300;
      }
    }
    return false;
  }

  /// Whether, twice in a row, the reductions of the last steps, extrapolated and multiplied by a
  /// margin, would not lower the objective to `useful_below` in the iterations that are left.
  /// Reductions that shrink are extrapolated as a geometric series.
  bool is_too_slow(int n_iterations) {
    constexpr double kMargin = 5;
    double to_come = (options_.max_iterations - n_iterations) / double{kPaceSteps};
    const double gained = last_value_ - here_->value, ratio = gained / last_gain_;
    if (last_gain_ < kInfinity && ratio < 1) to_come = std::min(to_come, ratio / (1 - ratio));
    const bool too_slow = here_->value - kMargin * to_come * gained > options_.useful_below;
    n_too_slow_ = n_iterations > 0 && too_slow ? n_too_slow_ + 1 : 0;
    last_value_ = here_->value;
    last_gain_ = gained;
    return n_too_slow_ > 1;
  }

  bool is_over(Step& step) {
    constexpr int kMostDoubts = 5;
    const double negligible = descent::negligible_decrement(
        here_->value, options_.decrement_tolerance, problem_.rounding(0, options_.huber_delta));
    if (step.decrement() <= negligible && step.newton() && damping_ <= descent::kHardlyDamped) {
      // A damped decrement leaves out the flattest directions: convergence is judged by an undamped
      // Newton step.
      step.solve(kLeastDamping);
      const bool over = step.newton() && step.decrement() <= negligible;
      if (over) take_last_step(step);
      if (over || !step.newton() || n_doubts_++ == kMostDoubts) return true;
      damping_ = kLeastDamping;
    }
    return descent::shrinks_no_more(step.decrement(), hidden_decrement_, damping_);
  }

  /// The last step makes the parameters more accurate. To the quadratic model it is too short to
  /// change the objective; where it is not short, or a parameter changes its sign, where
  /// predictions may jump, that is looked at.
  void take_last_step(const Step& step) {
    constexpr double kShort = 1e-6;
    step.apply(1, there_->z);
    bool may_change = false;
    for (int i = 0; i < problem_.n_free(); ++i) {
      const double from = here_->z[i], to = there_->z[i];
      may_change = may_change || std::signbit(from) != std::signbit(to) ||
                   std::abs(to - from) > kShort * std::abs(from);
    }
    if (may_change) {
      const double value = problem_.objective(there_->z, options_.weights, options_.huber_delta);
      const double rounding = problem_.rounding(here_->value, options_.huber_delta);
      if (!(value <= here_->value + rounding)) return;
    }
    std::copy_n(there_->z, problem_.n_free(), here_->z);
  }

  /// A trial of a share of a step, at there_->z.
  struct Trial {
    double share;
    Step::Move move;
    double gain = -kInfinity;
    bool exists = false;

    bool linear() const { return exists && descent::is_linear(gain, move.slope); }
  };

  Trial try_share(const Step& step, double share) {
    Trial trial{.share = share, .move = step.apply(share, there_->z)};
    if (options_.fixed == nullptr) problem_.reparametrize_step(here_->z, there_->z);
    const double value = problem_.objective(there_->z, options_.weights, options_.huber_delta);
    trial.exists = value < kInfinity;
    if (trial.exists) trial.gain = here_->value - value;
    return trial;
  }

  /// Line search: takes the step, a shorter one where that does not lower the objective enough, a
  /// longer one where the objective goes on falling. With a Huber-type loss the curvature changes
  /// as residuals cross delta, so the length of Newton's step is often wrong, and trying another
  /// length costs a third of computing a new direction.
  bool advance(const Step& step) {
    const double rounding = problem_.rounding(here_->value, options_.huber_delta);
    double share = 1, too_far = kInfinity;
    for (int i = 0; i < descent::kMostTrials; ++i) {
      Trial trial = try_share(step, share);
      const bool hidden =
          trial.exists && descent::is_hidden(trial.gain, trial.move.promise, rounding);
      if (hidden || descent::falls_enough(trial.gain, trial.move.slope)) {
        if (!hidden) trial = extended(step, trial, too_far);
        if (!differentiate(*there_)) return false;
        if (hidden && step.newton() && !trial.move.cut) hidden_decrement_ = step.decrement();
        std::swap(here_, there_);
        adapt_damping(trial, hidden);
        return true;
      }
      too_far = trial.move.share;
      share = descent::shorter_share(trial.exists, trial.gain, trial.move.slope, too_far);
    }
    return false;
  }

  /// Longer moves in the same direction while the objective falls as fast as at the start; leaves
  /// the best at there_->z.
  Trial extended(const Step& step, Trial best, double too_far) {
    constexpr int kMostExtensions = 8;
    for (int i = 0;
         i < kMostExtensions && best.linear() && !best.move.cut && 2 * best.share < too_far; ++i) {
      State* const kept = there_;
      State longer_state;
      there_ = &longer_state;
      const Trial longer =
          try_share(step, descent::kStretch * best.share < too_far ? descent::kStretch * best.share
                                                                   : 0.5 * (best.share + too_far));
      there_ = kept;
      if (!(longer.gain > best.gain)) break;
      std::copy_n(longer_state.z, problem_.n_free(), there_->z);
      best = longer;
    }
    return best;
  }

  void adapt_damping(const Trial& trial, bool hidden) {
    const double ratio = descent::gain_ratio(hidden, trial.gain, trial.move.promise);
    damping_ = descent::damping_after_success(damping_, trial.share, ratio);
    if (trial.share < 0.3) {
      raise_ridge(10);
    } else if (trial.share >= 1 && ratio > 0.25) {
      ridge_ = ridge_ > kLeastRidge ? ridge_ / 10 : 0;
    }
  }

  void raise_ridge(double factor) {
    if (n_steps_ > kPlainSteps) ridge_ = std::clamp(factor * ridge_, kLeastRidge, kMostRidge);
  }

  const FitProblem& problem_;
  const MinimizeOptions& options_;
  State states_[2];
  State* here_ = &states_[0];
  State* there_ = &states_[1];
  static constexpr double kLeastRidge = 1e-9, kMostRidge = 1;
  double damping_, ridge_ = 0;
  int n_steps_ = 0;
  int n_doubts_ = 0;
  double last_value_ = kInfinity, last_gain_ = kInfinity;  // at the last check of progress
  int n_too_slow_ = 0;
  double hidden_decrement_ = kInfinity;  // of the last step whose reduction rounding hid
};

}  // namespace

Minimum minimize(const FitProblem& problem, std::vector<double> start,
                 const MinimizeOptions& options) {
  return Descent(problem, options).run(start);
}

}  // namespace rung
