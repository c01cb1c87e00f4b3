#pragma once
/// Coordinates in which power laws are nearly linear.

#include <vector>

#include "rung/fit/optimum/batch_call.hpp"
#include "rung/fit/points.hpp"
#include "rung/law/law.hpp"

namespace rung {

/// A law E + sum of A_k x_k^-alpha_k, over data centred at c_k, is nearly linear in its value at
/// the centre, V = E + sum A_k c_k^-alpha_k, in its slopes S_k = A_k c_k^-alpha_k alpha_k, and in
/// the exponents. In (A or ln A, E, alpha) the objective has a narrow curved valley, and Newton
/// steps stay short; a step that is straight in (V, S, alpha) stays in the valley.
class PowerLawReparametrization {
 public:
  /// coordinate_of: the free coordinate of each parameter, -1 where it has none; of_log: whether
  /// that is its logarithm. Without power terms, or where one of their parameters is fixed,
  /// transform() does nothing.
  PowerLawReparametrization(const LawInfo& law, const Points& points,
                            const std::vector<int>& coordinate_of,
                            const std::vector<unsigned char>& of_log);

  /// Moves `to`, which a straight step in the problem's coordinates reached from `from`, to where
  /// the same step ends when it is straight in (V, S, alpha). Left alone where a slope would change
  /// its sign or an exponent would not stay positive.
  void transform(const double* from, double* to) const;

  const std::vector<ReparametrizedTerm>& terms() const { return terms_; }
  /// The free coordinate of the law's floor E.
  int floor() const { return floor_; }

 private:
  std::vector<ReparametrizedTerm> terms_;
  int floor_ = -1;
};

}  // namespace rung
