#include "rung/fit/optimum/search.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rung/fit/optimum/descend.hpp"
#include "rung/fit/optimum/limits.hpp"
#include "rung/fit/optimum/linear_solver.hpp"

namespace rung {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

// The search looks at no more points than this; what it finds is polished on all of them. One
// nonlinear coordinate takes few nodes and no polish.
constexpr std::size_t kSearchPointsPerParameter = 32, kMostPointsOfOneAxis = 4096;

// Nonlinear coordinates that a grid covers.
constexpr std::size_t kMostGridAxes = 3;

Points thinned(const Points& points, std::size_t most) {
  const std::size_t n = std::min(points.size(), most);
  Points few(points.n_inputs(), n);
  std::vector<double> row(points.n_inputs());
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t from = n == 1 ? 0 : i * (points.size() - 1) / (n - 1);
    for (std::size_t k = 0; k < row.size(); ++k) row[k] = points.input(k, from);
    few.set(i, row, points.y(from), points.weight(from));
  }
  return few;
}

/// Settings of the nonlinear parameters to look at, natural scale.
struct Nodes {
  std::size_t n_axes = 0, count = 0;
  std::vector<double> values;  // [node][nonlinear coordinate]
  std::vector<int> shape;      // of the grid; empty for a sequence

  const double* at(std::size_t node) const { return values.data() + node * n_axes; }
};

double placed(const SearchSpan& span, double share) {
  if (span.by_log && span.low < 0) {
    // sinh is linear within a thousandth of the ends and exponential further out.
    const double middle = 1e-3 * std::max(-span.low, span.high);
    const double from = std::asinh(span.low / middle), to = std::asinh(span.high / middle);
    return middle * std::sinh(from + (to - from) * share);
  }
  return span.by_log ? span.low * std::pow(span.high / span.low, share)
                     : span.low + (span.high - span.low) * share;
}

double halton(int index, int base) {
  double value = 0, share = 1;
  for (int i = index; i > 0; i /= base) {
    share /= base;
    value += share * (i % base);
  }
  return value;
}

Nodes nodes_over(const std::vector<SearchSpan>& spans, Mesh mesh) {
  const bool fine = mesh == Mesh::fine;
  const int per_axis_of[] = {1, fine ? 72 : 24, fine ? 22 : 12, fine ? 10 : 7};
  const int n_sequence = fine ? 1024 : 256;
  constexpr int kPrimes[] = {2,  3,  5,  7,  11, 13, 17, 19, 23, 29,  31,  37,  41,  43,  47,  53,
                             59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131};
  const int q = static_cast<int>(spans.size());
  Nodes nodes{.n_axes = spans.size()};
  if (spans.size() > kMostGridAxes) {
    nodes.count = at(n_sequence);
    for (int i = 1; i <= n_sequence; ++i) {
      for (int c = 0; c < q; ++c)
        nodes.values.push_back(placed(spans[at(c)], halton(i, kPrimes[c])));
    }
    return nodes;
  }
  const int per_axis = per_axis_of[q];
  nodes.count = 1;
  std::vector<double> marks;  // [axis][place]
  for (int c = 0; c < q; ++c) {
    nodes.shape.push_back(per_axis);
    nodes.count *= at(per_axis);
    for (int i = 0; i < per_axis; ++i)
      marks.push_back(placed(spans[at(c)], static_cast<double>(i) / (per_axis - 1)));
  }
  for (int i = 0; i < static_cast<int>(nodes.count); ++i) {
    for (int c = 0, rest = i; c < q; ++c, rest /= per_axis) {
      nodes.values.push_back(marks[at(c * per_axis + rest % per_axis)]);
    }
  }
  return nodes;
}

/// The nodes with their linear parameters solved.
struct Candidates {
  std::size_t n_parameters = 0;
  std::vector<double> thetas;  // [node][parameter], natural scale
  std::vector<double> objectives;
  std::vector<unsigned> faces;

  double objective(int node) const { return objectives[at(node)]; }
  std::vector<double> theta(int node) const {
    const auto first = thetas.begin() + static_cast<long>(at(node) * n_parameters);
    return {first, first + static_cast<long>(n_parameters)};
  }
};

Candidates solve_all(const Nodes& nodes, LinearSolver& solver, int n_parameters) {
  constexpr int kRounds = 3;
  Candidates candidates{at(n_parameters), {}, {}, {}};
  candidates.thetas.resize(nodes.count * at(n_parameters));
  for (std::size_t i = 0; i < nodes.count; ++i) {
    const LinearSolver::Solution solution =
        solver.solve(nodes.at(i), kRounds, candidates.thetas.data() + i * at(n_parameters));
    candidates.objectives.push_back(solution.objective);
    candidates.faces.push_back(solution.face);
  }
  return candidates;
}

