#include "rung/fit/optimum/minimize.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace rung {
namespace {

constexpr int kPacked = kMaxParameters * (kMaxParameters + 1) / 2;
constexpr double kLeastDamping = 1e-14;
constexpr double kMostDamping = 1e12;
constexpr int kPaceSteps = 15;  // over which progress is judged

int packed(int i, int j) { return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i; }

struct State {
  double z[kMaxParameters];
  double gradient[kMaxParameters];
  double hessian[kPacked];
  double metric[kPacked];
  double value;
};

/// One damped Newton step on the coordinates that are not held by a bound.
class Step {
 public:
  Step(const FitProblem& problem, const State& state, const unsigned char* still)
      : problem_(problem), n_(problem.n_free()), state_(state) {
    for (int i = 0; i < n_; ++i) {
      const bool held = (still != nullptr && still[i] != 0) ||
                        (state.z[i] <= problem.lower(i) && state.gradient[i] > 0) ||
                        (state.z[i] >= problem.upper(i) && state.gradient[i] < 0);
      const double size = state.metric[packed(i, i)];
      const bool dead = !(size > 0) && state.gradient[i] == 0;
      if (held || dead) continue;
      free_[n_moving_] = i;
      scale_[n_moving_] = 1 / std::sqrt(size > 0 ? size : 1);
      ++n_moving_;
    }
  }

  int n_moving() const { return n_moving_; }

  /// Solves (H + damping * M) p = -g, or where that is not positive definite (1 + damping) M p =
  /// -g, the step of reweighted least squares; false where even that is singular. Damping by the
  /// metric M limits how far predictions move, whatever the parametrisation: a valley that is
  /// curved and narrow in the parameters is straight there.
  bool solve(double damping) {
    do {
      newton_ = factorise(1, damping);
      if (!newton_ && !factorise(0, 1 + damping)) return false;
      back_substitute();
    } while (hold_outward());
    return true;
  }

  /// The last solve used the exact Hessian.
  bool newton() const { return newton_; }

  /// g' (H + damping)^-1 g: twice what the quadratic model promises.
  double decrement() const { return decrement_; }

