#include "rung/study/ladder/pieces.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rung/core/numbers.hpp"
#include "rung/fit/optimum/search.hpp"

namespace rung::ladder {
namespace {

constexpr double kHuberDelta = 1e-3;
/// On few runs an exponent would run off to a step between two rungs.
constexpr double kGreatestExponent = 2;
/// Where the search for the single step's exponents begins (its law's file says so). Towards 0 the
/// scale and E go to infinity and the law to one in the input's logarithm, which it is as good as
/// here: a descent would not arrive, and rounding would decide where it stops.
constexpr double kLeastExponent = 0.02;
/// Enough to arrive along a ridge; most fits take fewer than 100.
constexpr int kMostIterations = 5000;
/// In units of the objective, which is about 1e-5: an exponent of 1 costs 5e-7.
constexpr double kTieBreakingSd = 1000;
/// What a logistic in ln C is fitted in: falls as compute grows and is positive.
constexpr double kLogComputeOrigin = 100;

/// Objective and bounds of one piece.
struct PieceLaw {
  const Law* law;
  Loss loss;
  Residual residual = Residual::raw;
  std::vector<Constraint> constraints = {};
};

/// Two sizes, or few runs, leave a ridge of fits that are equally good and extrapolate differently.
/// Far weaker than any residual, the priors choose its slowest power laws.
std::vector<Constraint> slow_exponents() {
  std::vector<Constraint> constraints;
  for (const char* exponent : {"alpha", "beta"}) {
    constraints.push_back({.parameter = exponent,
                           .upper = kGreatestExponent,
                           .prior_mean = 0,
                           .prior_sd = kTieBreakingSd});
  }
  return constraints;
}

/// Runs that hardly rise, or whose rise is still to come, leave a step at their end that goes up to
/// anything: of fits that are equally good the one that rises least.
Constraint least_rise() { return {.parameter = "a", .prior_mean = 0, .prior_sd = kTieBreakingSd}; }

PieceLaw single_step(double top, const Constraint& floor_below_top) {
  std::vector<Constraint> constraints = slow_exponents();
  for (Constraint& exponent : constraints) exponent.lower = kLeastExponent;
  constraints.push_back(floor_below_top);
  constraints.push_back({.parameter = "q", .fixed = top});
  return {&find_law("single-step"), Loss::huber(kHuberDelta), Residual::log, constraints};
}

PieceLaw law_of(const TaskData& data, const Piece& piece) {
  const bool by_compute = piece.inputs == Step1Inputs::compute;
  const Constraint at_chance{.parameter = "chance", .fixed = data.task.chance};
  const Constraint no_floor{.parameter = "E", .fixed = 0};
  switch (piece.kind) {
    case PieceKind::loss:
      if (by_compute) return {&find_law("compute-power"), Loss::huber(kHuberDelta), Residual::log};
      return {&find_law("chinchilla"), Loss::huber(kHuberDelta), Residual::log, slow_exponents()};
    case PieceKind::single_step: {
      constexpr double kLeastRise = 0.4;  // of the way from 0 to the maximum
      const double top = data.task.maximum;
      return single_step(top, {.parameter = "p", .lower = -top, .upper = -kLeastRise * top});
    }
    case PieceKind::single_step_chance:
      return single_step(1, {.parameter = "p", .fixed = data.task.chance - 1});
    case PieceKind::direct: {
      if (by_compute)
        return {&find_law("compute-power"), Loss::huber(kHuberDelta), Residual::raw, {no_floor}};
      std::vector<Constraint> constraints = slow_exponents();
      constraints.push_back(no_floor);
      return {&find_law("chinchilla"), Loss::huber(kHuberDelta), Residual::raw, constraints};
    }
    case PieceKind::logistic:
    case PieceKind::curve_chance:
      return {&find_law("sigmoid-chance"), Loss{}, Residual::raw, {at_chance}};
    case PieceKind::curve_free:
      return {&find_law("sigmoid"), Loss{}, Residual::raw, {least_rise()}};
    case PieceKind::curve:
      break;
  }
  return {&find_law("sigmoid"), Loss{}};
}

std::vector<double> inputs_of(const Piece& piece, const Scale& scale) {
  const double compute = scale.compute_flops.value_or(kNaN);
  if (piece.kind == PieceKind::logistic) return {kLogComputeOrigin - std::log(compute)};
  if (piece.inputs == Step1Inputs::compute) return {compute};
  return {scale.n_params, scale.n_tokens};
}

double between_ends(const Task& task, double accuracy) {
  constexpr double kMost = 1 - 1e-4;
  return std::min(task.above_zero(accuracy), kMost);
}

double fitted_value(const TaskData& data, const Piece& piece, const RunData& run) {
  switch (piece.kind) {
    case PieceKind::loss:
      return run.loss[index_of(*piece.feature)];
    case PieceKind::direct:
      return -std::log(between_ends(data.task, run.accuracy));
    case PieceKind::logistic:
      return run.accuracy;
    default:
      return between_ends(data.task, run.accuracy);
  }
}

/// A point a run for a law of scale, a point a checkpoint for a curve, with the place of its run
/// among `runs`; the artificial point belongs to none (-1).
struct PiecePoints {
  Points points;
  std::vector<int> run_of;
};

PiecePoints scale_points(const TaskData& data, const Piece& piece, const Law& law,
                         std::span<const std::size_t> runs) {
  PiecePoints made{Points(static_cast<std::size_t>(law.n_inputs()), runs.size()), {}};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const RunData& run = data.runs[runs[i]];
    made.points.set(i, inputs_of(piece, run.scale), fitted_value(data, piece, run));
    made.run_of.push_back(static_cast<int>(i));
  }
  return made;
}

PiecePoints curve_points(const TaskData& data, const Piece& piece,
                         std::span<const std::size_t> runs) {
  std::vector<double> x, y;
  std::vector<int> run_of;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const RunData& from = data.runs[runs[i]];
    const std::vector<double>& losses = from.losses[index_of(*piece.feature)];
    x.insert(x.end(), losses.begin(), losses.end());
    y.insert(y.end(), from.accuracies.begin(), from.accuracies.end());
    run_of.insert(run_of.end(), losses.size(), static_cast<int>(i));
  }
  if (piece.kind == PieceKind::curve) {
    x.push_back(0);
    y.push_back(data.task.maximum);
    run_of.push_back(-1);
  }
  return {Points::from_columns({x}, y), std::move(run_of)};
}

