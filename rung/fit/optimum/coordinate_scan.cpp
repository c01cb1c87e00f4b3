#include "rung/fit/optimum/coordinate_scan.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/index.hpp"
#include "rung/core/rng.hpp"

namespace rung {
namespace {

constexpr int kDecades = 24;  // that are looked at above and below 1

/// Magnitudes a decade apart.
std::vector<double> magnitudes() {
  std::vector<double> all;
  for (int decade = -kDecades; decade <= kDecades; ++decade) all.push_back(std::pow(10, decade));
  return all;
}

/// The least weighted sum of squares of a constant, where each observation counts as the linear
/// solver counts it.
double objective_of_constant(const FitProblem& problem) {
  const Points& points = problem.points();
  const AlignedArray target = points.transformed(problem.residual());
  double weights = 0, mean = 0, squares = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    weights += points.weight(i);
    mean += points.weight(i) * target[i];
  }
  mean /= weights;
  for (std::size_t i = 0; i < points.size(); ++i)
    squares += points.weight(i) * (target[i] - mean) * (target[i] - mean);
  return squares;
}

/// The sizes between which a parameter matters, on both sides of zero.
class Reach {
 public:
  /// It does between two neighbouring values.
  void add(double from, double to) {
    for (const double value : {from, to}) {
      if (value == 0) continue;
      Side& side = value < 0 ? below_ : above_;
      side.least = std::min(side.least, std::abs(value));
      side.greatest = std::max(side.greatest, std::abs(value));
    }
  }

  SearchSpan span() const {
    SearchSpan span{.low = 0.1, .high = 10, .by_log = true};  // of no consequence
    if (below_.any() && above_.any()) {
      span = {.low = -below_.greatest, .high = above_.greatest, .by_log = true};
      span.inner = std::min(below_.least, above_.least);
    } else if (above_.any()) {
      span = {.low = above_.least, .high = above_.greatest, .by_log = true};
    } else if (below_.any()) {
      span = {.low = -below_.greatest, .high = -below_.least, .by_log = true};
    }
    return span;
  }

 private:
  struct Side {
    double least = kInfinity, greatest = 0;
    bool any() const { return greatest > 0; }
  };
  Side below_, above_;
};

}  // namespace

CoordinateScan::CoordinateScan(const FitProblem& problem, const Structure& structure)
    : problem_(problem.with_loss({})),
      structure_(structure),
      solver_(problem_, structure),
      of_constant_(objective_of_constant(problem_)),
      theta_(at(problem.n_parameters())) {
  constexpr int kDraws = 8;
  std::vector<End> ends;
  for (int draw = 0; draw < kDraws; ++draw) {
    Rng rng(22, static_cast<std::uint64_t>(draw));
    std::vector<double> start;
    for (std::size_t k = 0; k < structure.nonlinear.size(); ++k) {
      const std::vector<double> values = values_of(k);
      start.push_back(values[rng.below(static_cast<std::uint32_t>(values.size()))]);
    }
    ends.push_back(descend(std::move(start)));
  }
  std::stable_sort(ends.begin(), ends.end(),
                   [](const End& a, const End& b) { return a.objective < b.objective; });
  std::erase_if(ends, [](const End& end) { return !(end.objective < kInfinity); });
  set_spans(ends);
  for (const End& end : ends) {
    objective_at(end.nonlinear);
    ends_.push_back(theta_);
  }
}

/// In ascending order.
std::vector<double> CoordinateScan::values_of(std::size_t k) const {
  constexpr int kOfKnown = 24;
  std::vector<double> values;
  if (const SearchSpan& span = structure_.spans[k]; span.known) {
    for (int i = 0; i < kOfKnown; ++i)
      values.push_back(span.at(static_cast<double>(i) / (kOfKnown - 1)));
    return values;
  }
  const auto [lower, upper] = natural_bounds(problem_, structure_.nonlinear[k]);
  if (lower > -kInfinity && upper < kInfinity) {
    for (int i = 0; i < kOfKnown; ++i)
      values.push_back(lower + (upper - lower) * i / (kOfKnown - 1));
  }
  for (const double size : magnitudes()) {
    for (const double value : {-size, size}) {
      if (value > lower && value < upper) values.push_back(value);
    }
  }
  std::sort(values.begin(), values.end());
  return values;
}

double CoordinateScan::objective_at(const std::vector<double>& nonlinear) {
  const double found = solver_.solve(nonlinear.data(), 1, theta_.data()).objective;
  return std::isfinite(found) ? found : kInfinity;
}

CoordinateScan::End CoordinateScan::descend(std::vector<double> nonlinear) {
  constexpr int kMostSweeps = 3;
  End end{std::move(nonlinear), kInfinity, std::vector<Profile>(structure_.nonlinear.size())};
  end.objective = objective_at(end.nonlinear);
  for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
    const double before = end.objective;
    for (std::size_t k = 0; k < end.nonlinear.size(); ++k) {
      Profile& profile = end.profiles[k];
      profile = {values_of(k), {}};
      std::vector<double> trial = end.nonlinear;
      for (const double value : profile.values) {
        trial[k] = value;
        profile.objectives.push_back(objective_at(trial));
        if (profile.objectives.back() >= end.objective) continue;
        end.objective = profile.objectives.back();
        end.nonlinear[k] = value;
      }
      refine(k, end);
    }
    if (!(end.objective < before)) break;
  }
  return end;
}

/// Closer around the best value of one coordinate.
void CoordinateScan::refine(std::size_t k, End& end) {
  for (const double factor : {2.5, 1.4, 1.1}) {
    for (const double by : {factor, 1 / factor}) {
      for (int step = 0; step < 2; ++step) {
        std::vector<double> trial = end.nonlinear;
        trial[k] *= by;
        const auto [lower, upper] = natural_bounds(problem_, structure_.nonlinear[k]);
        if (trial[k] < lower || trial[k] > upper) break;
        const double objective = objective_at(trial);
        if (!(objective < end.objective)) break;
        end.objective = objective;
        end.nonlinear = trial;
      }
    }
  }
}

void CoordinateScan::set_spans(const std::vector<End>& ends) {
  constexpr double kUseful = 4;      // times the best end's objective
  constexpr double kMatters = 1e-2;  // of the best objective
  constexpr double kPerfect = 1e-7;  // of a constant's: no fit is taken to be better
  const double best =
      ends.empty() ? of_constant_ : std::max(ends.front().objective, kPerfect * of_constant_);
  for (std::size_t k = 0; k < structure_.nonlinear.size(); ++k) {
    if (structure_.spans[k].known) {
      spans_.push_back(structure_.spans[k]);
      continue;
    }
    Reach reach;
    for (const End& end : ends) {
      if (end.objective > kUseful * best) break;
      const auto& values = end.profiles[k].values;
      const auto& objectives = end.profiles[k].objectives;
      for (std::size_t i = 1; i < values.size(); ++i) {
        const auto height = [&](std::size_t j) {
          return std::min(objectives[j], 4 * of_constant_);
        };
        if (std::abs(height(i) - height(i - 1)) > kMatters * best)
          reach.add(values[i - 1], values[i]);
      }
    }
    spans_.push_back(reach.span());
    spans_.back().known = false;
  }
}

}  // namespace rung