  /// A move of `share` of the step, no further than to the first bound on the way: beyond it the
  /// others' part need not lead downhill.
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
      double bend = 0;
      for (int j = 0; j < n_; ++j) bend += matrix[packed(i, j)] * move[j];
      result.slope += move[i] * state_.gradient[i];
      result.promise -= move[i] * (state_.gradient[i] + bend / 2);
    }
    return result;
  }

 private:
  /// Cholesky of share * H + damping * M on the moving coordinates, scaled to a unit diagonal of M.
  bool factorise(double share, double damping) {
    constexpr double kRidge = 1e-13;  // for directions that the predictions do not see
    for (int a = 0; a < n_moving_; ++a) {
      for (int b = 0; b <= a; ++b) {
        const int k = packed(free_[a], free_[b]);
        factor_[packed(a, b)] =
            (share * state_.hessian[k] + damping * state_.metric[k]) * scale_[a] * scale_[b];
      }
      factor_[packed(a, a)] += kRidge * damping;
    }
    for (int a = 0; a < n_moving_; ++a) {
      for (int b = 0; b <= a; ++b) {
        double sum = factor_[packed(a, b)];
        for (int k = 0; k < b; ++k) sum -= factor_[packed(a, k)] * factor_[packed(b, k)];
        if (a != b) {
          factor_[packed(a, b)] = sum / factor_[packed(b, b)];
        } else if (sum > 1e-15) {
          factor_[packed(a, a)] = std::sqrt(sum);
        } else {
          return false;
        }
      }
    }
    return true;
  }

  void back_substitute() {
    double y[kMaxParameters];
    decrement_ = 0;
    for (int a = 0; a < n_moving_; ++a) {
      double sum = -state_.gradient[free_[a]] * scale_[a];
      for (int k = 0; k < a; ++k) sum -= factor_[packed(a, k)] * y[k];
      y[a] = sum / factor_[packed(a, a)];
      decrement_ += y[a] * y[a];
    }
    std::fill_n(step_, n_, 0.0);
    double p[kMaxParameters];
    for (int a = n_moving_ - 1; a >= 0; --a) {
      double sum = y[a];
      for (int k = a + 1; k < n_moving_; ++k) sum -= factor_[packed(k, a)] * p[k];
      p[a] = sum / factor_[packed(a, a)];
      step_[free_[a]] = p[a] * scale_[a];
    }
  }

  /// Holds the coordinates that stand at a bound and would step outside: the others' step is made
  /// for theirs, which can't be had. True where there was one.
  bool hold_outward() {
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
  int free_[kMaxParameters];
  double scale_[kMaxParameters];
  double factor_[kPacked];
  double step_[kMaxParameters];
  double decrement_ = 0;
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
                                       options_.weights, options_.corner);
    for (int i = 0; i < problem_.n_free(); ++i) {
      // A curvature that overflows says nothing of the way on.
      if (!(state.metric[packed(i, i)] < kInfinity)) return false;
    }
    return state.value < kInfinity;
  }

  /// True when it ends at a stationary point.
  bool descend(int& n_iterations) {
    while (n_iterations < options_.max_iterations) {
      Step step(problem_, *here_, options_.held);
      if (step.n_moving() == 0) return true;
      while (!step.solve(damping_)) {
        damping_ = std::max(4 * damping_, 1e-6);
        if (damping_ > kMostDamping) return false;
      }
      if (is_over(step)) return true;
      if (n_iterations % kPaceSteps == 0 && is_hopeless(n_iterations)) return false;
      ++n_iterations;
      if (!advance(step)) {
        damping_ =
            std::max(8 * damping_, 0.05);  // 1 is the natural size of a damping in the metric
        // No step of any length helps: stationary if even an undamped one promised only rounding.
        if (damping_ > kMostDamping)
          return damping_ * step.decrement() <= 1e-9 * std::abs(here_->value) + 1e-300;
      }
    }
    return false;
  }

  /// Even several times what the gains of the last steps promise would not reach what is of use,
  /// and so it was the last time; gains that shrink are taken for a geometric series.
  bool is_hopeless(int n_iterations) {
    constexpr double kMargin = 5;
    double to_come = (options_.max_iterations - n_iterations) / double{kPaceSteps};
    const double gained = last_value_ - here_->value, ratio = gained / last_gain_;
    if (last_gain_ < kInfinity && ratio < 1) to_come = std::min(to_come, ratio / (1 - ratio));
    const bool hopeless = here_->value - kMargin * to_come * gained > options_.useful_below;
    n_hopeless_ = n_iterations > 0 && hopeless ? n_hopeless_ + 1 : 0;
    last_value_ = here_->value;
    last_gain_ = gained;
    return n_hopeless_ > 1;
  }

  bool is_over(Step& step) {
    constexpr int kMostDoubts = 5;
    const double nothing = options_.decrement_tolerance * std::abs(here_->value) +
                           problem_.rounding(0, options_.corner);
    if (step.decrement() <= nothing && step.newton() && damping_ <= 1e-2) {
      // Damping hides the flattest directions: only Newton's own step can say that it is over.
      step.solve(kLeastDamping);
      const bool over = step.newton() && step.decrement() <= nothing;
      if (over) step.apply(1, here_->z);  // too short to change the objective, not to add digits
      if (over || !step.newton() || n_doubts_++ == kMostDoubts) return true;
      damping_ = kLeastDamping;
    }
    // Where the objective's rounding hides the gains, steps are worth taking while they grow
    // shorter.
    return step.decrement() > 0.25 * hidden_decrement_ && damping_ <= 1e-2;
  }

  /// A trial of a share of a step, at there_->z.
  struct Trial {
    double share;
    Step::Move move;
    double gain = -kInfinity;
    bool exists = false;

    /// The objective fell as if it were linear all the way: the model's curvature is not there.
    bool linear() const { return exists && gain > -0.8 * move.slope; }
  };

  Trial try_share(const Step& step, double share) {
    Trial trial{.share = share, .move = step.apply(share, there_->z)};
    if (options_.held == nullptr) problem_.follow_valley(here_->z, there_->z);
    const double value = problem_.objective(there_->z, options_.weights, options_.corner);
    trial.exists = value < kInfinity;
    if (trial.exists) trial.gain = here_->value - value;
    return trial;
  }

  /// Takes the step, or as much of it as lowers the objective, or more where that goes on falling:
  /// across the corners of a loss the quadratic model ends early, or sees curvature that ends
  /// early, and trying another length costs a third of finding a new direction.
  bool advance(const Step& step) {
    constexpr int kMostTrials = 4;
    const double rounding = problem_.rounding(here_->value, options_.corner);
    double share = 1, too_far = kInfinity;
    for (int i = 0; i < kMostTrials; ++i) {
      Trial trial = try_share(step, share);
      const bool hidden = trial.exists && std::abs(trial.gain) <= rounding &&
                          std::abs(trial.move.promise) <= rounding;
      if (hidden || trial.gain > -1e-4 * trial.move.slope) {
        if (!hidden) trial = extended(step, trial, too_far);
        if (!differentiate(*there_)) return false;
        if (hidden && step.newton() && !trial.move.cut) hidden_decrement_ = step.decrement();
        std::swap(here_, there_);
        adapt_damping(trial, hidden);
        return true;
      }
      // The parabola through the value here, its slope and the value there.
      const double slope = trial.move.slope;
      const double bottom = trial.exists ? -0.5 * slope / (-trial.gain - slope) : 0.1;
      too_far = trial.move.share;
      share = too_far * std::clamp(bottom, 0.1, 0.6);
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
      const Trial longer = try_share(
          step, 2.5 * best.share < too_far ? 2.5 * best.share : 0.5 * (best.share + too_far));
      there_ = kept;
      if (!(longer.gain > best.gain)) break;
      std::copy_n(longer_state.z, problem_.n_free(), there_->z);
      best = longer;
    }
    return best;
  }

  void adapt_damping(const Trial& trial, bool hidden) {
    const double ratio = hidden || trial.move.promise <= 0 ? 1 : trial.gain / trial.move.promise;
    damping_ *= trial.share < 1 ? (trial.share < 0.2 ? 3 : 1)
                : ratio > 0.75  ? 0.05
                : ratio > 0.25  ? 0.5
                                : 2;
    damping_ = std::max(damping_, kLeastDamping);
  }

  const FitProblem& problem_;
  const MinimizeOptions& options_;
  State states_[2];
  State* here_ = &states_[0];
  State* there_ = &states_[1];
  double damping_;
  int n_doubts_ = 0;
  double last_value_ = kInfinity, last_gain_ = kInfinity;  // kPaceSteps ago
  int n_hopeless_ = 0;
  double hidden_decrement_ = kInfinity;
};

}  // namespace

