#pragma once
/// Which observations do not belong with the others: each is left out in turn, and the others are
/// fitted anew.

#include <optional>
#include <vector>

#include "rung/core/numbers.hpp"
#include "rung/fit/problem.hpp"

namespace rung {

/// What the other points say of one.
struct DeletionTest {
  /// By the fit without this point and those that are off. Absent where there is none.
  std::optional<double> predicted;
  /// The deletion residual over its standard deviation, positive where the observation lies above:
  /// the root of how much better the others fit alone, over their own mean square. Student's t
  /// where the noise is normal. Absent where the others leave no degree of freedom.
  std::optional<double> t;
  bool off = false;
};

struct Deletions {
  std::vector<DeletionTest> points;  // [points]
  double threshold = kInfinity;      // |t| from which a point is off; with too few points, none is
  std::vector<double> theta;         // of the fit without the points that are off; empty: none
  double dof = 0;                    // of that fit's points without one more
};

/// Share of clean data sets in which some point is called off.
inline constexpr double kFalseAlarms = 0.003;

/// Tests every point by refits, since a linearized fit follows points of high leverage. Up to three
/// of them, and a quarter, may be off together: the worst is taken away, then the worst of the
/// rest, and as many are off as the last step that is significant says (generalized extreme
/// Studentized deviates, Rosner 1983, Technometrics 25:165; Bonferroni's bounds); those that fit
/// what is left come back. The loss of `problem` is least squares, with weights of 1.
Deletions test_deletions(const FitProblem& problem, double false_alarms = kFalseAlarms);

/// The same where there is reason to test, seen in a hundredth of the time: a studentized residual
/// of one descent from `theta`, a fit of the same points by another loss, or residuals whose
/// standard deviation is above `suspicious_sd`. Absent where there is none; points that hide each
/// other may stay hidden.
std::optional<Deletions> test_suspicious_deletions(const FitProblem& problem,
                                                   const std::vector<double>& theta,
                                                   double suspicious_sd);

}  // namespace rung