/// Whether a grid node is no higher than its neighbours along each axis.
bool is_valley(const Candidates& candidates, const std::vector<int>& shape, int node) {
  for (int axis = 0, stride = 1; axis < static_cast<int>(shape.size());
       stride *= shape[at(axis)], ++axis) {
    const int place = node / stride % shape[at(axis)];
    if (place > 0 && candidates.objective(node - stride) < candidates.objective(node)) return false;
    if (place + 1 < shape[at(axis)] &&
        candidates.objective(node + stride) < candidates.objective(node))
      return false;
  }
  return true;
}

/// Nodes to start from.
struct Starts {
  std::vector<int> first;    // best first
  std::vector<int> further;  // where the first do not agree
};

/// The best nodes: valleys of the grid, or so many of the sequence, and the best of each face of
/// the bounds.
Starts worth_polishing(const Candidates& candidates, const std::vector<int>& shape, Mesh mesh,
                       std::size_t n_further_at_most) {
  const bool fine = mesh == Mesh::fine;
  const std::size_t n_valleys_at_most = fine ? 8 : 3, n_of_sequence = fine ? 16 : 4;
  const std::size_t n_faces_at_most = fine ? 4 : 2;
  std::vector<int> order(candidates.objectives.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return candidates.objective(a) < candidates.objective(b); });
  const std::size_t most = shape.empty() ? n_of_sequence : n_valleys_at_most;
  const std::size_t n_further = fine && shape.empty() ? n_further_at_most : 0;
  Starts starts;
  std::vector<unsigned> faces;
  std::size_t n_valleys = 0;
  for (const int node : order) {
    if (!(candidates.objective(node) < kInfinity)) break;
    const unsigned face = candidates.faces[at(node)];
    const bool valley = n_valleys < most && (shape.empty() || is_valley(candidates, shape, node));
    const bool new_face = faces.size() < n_faces_at_most &&
                          std::find(faces.begin(), faces.end(), face) == faces.end();
    if (new_face) faces.push_back(face);
    if (valley) ++n_valleys;
    if (valley || new_face) {
      starts.first.push_back(node);
    } else if (starts.further.size() < n_further) {
      starts.further.push_back(node);
    }
  }
  return starts;
}

bool same_minimum(const Minimum& a, const Minimum& b) {
  for (std::size_t i = 0; i < a.z.size(); ++i) {
    if (std::abs(a.z[i] - b.z[i]) > 1e-5 * (1 + std::abs(a.z[i]))) return false;
  }
  return true;
}

/// Of two names for one minimum, the settled one; of two settled ones, the lower.
void keep(std::vector<Minimum>& minima, Minimum found) {
  if (!(found.objective < kInfinity)) return;
  for (Minimum& other : minima) {
    if (!same_minimum(other, found)) continue;
    const bool settles = found.converged && !other.converged;
    const bool lower = found.converged == other.converged && found.objective < other.objective;
    if (settles || lower) other = std::move(found);
    return;
  }
  minima.push_back(std::move(found));
}

void sort_by_objective(std::vector<Minimum>& minima) {
  std::stable_sort(minima.begin(), minima.end(),
                   [](const Minimum& a, const Minimum& b) { return a.objective < b.objective; });
}

bool can_profile(const FitProblem& problem, const Structure& structure) {
  return !structure.linear.empty() && !structure.nonlinear.empty() && !problem.loss().kinked();
}

/// A minimum that did not settle lies in a curved valley: it is followed with the linear parameters
/// profiled out.
Minimum followed(const FitProblem& problem, const Structure& structure, Minimum minimum) {
  if (minimum.converged || !can_profile(problem, structure)) return minimum;
  Minimum profiled = minimize_profiled(problem, minimum.z, structure.nonlinear);
  return profiled.converged || profiled.objective < minimum.objective ? profiled : minimum;
}

// What did not settle is followed on where it came this near to the best.
constexpr double kNear = 1.1;

/// The minima near the best are followed to where they settle.
void follow_valleys(const FitProblem& problem, const Structure& structure,
                    std::vector<Minimum>& minima) {
  constexpr std::size_t kMostFollowed = 2;
  std::vector<Minimum> settled;
  for (std::size_t i = 0; i < minima.size(); ++i) {
    const bool near = i < kMostFollowed && minima[i].objective <= kNear * minima.front().objective;
    keep(settled, near ? followed(problem, structure, minima[i]) : minima[i]);
  }
  minima = std::move(settled);
  sort_by_objective(minima);
}