Minimum minimize(const FitProblem& problem, std::vector<double> start,
                 const MinimizeOptions& options) {
  return Descent(problem, options).run(start);
}

namespace {

/// The profile of a problem: the inner coordinates at their optimum for given outer ones.
class Profile {
 public:
  Profile(const FitProblem& problem, const std::vector<int>& outer)
      : problem_(problem), outer_(outer), is_outer_(static_cast<std::size_t>(problem.n_free()), 0) {
    for (const int i : outer) is_outer_[static_cast<std::size_t>(i)] = 1;
  }

  /// Moves the inner coordinates of z to their optimum; the objective there.
  double settle(Eigen::VectorXd& z) const {
    const Minimum inner =
        minimize(problem_, {z.data(), z.data() + z.size()},
                 {.max_iterations = 60, .start_damping = 1e-6, .held = is_outer_.data()});
    z = Eigen::Map<const Eigen::VectorXd>(inner.z.data(), z.size());
    return inner.objective;
  }

  /// Gradient and Hessian of the profile by the outer coordinates at a settled z, and how the inner
  /// ones follow.
  void derivatives(const Eigen::VectorXd& z, Eigen::VectorXd& gradient, Eigen::MatrixXd& hessian,
                   Eigen::MatrixXd& follow, std::vector<int>& inner) const {
    double g[kMaxParameters], h[kPacked], m[kPacked];
    problem_.derivatives(z.data(), {g, h, m});
    inner.clear();
    for (int i = 0; i < problem_.n_free(); ++i) {
      const bool at_bound = z(i) <= problem_.lower(i) || z(i) >= problem_.upper(i);
      if (is_outer_[static_cast<std::size_t>(i)] == 0 && !at_bound) inner.push_back(i);
    }
    const auto block = [&](const std::vector<int>& rows, const std::vector<int>& columns) {
      Eigen::MatrixXd part(rows.size(), columns.size());
      for (std::size_t a = 0; a < rows.size(); ++a) {
        for (std::size_t b = 0; b < columns.size(); ++b) {
          part(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b)) =
              h[packed(rows[a], columns[b])];
        }
      }
      return part;
    };
    gradient.resize(static_cast<Eigen::Index>(outer_.size()));
    for (std::size_t a = 0; a < outer_.size(); ++a)
      gradient(static_cast<Eigen::Index>(a)) = g[outer_[a]];
    const Eigen::MatrixXd mixed = block(inner, outer_);
    follow =
        inner.empty()
            ? Eigen::MatrixXd::Zero(0, gradient.size())
            : Eigen::MatrixXd(-block(inner, inner).completeOrthogonalDecomposition().solve(mixed));
    hessian = block(outer_, outer_) + mixed.transpose() * follow;
  }

