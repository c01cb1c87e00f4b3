#pragma once
/// What laws with one of their parameter vectors say to do with a budget or for a target.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rung/study/plan/answer.hpp"

namespace rung::plan {

/// One of the laws' parameter vectors: the fit, or a replicate.
struct Draw {
  std::vector<double> loss, metric;
};

/// Where N, D and what is fixed_inputs stand among the law's inputs.
struct Places {
  std::size_t n = 0, d = 0;
  std::vector<double> inputs;
};

/// Of one question. Refers to what it is made of.
class Solver {
 public:
  /// InputError for a law that has not N and D, or other inputs that are not fixed_inputs.
  Solver(const Source& source, const Question& question, const AllocateOptions& options);

  /// Absent where nothing reaches the target. near_params: the answer of a draw like it, which
  /// saves most of the search.
  std::optional<Allocation> solve(const Draw& draw,
                                  std::optional<double> near_params = std::nullopt) const;

  /// Whether even the smallest model and the fewest tokens that are searched reach the target, so
  /// that none is the cheapest.
  bool is_reached_by_all(const Draw& draw) const;
  std::string why_all(const Draw& draw) const;

  /// An optimum of sizes that there may be, not at the edge of what was searched.
  bool is_inside(const Allocation& found) const;

  std::optional<double> metric_at(const Draw& draw, const Allocation& at) const;

  /// Where there is no solution, in words: "not reachable: …".
  std::string why_not(const Draw& draw) const;
  /// Where not even a loss of 0 gives the target: the interval of what the second law gives there,
  /// if the target lies in it.
  std::optional<Interval> open_ceiling(const Draw& draw) const;

 private:
  LossOf signed_law(const Draw& draw) const;
  std::function<double(double)> metric_of(const Draw& draw) const;
  double highest_loss(const LossOf& loss) const;
  double lowest_needed(const LossOf& loss) const;
  double least_of(std::size_t place, double searched) const;
  double end_of(const Draw& draw) const;
  std::string limits(const Draw& draw, double target) const;
  double target_of_law() const;
  std::optional<double> needed_loss(const Draw& draw) const;
  std::optional<double> loss_below_all(const Draw& draw) const;
  std::optional<Allocation> unsigned_solution(const Draw& draw,
                                              std::optional<double> near_params) const;

  const Source& source_;
  const Question& question_;
  const AllocateOptions& options_;
  const Law& law_;
  Places places_;
  double sign_;  // -1 for a law that rises as an accuracy does
};

/// The first law over N and D, with what is held.
LossOf loss_of(const Source& source);
/// The same by all parameters that fit as well, the fit's first.
std::vector<LossOf> losses_of(const Source& source);

/// The highest loss between `low` and `high` at which `metric` is as good as `target`, where what
/// lower losses give is better. Absent where not even `low` does.
std::optional<double> loss_for_metric(const std::function<double(double)>& metric, double target,
                                      double low, double high);

}  // namespace rung::plan
