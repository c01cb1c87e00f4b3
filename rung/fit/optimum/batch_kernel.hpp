/// Descents in lanes, for the kernels of one instruction set. Compiled once for each, as simd.hpp
/// says.
#pragma once
#include "rung/fit/optimum/batch_call.hpp"
#include "rung/fit/optimum/descent_rules.hpp"
#include "rung/law/simd.hpp"

#define RUNG_UNROLL _Pragma("GCC unroll 16")

namespace rung::RUNG_ISA {

template <int N>
inline constexpr int kPairs = N*(N + 1) / 2;
inline constexpr double kNever = __builtin_inf();

inline int pair(int i, int j) { return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i; }
inline Mask all_lanes() { return {~Bits{}}; }
inline Mask no_lane() { return {Bits{}}; }
inline Mask operator|(Mask a, Mask b) { return {a.bits | b.bits}; }
inline Pack clamp(Pack x, double low, double high) {
  const Pack raised = max(x, Pack(low));
  return select(Pack(high) < raised, high, raised);
}

/// An evaluation, by coordinate.
template <int N>
struct Evaluated {
  Pack z[N], gradient[N], hessian[kPairs<N>], metric[kPairs<N>], value;
};

/// A damped Newton step from an evaluation, on the coordinates without an active bound. N: how many
/// coordinates there are; its loops are unrolled.
template <int N>
class LaneStep {
 public:
  explicit LaneStep(const BatchCall& call) : call_(call) {}

  /// Solves (H + damping M) p = -g, with as much more damping as makes that positive definite. A
  /// bound is active where the descent direction, or the step that would be, points outside.
  void solve(const Evaluated<N>& here, Pack damping) {
    Pack scale[N];
    Mask active[N];
    RUNG_UNROLL
    for (int i = 0; i < N; ++i) {
      const Pack size = here.metric[pair(i, i)];
      const Mask seen = size > Pack(0.0);
      active[i] = (at_lower(here, i) & (here.gradient[i] > Pack(0.0))) |
                  (at_upper(here, i) & (here.gradient[i] < Pack(0.0))) | !seen;
      scale[i] = Pack(1.0) / sqrt(select(seen, size, 1.0));
    }
    for (int pass = 0; pass <= N; ++pass) {
      RUNG_UNROLL
      for (int i = 0; i < N; ++i) scale[i] = select(active[i], 0.0, scale[i]);
      factorise(here, scale, active, damping);
      back_substitute(here, scale);
      Mask outward = no_lane();
      RUNG_UNROLL
      for (int i = 0; i < N; ++i) {
        const Mask out = (at_lower(here, i) & (step_[i] < Pack(0.0))) |
                         (at_upper(here, i) & (step_[i] > Pack(0.0)));
        active[i] = active[i] | out;
        outward = outward | out;
      }
      if (!any(outward)) break;
    }
  }

  /// The last solve needed no more damping than it was given.
  Mask newton() const { return newton_; }
  /// g' (H + damping M)^-1 g: twice what the quadratic model promises.
  Pack decrement() const { return decrement_; }

  /// A move of `share` of the step into z, no further than the first bound on the way; the share
  /// that this came to, the slope of the objective along it, and the reduction that the model
  /// promises.
  Pack aim(const Evaluated<N>& here, Pack share, Pack* z, Pack& slope, Pack& promise) const {
    RUNG_UNROLL
    for (int i = 0; i < N; ++i) {
      const Pack full = here.z[i] + share * step_[i];
      share = shortened(share, full < Pack(call_.lower[i]), Pack(call_.lower[i]), here.z[i], i);
      share = shortened(share, Pack(call_.upper[i]) < full, Pack(call_.upper[i]), here.z[i], i);
    }
    Pack move[N];
    RUNG_UNROLL
    for (int i = 0; i < N; ++i) {
      z[i] = clamp(here.z[i] + share * step_[i], call_.lower[i], call_.upper[i]);
      move[i] = z[i] - here.z[i];
    }
    slope = promise = 0.0;
    RUNG_UNROLL
    for (int i = 0; i < N; ++i) {
      Pack curvature = 0.0;
      RUNG_UNROLL
      for (int j = 0; j < N; ++j) {
        const int k = pair(i, j);
        const Pack damped = select(newton_, 0.0, used_damping_) * here.metric[k];
        curvature += (here.hessian[k] + damped) * move[j];
      }
      slope += move[i] * here.gradient[i];
      promise = promise - move[i] * (here.gradient[i] + Pack(0.5) * curvature);
    }
    reparametrize_step(here, z);
    return share;
  }

