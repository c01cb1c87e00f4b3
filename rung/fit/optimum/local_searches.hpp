#pragma once
/// The local searches of a global search, and the distinct minima that they find.

#include <vector>

#include "rung/fit/optimum/linear_solver.hpp"
#include "rung/fit/optimum/minimize.hpp"
#include "rung/fit/optimum/search.hpp"
#include "rung/fit/optimum/search_nodes.hpp"

namespace rung {

/// Where a local search did not converge, its minimum is searched further if its objective is
/// within this factor of the best.
inline constexpr double kNearBest = 1.1;

/// Iterations of a local search on few of the points, and on all points of one that did not
/// converge on few while another did.
inline constexpr int kThinnedIterations = 60;

/// What a descent of so many iterations costs, in units of one point and one pair of parameters.
double work_of(const FitProblem& problem, int n_iterations);

/// Whether a grid leaves no room for a minimum between its nodes; one of a kinked loss may be
/// narrower than its mesh.
bool leaves_no_room(const FitProblem& problem, const Structure& structure);

/// Whether both converged to one objective.
bool agree(const Minimum& a, const Minimum& b);

/// Adds a minimum to a list of distinct ones. If it is in the list already, the one that converged
/// is kept or, if both or neither did, the lower.
void add_distinct(std::vector<Minimum>& minima, Minimum found);

void sort_by_objective(std::vector<Minimum>& minima);

/// A minimum that did not converge lies where the objective is narrow and curved: the search goes
/// on from it with the linear parameters profiled out. Others are returned as they are.
Minimum continued_with_profile(const FitProblem& problem, const Structure& structure,
                               Minimum minimum);

/// Local searches on a problem from the nodes and from other starts. `thinned`: the problem has
/// only few of the points, and what is found is searched again on all of them.
class LocalSearches {
 public:
  LocalSearches(const FitProblem& problem, const Structure& structure, bool thinned,
                const SearchOptions& options);

  /// One nonlinear coordinate and least squares: minima are roots of the profile's slope.
  bool by_slope() const { return by_slope_; }

  bool is_covered() const;

  /// From the best nodes, and in a fine mesh from as many others as it takes: see
  /// meets_stopping_rule().
  void from_nodes();
  /// From more nodes, where other starts found minima that ask for more searches.
  void go_on();
  /// From parameters on the natural scale.
  void from(const std::vector<double>& theta);

  /// The distinct minima, best first.
  std::vector<Minimum> minima() const;
  /// How many searches ended in the best one.
  int n_agreeing() const;
  /// How many came within a hundredth of an objective, converged or not.
  int n_near(double objective) const;
  double best_converged() const { return best_converged_; }
  int n_searches() const { return static_cast<int>(objectives_.size()); }
  /// Of the minima that are not far above the best.
  int n_distinct() const;
  /// From n searches that ended in w distinct minima, w (n - 1) / (n - w - 2) minima are to be
  /// expected (Boender and Rinnooy Kan 1987): so many searches that this is less than half a one
  /// more.
  bool meets_stopping_rule() const;

 private:
  bool many_agree() const;
  bool is_hopeless() const;
  std::vector<double> useful_objectives() const;
  void from_node(int node);
  Minimum no_higher_than(const std::vector<double>& start, Minimum found) const;
  void add(Minimum found);
  double useful_below() const;

  const FitProblem& problem_;
  const Structure& structure_;
  bool thinned_;
  const SearchOptions& options_;
  bool fine_, by_continuation_ = false, by_slope_ = false;
  const Points node_points_;  // those that nodes are solved on
  const FitProblem node_problem_;
  LinearSolver solver_;
  SearchNodes nodes_;
  SolvedNodes solved_;
  std::vector<int> further_;   // nodes to start from where the first do not tell enough
  std::size_t n_further_ = 0;  // of which searches have started
  std::vector<Minimum> minima_;
  std::vector<double> objectives_, converged_objectives_;  // of all searches
  double best_converged_ = kInfinity;
  double work_ = 0;
};

}  // namespace rung