PiecePoints points_of(const TaskData& data, const Piece& piece, const Law& law,
                      std::span<const std::size_t> runs) {
  return piece.is_curve() ? curve_points(data, piece, runs) : scale_points(data, piece, law, runs);
}

/// The parameters at the best minimum; empty: there is no finite one.
Theta solve(const FitProblem& problem) {
  const SearchResult found = global_search(problem);
  if (found.minima.empty() || !std::isfinite(found.minima.front().objective)) return {};
  const Minimum& best = found.minima.front();
  if (best.converged) return problem.theta_at(best.z);
  const Minimum further = minimize(problem, best.z, {.max_iterations = kMostIterations});
  return problem.theta_at(further.objective < best.objective ? further.z : best.z);
}

/// From the old optimum, with some weights. A few runs less, and it is near: never further off than
/// it, however the steps went.
Theta refit(const FitProblem& problem, const std::vector<double>& start,
            const AlignedArray& weights) {
  std::vector<double> best = start;
  double least = problem.objective(start.data(), weights.data());
  for (const double damping : {1e-3, 1.0}) {
    const Minimum minimum = minimize(
        problem, start,
        {.max_iterations = kMostIterations, .start_damping = damping, .weights = weights.data()});
    if (minimum.objective < least) least = minimum.objective, best = minimum.z;
    if (minimum.converged && best == minimum.z) break;
  }
  return problem.theta_at(best);
}