 private:
  Mask at_lower(const Evaluated<N>& here, int i) const { return here.z[i] <= Pack(call_.lower[i]); }
  Mask at_upper(const Evaluated<N>& here, int i) const { return Pack(call_.upper[i]) <= here.z[i]; }

  /// The share that just reaches the bound where the move would pass it.
  Pack shortened(Pack share, Mask passes, Pack bound, Pack z, int i) const {
    constexpr double kReached = 1 + 1e-7;  // the bound itself, whatever the rounding
    if (!any(passes)) return share;
    const Pack reach = (bound - z) / step_[i] * Pack(kReached);
    return select(passes & (reach < share) & (reach > Pack(0.0)), reach, share);
  }

  /// Cholesky of H + damping M, scaled to a unit diagonal of M; the factor's diagonal is kept
  /// inverted. Where that fails, again with more damping: 1 is its natural size in the metric.
  void factorise(const Evaluated<N>& here, const Pack* scale, const Mask* active, Pack damping) {
    constexpr double kLeastAfterFailure = 0.1;
    constexpr int kMostTries = 12;
    used_damping_ = damping;
    newton_ = try_factorise(here, scale, active);
    Mask done = newton_;
    for (int i = 0; i < kMostTries && any(!done); ++i) {
      used_damping_ =
          select(done, used_damping_, max(used_damping_ * Pack(10.0), Pack(kLeastAfterFailure)));
      done = try_factorise(here, scale, active);
    }
  }

  Mask try_factorise(const Evaluated<N>& here, const Pack* scale, const Mask* active) {
    Mask positive = all_lanes();
    RUNG_UNROLL
    for (int a = 0, k = 0; a < N; ++a) {
      RUNG_UNROLL
      for (int b = 0; b <= a; ++b, ++k) {
        Pack entry = (here.hessian[k] + used_damping_ * here.metric[k]) * scale[a] * scale[b];
        if (a == b) entry = select(active[a], 1.0, entry + Pack(descent::kRidge) * used_damping_);
        RUNG_UNROLL
        for (int c = 0; c < b; ++c) entry = entry - factor_[pair(a, c)] * factor_[pair(b, c)];
        if (a != b) {
          factor_[k] = entry * factor_[pair(b, b)];
        } else {
          const Mask above = entry > Pack(descent::kLeastPivot);
          positive = positive & above;
          factor_[k] = Pack(1.0) / sqrt(select(above, entry, 1.0));
        }
      }
    }
    return positive;
  }

  void back_substitute(const Evaluated<N>& here, const Pack* scale) {
    Pack y[N], p[N];
    decrement_ = 0.0;
    RUNG_UNROLL
    for (int a = 0; a < N; ++a) {
      Pack total = -here.gradient[a] * scale[a];
      RUNG_UNROLL
      for (int k = 0; k < a; ++k) total = total - factor_[pair(a, k)] * y[k];
      y[a] = total * factor_[pair(a, a)];
      decrement_ += y[a] * y[a];
    }
    RUNG_UNROLL
    for (int a = N - 1; a >= 0; --a) {
      Pack total = y[a];
      RUNG_UNROLL
      for (int k = a + 1; k < N; ++k) total = total - factor_[pair(k, a)] * p[k];
      p[a] = total * factor_[pair(a, a)];
      step_[a] = p[a] * scale[a];
    }
  }

  /// PowerLawReparametrization::transform in lanes.
  void reparametrize_step(const Evaluated<N>& here, Pack* z) const {
    constexpr int kMostTerms = 8;
    if (call_.n_terms == 0 || call_.n_terms > kMostTerms) return;
    const int floor = call_.floor;
    const Pack least = call_.lower[floor], most = call_.upper[floor];
    // At its bound the floor can't absorb what the terms change at the centre of the data.
    Mask changes = (least < z[floor]) & (z[floor] < most);
    Pack centre_value = z[floor], scale[kMostTerms];
    for (int k = 0; k < call_.n_terms; ++k) {
      const ReparametrizedTerm& term = call_.terms[k];
      const Pack centre = term.log_centre, from = here.z[term.scale], to = z[term.exponent];
      const Pack alpha = here.z[term.exponent], alpha_move = to - alpha;
      const Pack fall = exp(-alpha * centre);
      const Pack amplitude = (term.of_log ? exp(from) : from) * fall;
      const Pack scale_move = (z[term.scale] - from) * (term.of_log ? amplitude : fall);
      const Pack amplitude_move = scale_move - amplitude * centre * alpha_move;
      const Pack slope = amplitude * alpha + amplitude_move * alpha + amplitude * alpha_move;
      changes = changes & (slope * amplitude > Pack(0.0)) & (to > Pack(0.0));
      const Pack reached = slope / to, log_rise = to * centre;
      centre_value += Pack(term.sign) * (amplitude + amplitude_move - reached);
      scale[k] = term.of_log ? log(reached) + log_rise : reached * exp(log_rise);
    }
    for (int k = 0; k < call_.n_terms; ++k) change(changes, call_.terms[k].scale, scale[k], z);
    change(changes, floor, centre_value, z);
  }