/// The bottom of a valley over one nonlinear coordinate, between two nodes: where the slope of the
/// profile changes sign.
Minimum valley_floor(const FitProblem& problem, LinearSolver& solver, double low, double high) {
  // Regula falsi with the Illinois rule, which closes in from both sides; the slope's rounding ends
  // it earlier.
  constexpr int kMostSteps = 60;
  constexpr double kWidth = 1e-14;
  std::vector<double> theta(at(problem.n_parameters()));
  double slope_low = solver.slope(low, theta.data()), slope_high = solver.slope(high, theta.data());
  bool bracketed = slope_low < 0 && slope_high > 0;
  double middle = low;
  for (int step = 0, last_side = 0; bracketed && step < kMostSteps; ++step) {
    middle = low + (high - low) * (slope_low / (slope_low - slope_high));
    const double slope = solver.slope(middle, theta.data());
    if (slope == 0 || high - low <= kWidth * std::max(std::abs(low), std::abs(high))) break;
    bracketed = std::isfinite(slope);
    const int side = slope < 0 ? -1 : 1;
    (side < 0 ? low : high) = middle;
    (side < 0 ? slope_low : slope_high) = slope;
    if (side == last_side) (side < 0 ? slope_high : slope_low) /= 2;
    last_side = side;
  }
  Minimum minimum;
  minimum.z = problem.coordinates_of(theta);
  minimum.objective = problem.objective(minimum.z.data());
  minimum.converged = bracketed;
  return minimum;
}

/// From anywhere to the floor of its valley, downhill with ever longer steps until the slope turns;
/// where it never does, as far as that leads.
Minimum floor_from(const FitProblem& problem, LinearSolver& solver, double from, double step) {
  constexpr int kMostSteps = 40;
  constexpr double kMostGrowth = 10;  // of a parameter that is fitted by its logarithm, a step
  const int coordinate = solver.nonlinear_coordinate();
  const bool of_log = problem.of_log(problem.parameter_of(coordinate));
  std::vector<double> theta(at(problem.n_parameters()));
  const double first = solver.slope(from, theta.data());
  const bool up = first < 0;
  bool settled = first == 0;
  double growth = 1 + step / std::abs(from);
  for (int i = 0; i < kMostSteps && !settled;
       ++i, step *= 2, growth = std::min(growth * growth, kMostGrowth)) {
    const double next = of_log ? (up ? from * growth : from / growth)
                               : std::clamp(up ? from + step : from - step,
                                            problem.lower(coordinate), problem.upper(coordinate));
    const double slope = solver.slope(next, theta.data());
    if (!std::isfinite(slope)) break;
    if (up ? slope >= 0 : slope <= 0)
      return valley_floor(problem, solver, std::min(from, next), std::max(from, next));
    settled = next == from;  // at a bound
    from = next;
  }
  solver.slope(from, theta.data());
  Minimum minimum;
  minimum.z = problem.coordinates_of(theta);
  minimum.objective = problem.objective(minimum.z.data());
  minimum.converged = settled;
  return minimum;
}

/// From a valley of the grid to its floor, for least squares with one nonlinear coordinate.
Minimum descend_by_slope(const FitProblem& problem, LinearSolver& solver, const Nodes& nodes,
                         const Candidates& candidates, int node) {
  const int last = static_cast<int>(nodes.count) - 1;
  const double before = *nodes.at(at(std::max(node - 1, 0)));
  const double after = *nodes.at(at(std::min(node + 1, last)));
  if (node > 0 && node < last) {
    Minimum floor = valley_floor(problem, solver, before, after);
    if (floor.converged && floor.objective <= candidates.objective(node) * (1 + 1e-9)) return floor;
  }
  // What goes on falling, towards a limit that the law names, needs no following.
  if (!limits_are_known(problem))
    return floor_from(problem, solver, *nodes.at(at(node)), after - before);
  Minimum here;
  here.z = problem.coordinates_of(candidates.theta(node));
  here.objective = candidates.objective(node);
  return here;
}

/// Where the way down ends from z with the linear parameters solved first.
Minimum descend_from_solved(const FitProblem& problem, const Structure& structure,
                            const std::vector<double>& z) {
  constexpr int kRounds = 3;
  std::vector<double> theta = problem.theta_at(z), nonlinear;
  for (const int i : structure.nonlinear) nonlinear.push_back(theta[at(problem.parameter_of(i))]);
  LinearSolver(problem, structure).solve(nonlinear.data(), kRounds, theta.data());
  return followed(problem, structure, descend(problem, problem.coordinates_of(theta)));
}

