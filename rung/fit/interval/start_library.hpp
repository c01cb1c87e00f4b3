#pragma once
/// Solved replicates as starts for further ones.

#include <cstddef>
#include <vector>

#include "rung/fit/problem.hpp"

namespace rung {

/// Solutions of replicates, and the loss of every point under each: the objective of a new
/// replicate at an old solution is then one product. Solutions near each other are a family.
class StartLibrary {
 public:
  static constexpr std::size_t kMostStarts = 4;  // of one replicate

  StartLibrary(const FitProblem& problem, double huber_delta,
               std::vector<std::vector<double>> starts);

  std::size_t size() const { return starts_.size(); }

  /// The solutions with the lowest objectives under these weights, each the lowest of its family:
  /// starts to descend from. At most `most` (at most kMostStarts), and none far above the lowest.
  std::size_t pick(const double* weights, std::size_t most,
                   const std::vector<double>** picked) const;

 private:
  void add_losses(const FitProblem& problem, std::size_t k);
  std::size_t family_of(std::size_t k);

  LossShape loss_;
  std::size_t n_points_, n_padded_ = 0;
  std::vector<std::vector<double>> starts_;
  std::vector<float> losses_;            // [group of starts x point x start of the group]
  std::vector<std::size_t> families_;    // of each start
  std::vector<std::size_t> first_ones_;  // the first start of each family
};

}  // namespace rung