  void change(Mask changes, int i, Pack to, Pack* z) const {
    z[i] = select(changes, clamp(to, call_.lower[i], call_.upper[i]), z[i]);
  }

  const BatchCall& call_;
  Pack factor_[kPairs<N>], step_[N], used_damping_, decrement_;
  Mask newton_;
};

/// A descent in each lane, the next one as soon as one has ended.
template <int N>
class Lanes {
 public:
  explicit Lanes(const BatchCall& call) : call_(call), step_(call) {
    for (int lane = 0; lane < kLanes; ++lane) descent_[lane] = nullptr;
    for (std::size_t i = 0; i < call.n_points * kLanes; ++i) call.weights[i] = 0;
    RUNG_UNROLL
    for (int i = 0; i < N; ++i) here_.z[i] = there_.z[i] = here_.gradient[i] = 0.0;
    RUNG_UNROLL
    for (int k = 0; k < kPairs<N>; ++k) here_.hessian[k] = here_.metric[k] = 0.0;
    here_.value = damping_ = share_ = reached_share_ = slope_ = promise_ = hidden_ = 0.0;
    failures_ = evaluations_ = 0.0;
    fresh_ = no_lane();
  }

  void run(BatchDescent* descents, std::size_t n_descents) {
    std::size_t next = 0;
    int n_running = 0;
    for (int lane = 0; lane < kLanes && next < n_descents; ++lane, ++n_running)
      load(lane, descents[next++]);
    while (n_running > 0) {
      Mask converged;
      const Mask ended = advance(converged);
      if (!any(ended)) continue;
      for (int lane = 0; lane < kLanes; ++lane) {
        if (descent_[lane] == nullptr || ended.bits[lane] == 0) continue;
        unload(lane, converged.bits[lane] != 0);
        if (next < n_descents) {
          load(lane, descents[next++]);
        } else {
          descent_[lane] = nullptr;
          --n_running;
        }
      }
    }
  }

 private:
  void load(int lane, BatchDescent& descent) {
    descent_[lane] = &descent;
    RUNG_UNROLL
    for (int i = 0; i < N; ++i) {
      const double z = descent.z[i], low = call_.lower[i], high = call_.upper[i];
      there_.z[i].v[lane] = z < low ? low : z > high ? high : z;
    }
    for (std::size_t i = 0; i < call_.n_points; ++i)
      call_.weights[i * kLanes + static_cast<std::size_t>(lane)] = descent.weights[i];
    damping_.v[lane] = call_.start_damping;
    share_.v[lane] = reached_share_.v[lane] = 1;
    slope_.v[lane] = promise_.v[lane] = failures_.v[lane] = evaluations_.v[lane] = 0;
    here_.value.v[lane] = hidden_.v[lane] = kNever;
    fresh_.bits[lane] = -1;
  }

  void unload(int lane, bool converged) {
    BatchDescent& descent = *descent_[lane];
    RUNG_UNROLL
    for (int i = 0; i < N; ++i) descent.z[i] = here_.z[i].v[lane];
    descent.objective = here_.value.v[lane];
    descent.converged = converged;
  }

  void evaluate(Evaluated<N>& at) {
    RUNG_UNROLL
    for (int i = 0; i < N; ++i) {
      const Pack theta = call_.law.of_log[i] != 0 ? exp(at.z[i]) : at.z[i];
      theta.store(theta_ + i * kLanes);
    }
    KernelCall law = call_.law;
    law.theta = theta_;
    law.points.weight = call_.weights;
    call_.kernel->derivatives_apart(call_.kernel->self.get(), law, numbers(&at.value),
                                    numbers(at.gradient), numbers(at.hessian), numbers(at.metric));
  }
  static double* numbers(Pack* packs) { return reinterpret_cast<double*>(packs); }