/// The bottom below a start that nothing is known about and from where minimize() alone does not
/// settle: the lowest of where that way goes on to, where it leads with the linear parameters
/// solved first, and where minimize_profiled() leads.
Minimum descend_further(const FitProblem& problem, const Structure& structure,
                        const std::vector<double>& z, Minimum unsettled) {
  Minimum best = followed(problem, structure, std::move(unsettled));
  const auto consider = [&](Minimum found) {
    const bool lower = !(best.objective <= found.objective * (1 + 1e-9));
    const bool settles = found.converged && !best.converged && found.objective <= best.objective;
    if (lower || settles) best = std::move(found);
  };
  if (structure.linear.empty() || structure.nonlinear.empty()) return best;
  consider(descend_from_solved(problem, structure, z));
  if (can_profile(problem, structure)) consider(minimize_profiled(problem, z, structure.nonlinear));
  return best;
}

// What crept along on few points gets so many steps on them, and on all beside one that settled.
constexpr int kSketchSteps = 60;

/// Descents on a problem, or on a sketch of it (the same with few of its points), from the nodes
/// and from other starts; keeps what they find.
class Polishing {
 public:
  Polishing(const FitProblem& problem, const Structure& structure, bool sketch,
            const SearchOptions& options)
      : problem_(problem),
        structure_(structure),
        sketch_(sketch),
        options_(options),
        fine_(options.mesh == Mesh::fine),
        solver_(problem, structure),
        nodes_(nodes_over(search_spans(problem, structure.nonlinear), options.mesh)),
        candidates_(solve_all(nodes_, solver_, problem.n_parameters())) {
    const LossKind loss = problem.loss().kind;
    cornered_ = loss == LossKind::huber || loss == LossKind::asymmetric;
    by_slope_ = structure.nonlinear.size() == 1 && solver_.exact() && !problem.has_priors();
  }

  /// One nonlinear coordinate and least squares: valleys are followed by the profile's slope.
  bool by_slope() const { return by_slope_; }

  void from_nodes() {
    // A descent by corners is several.
    const std::size_t n_further = !options_.further_nodes ? 0 : cornered_ ? 32 : 160;
    const Starts starts = worth_polishing(candidates_, nodes_.shape, options_.mesh, n_further);
    for (const int node : starts.first) from_node(node);
    for (const int node : starts.further) {
      if (many_agree()) break;
      from_node(node);
    }
  }

  void from(const std::vector<double>& theta) {
    if (by_slope_) {
      const double place = theta[at(problem_.parameter_of(solver_.nonlinear_coordinate()))];
      constexpr double kFirstStep = 1e-3;
      return add(floor_from(problem_, solver_, place, kFirstStep * std::abs(place)));
    }
    const std::vector<double> start = problem_.coordinates_of(theta);
    Minimum direct = descend(problem_, start, {.useful_below = useful_below()});
    if (!direct.converged && direct.objective <= kNear * settled_) {
      direct = fine_ ? descend_further(problem_, structure_, start, std::move(direct))
                     : descend_from_solved(problem_, structure_, start);
    }
    add(std::move(direct));
  }

  /// Best first.
  std::vector<Minimum> minima() const {
    std::vector<Minimum> sorted = minima_;
    sort_by_objective(sorted);
    return sorted;
  }

  /// How many descents ended in the best one.
  int n_agreeing() const {
    if (minima_.empty()) return 0;
    const double best = minima().front().objective;
    const double level = best * (1 + 1e-9) + problem_.rounding(best);
    return static_cast<int>(
        std::count_if(reached_.begin(), reached_.end(), [&](double f) { return f <= level; }));
  }

 private:
  /// Many descents settled in the lowest place that any has reached.
  bool many_agree() const {
    constexpr std::ptrdiff_t kMany = 6;
    const double lowest = *std::min_element(reached_.begin(), reached_.end());
    const auto is_lowest = [&](double f) { return f <= lowest * (1 + 1e-6); };
    return std::count_if(bottoms_.begin(), bottoms_.end(), is_lowest) >= kMany;
  }

