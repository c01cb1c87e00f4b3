#include "rung/fit/deletion.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "rung/core/distributions.hpp"
#include "rung/fit/diagnose.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/fit/optimum/search.hpp"

namespace rung {
namespace {

constexpr std::size_t kMostOff = 3;
/// Differences below this share of the observations are rounding.
constexpr double kRounding = 1e-9;

using Set = std::vector<std::size_t>;  // ascending

struct Solution {
  std::vector<double> theta;  // empty: none
  double squares = kInfinity;
};

Set with(Set set, std::size_t i) {
  set.insert(std::lower_bound(set.begin(), set.end(), i), i);
  return set;
}

Set less(Set set, std::size_t i) {
  std::erase(set, i);
  return set;
}

/// Fits without sets of points, each made once.
class Refits {
 public:
  explicit Refits(const FitProblem& problem) : problem_(problem) {}

  const Solution& without(const Set& out) {
    const auto [place, is_new] = solutions_.try_emplace(out);
    if (is_new) place->second = search(out);
    return place->second;
  }

  /// The squares without `out` are never more than those that a fit without more points leaves.
  void improve(const Set& out, const Solution& from) {
    if (from.theta.empty()) return;
    Solution& old = solutions_.at(out);
    const Points points = rest(out);
    const FitProblem problem = problem_.with_points(points);
    const Minimum found = descend(problem, problem.coordinates_of(from.theta));
    if (found.objective < old.squares) old = {problem.theta_at(found.z), found.objective};
  }

  /// Degrees of freedom of the points that are left.
  double dof(const Set& out) const {
    return static_cast<double>(problem_.points().size()) - static_cast<double>(out.size()) -
           problem_.n_free();
  }

  /// |t| of point i by the others without `out`, which i is not in.
  std::optional<double> t(const Set& out, std::size_t i) {
    const Set others = with(out, i);
    if (dof(others) < 1) return {};
    const Solution alone = without(others);
    without(out);
    improve(out, alone);
    const double gain = without(out).squares - alone.squares;
    const double variance = alone.squares / dof(others);
    const double size = transformed(problem_.residual(), problem_.points().y(i));
    if (alone.theta.empty() || !std::isfinite(gain)) return {};
    if (std::sqrt(std::max(0.0, gain)) <= kRounding * std::max(1.0, std::abs(size))) return 0;
    return std::sqrt(gain / std::max(variance, kRounding * kRounding));
  }

  double predicted(const Set& out, std::size_t i) {
    const std::vector<double>& theta = without(out).theta;
    return theta.empty() ? NAN : predict(problem_.law(), theta, problem_.points().inputs(i));
  }

 private:
  Points rest(const Set& out) const {
    const Points& all = problem_.points();
    Points some(all.n_inputs(), all.size() - out.size());
    for (std::size_t i = 0, k = 0; i < all.size(); ++i) {
      if (!std::binary_search(out.begin(), out.end(), i)) some.set(k++, all.inputs(i), all.y(i));
    }
    return some;
  }

  Solution search(const Set& out) const {
    const Points points = rest(out);
    const FitProblem problem = problem_.with_points(points);
    const SearchResult found =
        global_search(problem, {}, {.mesh = Mesh::coarse, .further_nodes = false});
    if (found.minima.empty()) return {};
    return {problem.theta_at(found.minima.front().z), found.minima.front().objective};
  }

  const FitProblem& problem_;
  std::map<Set, Solution> solutions_;
};

class Test {
 public:
  Test(const FitProblem& problem, double false_alarms)
      : n_(problem.points().size()), refits_(problem), false_alarms_(false_alarms) {}

  /// |t| above which one of the points without `out` does not belong with the rest of them.
  double threshold(const Set& out) const {
    const double n = static_cast<double>(n_ - out.size());
    return student_t_quantile(1 - false_alarms_ / (2 * n), refits_.dof(out) - 1);
  }

  bool can_tell(const Set& out) const { return refits_.dof(out) >= 2; }

  /// Those that are off.
  Set found() {
    Set out, off;
    for (std::size_t n = 0; n < std::min(kMostOff, n_ / 4) && can_tell(out); ++n) {
      const auto [worst, t] = worst_of(out);
      const bool significant = t > threshold(out);
      out = with(out, worst);
      if (significant) off = out;
    }
    return without_swamped(off);
  }

  Deletions deletions() {
    const Set off = found();
    Deletions result{.threshold = can_tell({}) ? threshold(off) : kInfinity,
                     .theta = refits_.without(off).theta,
                     .dof = refits_.dof(off) - 1};
    for (std::size_t i = 0; i < n_; ++i) {
      DeletionTest& test = result.points.emplace_back();
      test.off = std::binary_search(off.begin(), off.end(), i);
      const Set others = less(off, i);
      test.t = refits_.t(others, i);
      const double predicted = refits_.predicted(with(others, i), i);
      if (std::isfinite(predicted)) test.predicted = predicted;
    }
    return result;
  }

 private:
  std::pair<std::size_t, double> worst_of(const Set& out) {
    std::pair<std::size_t, double> worst{0, -1};
    for (std::size_t i = 0; i < n_; ++i) {
      if (std::binary_search(out.begin(), out.end(), i)) continue;
      const double t = refits_.t(out, i).value_or(0);
      if (t > worst.second) worst = {i, t};
    }
    return worst;
  }

  /// A point that was taken away before the one that made it look bad fits now.
  Set without_swamped(Set off) {
    for (std::size_t k = 0; k < off.size() && off.size() > 1;) {
      const Set others = less(off, off[k]);
      const bool fits = refits_.t(others, off[k]).value_or(0) <= threshold(others);
      if (fits) off = others;
      k = fits ? 0 : k + 1;
    }
    return off;
  }

  std::size_t n_;
  Refits refits_;
  double false_alarms_;
};

}  // namespace

Deletions test_deletions(const FitProblem& problem, double false_alarms) {
  Deletions result = Test(problem, false_alarms).deletions();
  for (std::size_t i = 0; i < result.points.size(); ++i) {
    DeletionTest& test = result.points[i];
    if (test.t && test.predicted && problem.points().y(i) < *test.predicted) test.t = -*test.t;
  }
  return result;
}

std::optional<Deletions> test_suspicious_deletions(const FitProblem& problem,
                                                   const std::vector<double>& theta,
                                                   double suspicious_sd) {
  constexpr double kSuspicious = 0.05;  // share of clean data sets
  const double n = static_cast<double>(problem.points().size());
  const double dof = n - problem.n_free() - 1;
  if (dof < 1) return {};
  const Minimum least = descend(problem, problem.coordinates_of(theta));
  Fit fit;
  fit.theta = problem.theta_at(least.z);
  const double threshold = student_t_quantile(1 - kSuspicious / (2 * n), dof);
  bool suspicious = least.objective > suspicious_sd * suspicious_sd * (dof + 1);
  for (const PointDiagnosis& point : diagnose(problem, fit).points)
    suspicious = suspicious || std::abs(point.studentized.value_or(0)) > threshold;
  return suspicious ? std::optional(test_deletions(problem)) : std::nullopt;
}

}  // namespace rung