  /// One evaluation in every lane, and where to go next; the lanes that are at their end.
  Mask advance(Mask& converged) {
    evaluate(there_);
    evaluations_ += Pack(1.0);
    Mask exists = there_.value < Pack(kNever);
    RUNG_UNROLL
    for (int i = 0; i < N; ++i) exists = exists & (there_.metric[pair(i, i)] < Pack(kNever));
    const Pack gain = here_.value - there_.value;
    const Pack rounding = rounding_of_here();
    // Steps whose reduction rounding hides are accepted.
    const Mask hidden = exists & descent::is_hidden(gain, promise_, rounding) & !fresh_;
    const Mask falls = exists & descent::falls_enough(gain, slope_);
    const Mask accepted = (fresh_ & exists) | hidden | (falls & !fresh_);
    const Mask moved = accepted & !fresh_, nowhere = fresh_ & !exists;
    const Pack reached_of_last = reached_share_;
    adapt(accepted, moved, hidden, exists, gain);
    take(accepted);
    fresh_ = no_lane();

    step_.solve(here_, damping_);
    const Pack negligible =
        descent::negligible_decrement(here_.value, call_.decrement_tolerance, call_.rounding_least);
    const Mask undamped = step_.newton() & (damping_ <= Pack(descent::kHardlyDamped));
    const Mask flat = undamped & (step_.decrement() <= negligible);
    const Mask whole = !(reached_of_last < Pack(1.0));
    const Mask unseen = moved & hidden & whole & step_.newton();
    const Mask stationary = unseen & descent::shrinks_no_more(step_.decrement(), hidden_, damping_);
    hidden_ = select(unseen, step_.decrement(), select(moved, kNever, hidden_));
    // A damped decrement leaves out the flattest directions: convergence is judged by an undamped
    // Newton step.
    converged = (flat & (damping_ <= Pack(1e-6))) | stationary;
    damping_ = select(flat, descent::kLeastDamping, damping_);
    reached_share_ = step_.aim(here_, share_, there_.z, slope_, promise_);
    return converged | nowhere |
           (Pack(static_cast<double>(call_.max_evaluations)) <= evaluations_) |
           (damping_ > Pack(descent::kMostDamping));
  }

  Pack rounding_of_here() const {
    const Pack root = sqrt(Pack(call_.rounding_by_root) * here_.value);
    const Pack by_slope = call_.rounding_by_slope;
    return Pack(0x1p-52) * (here_.value + select(root < by_slope, root, by_slope)) +
           Pack(call_.rounding_least);
  }

  /// Damping and the share of the next step, from how this one went; after four failures more
  /// damping instead of a shorter step.
  void adapt(Mask accepted, Mask moved, Mask hidden, Mask exists, Pack gain) {
    const Mask whole = !(share_ < Pack(1.0)), failed = !accepted;
    const Pack ratio = descent::gain_ratio(hidden, gain, promise_);
    const Pack after_success = descent::damping_after_success(damping_, share_, ratio);
    const Mask no_share_helps = failed & !(failures_ < Pack(double{descent::kMostTrials - 1}));
    const Pack after_failures = descent::damping_after_failures(damping_);
    damping_ = select(moved, after_success, select(no_share_helps, after_failures, damping_));

    const Pack shorter =
        select(no_share_helps, 1.0, descent::shorter_share(exists, gain, slope_, reached_share_));
    const Mask linear = moved & whole & descent::is_linear(gain, slope_);
    share_ = select(failed, shorter, select(linear, share_ * Pack(descent::kStretch), 1.0));
    failures_ = select(failed & !no_share_helps, failures_ + Pack(1.0), 0.0);
  }

  void take(Mask accepted) {
    const auto move = [&](Pack& to, const Pack& from) { to = select(accepted, from, to); };
    RUNG_UNROLL
    for (int i = 0; i < N; ++i) move(here_.z[i], there_.z[i]);
    RUNG_UNROLL
    for (int i = 0; i < N; ++i) move(here_.gradient[i], there_.gradient[i]);
    RUNG_UNROLL
    for (int k = 0; k < kPairs<N>; ++k) {
      move(here_.hessian[k], there_.hessian[k]);
      move(here_.metric[k], there_.metric[k]);
    }
    move(here_.value, there_.value);
  }

  const BatchCall& call_;
  BatchDescent* descent_[kLanes];
  Evaluated<N> here_, there_;
  LaneStep<N> step_;
  Pack damping_, share_, reached_share_, slope_, promise_, failures_, evaluations_;
  Pack hidden_;  // the decrement after the last step whose gain rounding hid
  Mask fresh_;   // at its start, not yet evaluated
  alignas(64) double theta_[N * kLanes];
};

/// Runs the descents with the loops unrolled for their number of coordinates.
template <int N = 1>
void descend_all(const BatchCall& call, BatchDescent* descents, std::size_t n) {
  if constexpr (N <= BatchCall::kMostCoordinates) {
    if (call.n == N) {
      Lanes<N>(call).run(descents, n);
    } else {
      descend_all<N + 1>(call, descents, n);
    }
  }
}

}  // namespace rung::RUNG_ISA