  void from_node(int node) {
    if (by_slope_) {
      if (is_valley(candidates_, nodes_.shape, node))
        add(descend_by_slope(problem_, solver_, nodes_, candidates_, node));
      return;
    }
    const std::vector<double> start = problem_.coordinates_of(candidates_.theta(node));
    // What is polished again on all points need not settle on a few of them.
    add(descend(problem_, start,
                {.max_iterations = sketch_ ? kSketchSteps : 300,
                 .decrement_tolerance = sketch_ ? 1e-9 : 1e-15,
                 .useful_below = useful_below()}));
    if (cornered_) keep(minima_, minimize(problem_, start, {.max_iterations = 60}));
  }

  void add(Minimum found) {
    reached_.push_back(found.objective);
    if (found.converged) {
      bottoms_.push_back(found.objective);
      settled_ = std::min(settled_, found.objective);
    }
    keep(minima_, std::move(found));
  }

  /// What is said of all points does not hold on few; and a descent in many coordinates may creep
  /// along for long before it falls.
  double useful_below() const {
    const bool creeps = structure_.nonlinear.size() > kMostGridAxes && !cornered_;
    if (fine_ && creeps) return kInfinity;
    return sketch_ ? settled_ : std::min(settled_, options_.useful_below);
  }

  const FitProblem& problem_;
  const Structure& structure_;
  bool sketch_;
  const SearchOptions& options_;
  bool fine_, cornered_ = false, by_slope_ = false;
  LinearSolver solver_;
  Nodes nodes_;
  Candidates candidates_;
  std::vector<Minimum> minima_;
  std::vector<double> reached_, bottoms_;  // objectives of all, and of those that settled
  double settled_ = kInfinity;             // the lowest of these
};

/// What was found on few of a problem's points, polished on all of them.
std::vector<Minimum> polished_on(const FitProblem& problem, const std::vector<Minimum>& minima,
                                 double settled) {
  constexpr std::size_t kMost = 5;
  std::vector<Minimum> polished;
  for (std::size_t i = 0; i < std::min(minima.size(), kMost); ++i) {
    const bool creeps = !minima[i].converged && settled < kInfinity;
    Minimum found =
        descend(problem, minima[i].z,
                {.max_iterations = creeps ? kSketchSteps : 300, .useful_below = settled});
    if (found.converged) settled = std::min(settled, found.objective);
    keep(polished, std::move(found));
  }
  sort_by_objective(polished);
  return polished;
}

/// Where a sequence of nodes covers the nonlinear coordinates thinly, the smooth problem leads
/// where descents across corners do not; none for least squares itself.
std::vector<std::vector<double>> least_squares_optima(const FitProblem& problem) {
  constexpr std::size_t kMost = 3;
  std::vector<std::vector<double>> thetas;
  if (problem.loss().kind == LossKind::squared) return thetas;
  const SearchResult found = global_search(problem.with_loss({}), {}, {.further_nodes = false});
  for (std::size_t i = 0; i < std::min(kMost, found.minima.size()); ++i)
    thetas.push_back(problem.theta_at(found.minima[i].z));
  return thetas;
}

}  // namespace

Minimum descend_from(const FitProblem& problem, const Structure& structure,
                     const std::vector<double>& z) {
  return descend_further(problem, structure, z, descend(problem, z));
}

SearchResult global_search(const FitProblem& given,
                           const std::vector<std::vector<double>>& extra_starts,
                           const SearchOptions& options) {
  SearchResult result;
  result.structure = structure_of(given);
  const std::size_t n_axes = result.structure.nonlinear.size();
  result.exhaustive = n_axes <= kMostGridAxes;
  const bool linear = n_axes == 0;
  const FitProblem problem = linear ? given.in_natural_scale() : given;
  const Points few = thinned(
      problem.points(),
      n_axes == 1 ? kMostPointsOfOneAxis : kSearchPointsPerParameter * at(problem.n_parameters()));
  const bool thin = few.size() < problem.points().size();
  const FitProblem sketch = thin ? problem.with_points(few) : problem;

  Polishing polishing(sketch, result.structure, thin, options);
  polishing.from_nodes();
  if (options.mesh == Mesh::fine && !result.exhaustive && polishing.n_agreeing() < 2) {
    for (const std::vector<double>& theta : least_squares_optima(sketch)) polishing.from(theta);
  }
  for (const std::vector<double>& theta : extra_starts) polishing.from(theta);
  result.n_agreeing = polishing.n_agreeing();
  result.minima = polishing.minima();
  if (thin) result.minima = polished_on(problem, result.minima, options.useful_below);
  if (!polishing.by_slope() || thin) follow_valleys(problem, result.structure, result.minima);
  if (linear) {
    for (Minimum& minimum : result.minima)
      minimum.z = given.coordinates_of(problem.theta_at(minimum.z));
  }
  return result;
}

}  // namespace rung
