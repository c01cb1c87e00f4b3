#pragma once
/// Where to look for parameters of which nothing is known: found from what they do to the fit.

#include <vector>

#include "rung/fit/optimum/linear_solver.hpp"
#include "rung/fit/optimum/structure.hpp"
#include "rung/fit/problem.hpp"

namespace rung {

/// Descents along one nonlinear coordinate after the other, each looked at over all magnitudes and
/// both signs that its bounds allow, with the linear parameters solved for every value. They need
/// no idea of a parameter's size, and show where it matters: from where its term can't be told from
/// a constant or a line to where it is a step within one gap of the data, or far off.
class CoordinateScan {
 public:
  /// `structure` has the spans of the coordinates that are known; the others' are to be found.
  CoordinateScan(const FitProblem& problem, const Structure& structure);

  /// The spans of all nonlinear coordinates.
  const std::vector<SearchSpan>& spans() const { return spans_; }
  /// Where the descents ended, natural scale, best first.
  const std::vector<std::vector<double>>& ends() const { return ends_; }

 private:
  struct Profile {
    std::vector<double> values, objectives;  // along one coordinate
  };
  struct End {
    std::vector<double> nonlinear;
    double objective = kInfinity;
    std::vector<Profile> profiles;  // by coordinate
  };

  std::vector<double> values_of(std::size_t k) const;
  double objective_at(const std::vector<double>& nonlinear);
  End descend(std::vector<double> nonlinear);
  void refine(std::size_t k, End& end);
  void set_spans(const std::vector<End>& ends);

  const FitProblem problem_;  // by least squares
  const Structure& structure_;
  LinearSolver solver_;
  double of_constant_ = 0;  // the least sum of squares of a constant
  std::vector<double> theta_;
  std::vector<SearchSpan> spans_;
  std::vector<std::vector<double>> ends_;
};

}  // namespace rung