 private:
  const FitProblem& problem_;
  const std::vector<int>& outer_;
  std::vector<unsigned char> is_outer_;
};

}  // namespace

Minimum minimize_profiled(const FitProblem& given, std::vector<double> start,
                          const std::vector<int>& outer) {
  constexpr int kMaxIterations = 100;
  const FitProblem problem = given.in_natural_scale();
  start = problem.coordinates_of(given.theta_at(start));
  const Profile profile(problem, outer);
  Eigen::VectorXd z =
      Eigen::Map<const Eigen::VectorXd>(start.data(), static_cast<Eigen::Index>(start.size()));
  Minimum minimum;
  minimum.objective = profile.settle(z);
  const auto finish = [&](bool converged) {
    minimum.z =
        given.coordinates_of(problem.theta_at(std::vector<double>(z.data(), z.data() + z.size())));
    minimum.converged = converged;
    // The profile knows its bottom to the inner optimum's rounding; Newton in all coordinates adds
    // the last digits.
    Minimum sharpened =
        minimize(given, minimum.z, {.max_iterations = 30, .start_damping = kLeastDamping});
    sharpened.n_iterations += minimum.n_iterations;
    const bool better = sharpened.converged || sharpened.objective < minimum.objective;
    return better ? sharpened : minimum;
  };
  Eigen::VectorXd gradient;
  Eigen::MatrixXd hessian, follow;
  std::vector<int> inner;
  double damping = 1e-3;
  while (minimum.n_iterations++ < kMaxIterations && minimum.objective < kInfinity) {
    profile.derivatives(z, gradient, hessian, follow, inner);
    std::vector<Eigen::Index> moving;
    for (Eigen::Index a = 0; a < gradient.size(); ++a) {
      const int i = outer[static_cast<std::size_t>(a)];
      const bool held = (z(i) <= problem.lower(i) && gradient(a) > 0) ||
                        (z(i) >= problem.upper(i) && gradient(a) < 0);
      if (!held) moving.push_back(a);
    }
    if (moving.empty()) return finish(true);
    const Eigen::VectorXd g = gradient(moving);
    const Eigen::VectorXd scale =
        hessian(moving, moving).diagonal().cwiseAbs().cwiseMax(1e-300).cwiseSqrt();
    bool moved = false;
    double decrement = kInfinity;  // the least damped one that could be had
    while (!moved && damping < kMostDamping) {
      Eigen::MatrixXd damped = hessian(moving, moving);
      damped.diagonal() += damping * scale.cwiseAbs2();
      const Eigen::LLT<Eigen::MatrixXd> factor(damped);
      if (factor.info() == Eigen::Success) {
        const Eigen::VectorXd step = -factor.solve(g);
        if (damping <= 1e-2) decrement = std::min(decrement, -g.dot(step));
        if (decrement <= 1e-14 * std::abs(minimum.objective)) return finish(true);
        Eigen::VectorXd trial = z, move = Eigen::VectorXd::Zero(gradient.size());
        for (std::size_t a = 0; a < moving.size(); ++a) {
          const int i = outer[static_cast<std::size_t>(moving[a])];
          trial(i) = std::clamp(z(i) + step(static_cast<Eigen::Index>(a)), problem.lower(i),
                                problem.upper(i));
          move(moving[a]) = trial(i) - z(i);
        }
        const Eigen::VectorXd followed = follow * move;
        for (std::size_t a = 0; a < inner.size(); ++a) {
          trial(inner[a]) = std::clamp(z(inner[a]) + followed(static_cast<Eigen::Index>(a)),
                                       problem.lower(inner[a]), problem.upper(inner[a]));
        }
        const double value = profile.settle(trial);
        if (value < minimum.objective) {
          minimum.objective = value;
          z = trial;
          damping = std::max(damping * 0.1, kLeastDamping);
          moved = true;
        }
      }
      if (!moved) damping = std::max(6 * damping, 1e-6);
    }
    // The inner optimum is known to rounding only, and so is the objective that steps are judged
    // by.
    if (!moved) return finish(decrement <= 1e-10 * std::abs(minimum.objective));
  }
  return finish(false);
}

}  // namespace rung
