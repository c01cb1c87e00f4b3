#pragma once
/// The rules that a descent goes by, written once for the two that there are: one alone
/// (minimize.cpp) and several in lanes (batch_kernel.hpp). Number: double, or a Pack of them, whose
/// comparisons give a Mask; a kernel's file uses them with packs only, so that no function is
/// compiled for two instruction sets under one name.
///
/// gain: by how much the objective fell. slope: its derivative along the whole move, negative.
/// promise: the reduction that the quadratic model expects. share: of Newton's step.

namespace rung::descent {

inline constexpr double kLeastDamping = 1e-14, kMostDamping = 1e12;
/// Of M's diagonal times the damping: for directions that predictions do not see.
inline constexpr double kRidge = 1e-13;
/// Of M's diagonal: a pivot that is not above it makes the matrix not positive definite.
inline constexpr double kLeastPivot = 1e-15;
/// Convergence is judged by steps that are not damped more.
inline constexpr double kHardlyDamped = 1e-2;
/// Shares of one step that are tried before the damping is raised.
inline constexpr int kMostTrials = 4;
/// How much longer the next move is where the objective has no curvature yet.
inline constexpr double kStretch = 2.5;

inline double select(bool condition, double yes, double no) { return condition ? yes : no; }
inline double abs(double x) { return x < 0 ? -x : x; }

inline bool both(bool a, bool b) { return a && b; }
template <class Condition>
Condition both(Condition a, Condition b) {
  return a & b;
}

template <class Number>
Number at_least(Number x, double least) {
  return select(x < Number(least), Number(least), x);
}

/// Armijo's condition: the objective fell at least a little of what its slope says.
template <class Number>
auto falls_enough(Number gain, Number slope) {
  return gain > Number(-1e-4) * slope;
}

/// Neither what was gained nor what was expected is above the objective's rounding.
template <class Number>
auto is_hidden(Number gain, Number promise, Number rounding) {
  return both(abs(gain) <= rounding, abs(promise) <= rounding);
}

/// The objective fell almost as its slope says: along the step there is no curvature yet, as under
/// a Huber loss, whose curvature changes where residuals cross delta.
template <class Number>
auto is_linear(Number gain, Number slope) {
  return gain > Number(-0.8) * slope;
}

/// The share to try after one that failed, by the parabola through the value here, its slope and
/// the value there. `exists`: whether there is a value there.
template <class Number, class Condition>
Number shorter_share(Condition exists, Number gain, Number slope, Number failed_share) {
  constexpr double kLeast = 0.1, kMost = 0.6;
  const Number bottom = select(exists, Number(-0.5) * slope / (-gain - slope), Number(kLeast));
  const Number least = at_least(bottom, kLeast);
  return failed_share * select(Number(kMost) < least, Number(kMost), least);
}

/// What was gained by what was promised; 1 where nothing can be said.
template <class Number, class Condition>
Number gain_ratio(Condition hidden, Number gain, Number promise) {
  return select(hidden, Number(1), select(promise <= Number(0), Number(1), gain / promise));
}

/// Less damping where the model held, more where it did not or the step had to be cut short.
template <class Number>
Number damping_after_success(Number damping, Number share, Number ratio) {
  const Number by_share = select(share < Number(0.2), Number(3), Number(1));
  const Number by_ratio = select(ratio > Number(0.75), Number(0.05),
                                 select(ratio > Number(0.25), Number(0.5), Number(2)));
  return at_least(damping * select(share < Number(1), by_share, by_ratio), kLeastDamping);
}

/// After shares that all failed; 1 is the natural size of a damping in the metric.
template <class Number>
Number damping_after_failures(Number damping) {
  return at_least(Number(8) * damping, 0.05);
}

/// A decrement that is not above this changes the objective by no more than what counts.
/// `least_rounding`: of an objective near 0.
template <class Number>
Number negligible_decrement(Number value, double tolerance, double least_rounding) {
  return Number(tolerance) * abs(value) + Number(least_rounding);
}

/// Where rounding hides the reductions, steps are taken for as long as they grow shorter.
/// `hidden_decrement`: of the last step whose reduction it hid, infinite without one.
template <class Number>
auto shrinks_no_more(Number decrement, Number hidden_decrement, Number damping) {
  return both(decrement > Number(0.25) * hidden_decrement, damping <= Number(kHardlyDamped));
}

}  // namespace rung::descent