/// Everything that decides the fit of a loss by scale.
std::vector<double> key_of(const Piece& piece, const Points& points) {
  std::vector<double> key = {static_cast<double>(piece.inputs)};
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (const double x : points.inputs(i)) key.push_back(x);
    key.push_back(points.y(i));
  }
  return key;
}

}  // namespace

Theta fit_piece(const TaskData& data, const Piece& piece, std::span<const std::size_t> runs,
                FitMemory* memory) {
  const PieceLaw of = law_of(data, piece);
  const PiecePoints made = points_of(data, piece, *of.law, runs);
  const FitProblem problem(*of.law, made.points, of.loss, of.residual, of.constraints);
  if (made.points.size() <= static_cast<std::size_t>(problem.n_free())) return {};
  if (!memory || piece.kind != PieceKind::loss) return solve(problem);
  return memory->once(key_of(piece, made.points),
                      [&] { return std::vector<Theta>{solve(problem)}; })[0];
}

std::vector<Theta> refit_piece_without_each(const TaskData& data, const Piece& piece,
                                            std::span<const std::size_t> runs, const Theta& theta,
                                            std::span<const int> group_of) {
  const auto last = std::max_element(group_of.begin(), group_of.end());
  const int n_groups = last == group_of.end() ? 0 : *last + 1;
  const PieceLaw of = law_of(data, piece);
  const PiecePoints made = points_of(data, piece, *of.law, runs);
  const FitProblem problem(*of.law, made.points, of.loss, of.residual, of.constraints);
  const std::vector<double> start = problem.coordinates_of(theta);
  AlignedArray weights(problem.points().n_padded());
  std::vector<Theta> thetas;
  for (int group = 0; group < n_groups; ++group) {
    for (std::size_t i = 0; i < made.run_of.size(); ++i) {
      const int run = made.run_of[i];
      const bool out = run >= 0 && group_of[static_cast<std::size_t>(run)] == group;
      weights[i] = out ? 0 : 1;
    }
    thetas.push_back(refit(problem, start, weights));
  }
  return thetas;
}

std::size_t fewest_runs(const TaskData& data, const Piece& piece) {
  const PieceLaw of = law_of(data, piece);
  const auto n_fixed = std::count_if(of.constraints.begin(), of.constraints.end(),
                                     [](const Constraint& held) { return held.fixed.has_value(); });
  return static_cast<std::size_t>(of.law->n_parameters() - n_fixed + 1);
}

bool goes_to_maximum(const Piece& piece) {
  return piece.kind == PieceKind::curve || piece.kind == PieceKind::single_step;
}

Theta refit_piece_ending_at(const TaskData& data, const Piece& piece,
                            std::span<const std::size_t> runs, Theta theta, double maximum) {
  TaskData ending = data;
  ending.task.maximum = maximum;
  const PieceLaw of = law_of(ending, piece);
  if (piece.kind == PieceKind::single_step)
    theta[of.law->parameter_index("p")] *= maximum / data.task.maximum;
  const PiecePoints made = points_of(ending, piece, *of.law, runs);
  const FitProblem problem(*of.law, made.points, of.loss, of.residual, of.constraints);
  return refit(problem, problem.coordinates_of(theta), made.points.weights());
}

double predict_scale(const TaskData& data, const Piece& piece, const Theta& theta,
                     const Scale& where) {
  if (theta.empty()) return kNaN;
  const double value = predict(*law_of(data, piece).law, theta, inputs_of(piece, where));
  return piece.kind == PieceKind::direct ? std::exp(-value) : value;
}

double predict_curve(const Piece& piece, const Theta& theta, double loss) {
  if (theta.empty()) return kNaN;
  const char* law = piece.kind == PieceKind::curve_chance ? "sigmoid-chance" : "sigmoid";
  return predict(find_law(law), theta, std::vector{loss});
}

}  // namespace rung::ladder
