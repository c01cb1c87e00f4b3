#include "rung/fit/search.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rung/fit/bounded_least_squares.hpp"

namespace rung {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

// The search looks at no more points than this; what it finds is polished on all of them.
constexpr std::size_t kMostSearchPoints = 192;

Points thinned(const Points& points) {
  const std::size_t n = std::min(points.size(), kMostSearchPoints);
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
  std::vector<std::vector<double>> values;  // [node][nonlinear coordinate]
  std::vector<int> shape;                   // of the grid; empty for a sequence
};

double placed(const Span& span, double share) {
  if (span.by_log && span.low < 0) {
    // sinh is linear within a thousandth of the ends and exponential further out.
    const double middle = 1e-3 * std::max(-span.low, span.high);
    const double from = std::asinh(span.low / middle), to = std::asinh(span.high / middle);
    return middle * std::sinh(from + (to - from) * share);
  }
  return span.by_log ? span.low * std::pow(span.high / span.low, share) : span.low + (span.high - span.low) * share;
}

double halton(int index, int base) {
  double value = 0, share = 1;
  for (int i = index; i > 0; i /= base) {
    share /= base;
    value += share * (i % base);
  }
  return value;
}

Nodes nodes_over(const std::vector<Span>& spans) {
  constexpr int kPerAxis[] = {1, 72, 22, 10};
  constexpr int kSequence = 1024;
  constexpr int kPrimes[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53,
                             59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131};
  Nodes nodes;
  const int q = static_cast<int>(spans.size());
  if (q > 3) {
    for (int i = 1; i <= kSequence; ++i) {
      std::vector<double> node;
      for (int c = 0; c < q; ++c) node.push_back(placed(spans[at(c)], halton(i, kPrimes[c])));
      nodes.values.push_back(std::move(node));
    }
    return nodes;
  }
  const int per_axis = kPerAxis[q];
  int total = 1;
  for (int c = 0; c < q; ++c) {
    nodes.shape.push_back(per_axis);
    total *= per_axis;
  }
  for (int i = 0; i < total; ++i) {
    std::vector<double> node;
    for (int c = 0, rest = i; c < q; ++c, rest /= per_axis) {
      node.push_back(placed(spans[at(c)], static_cast<double>(rest % per_axis) / (per_axis - 1)));
    }
    nodes.values.push_back(std::move(node));
  }
  return nodes;
}

/// A node with its linear parameters solved.
struct Candidate {
  std::vector<double> theta;
  double objective = kInfinity;
  unsigned face = 0;  // two bits a linear coordinate: at its lower, at its upper bound
  int node = 0;
};

/// Solves the linear parameters of one problem at nodes, by iteratively reweighted bounded least squares.
class LinearSolver {
 public:
  LinearSolver(const FitProblem& problem, const Structure& structure)
      : problem_(problem), structure_(structure), n_(problem.points().size()), f_(problem.points().n_padded()),
        jacobian_(problem.points().n_padded() * at(problem.n_parameters())) {
    for (const int c : structure.linear) {
      const bool of_log = problem.of_log(problem.parameter_of(c));
      lower_.push_back(of_log ? std::exp(problem.lower(c)) : problem.lower(c));
      upper_.push_back(of_log ? std::exp(problem.upper(c)) : problem.upper(c));
    }
    const LossShape shape = problem.loss().shape(1e-3);
    exact_after_one_ = problem.residual() == Residual::raw && shape.delta == kInfinity;
  }

  Candidate solve(const std::vector<double>& nonlinear, int n_rounds) {
    Candidate candidate;
    candidate.theta = start_theta(nonlinear);
    if (!structure_.linear.empty()) {
      basis_at(candidate.theta);
      std::vector<double> weight = first_weights();
      for (int round = 0; round < (exact_after_one_ ? 1 : n_rounds); ++round) {
        const std::vector<double> b = bounded_least_squares(normal_equations(weight), lower_, upper_);
        set_linear(candidate, b);
        reweigh(b, weight);
      }
    }
    candidate.objective = problem_.objective(problem_.coordinates_of(candidate.theta).data(), nullptr, 1e-3);
    if (!(candidate.objective < kInfinity)) candidate.objective = kInfinity;
    return candidate;
  }

 private:
  std::vector<double> start_theta(const std::vector<double>& nonlinear) const {
    std::vector<double> z(at(problem_.n_free()), 0.0);
    std::vector<double> theta = problem_.theta_at(z);
    for (int p = 0; p < problem_.n_parameters(); ++p) {
      const int c = problem_.coordinate_of(p);
      for (std::size_t k = 0; k < structure_.nonlinear.size(); ++k) {
        if (c == structure_.nonlinear[k]) theta[at(p)] = nonlinear[k];
      }
      for (const int linear : structure_.linear) {
        if (c == linear) theta[at(p)] = 0;
      }
    }
    return theta;
  }

  /// f at linear parameters zero, and the columns that they multiply.
  void basis_at(const std::vector<double>& theta) {
    KernelCall call = problem_.call_at(theta.data());
    call.of_log = nullptr;
    const Kernel& kernel = problem_.law().kernel;
    kernel.jacobian(kernel.self.get(), call, f_.data(), jacobian_.data());
  }
  double column(int k, std::size_t i) const {
    const int p = problem_.parameter_of(structure_.linear[at(k)]);
    return jacobian_[at(p) * problem_.points().n_padded() + i];
  }

  /// dr/df at the observation.
  std::vector<double> first_weights() const {
    std::vector<double> weight(n_);
    for (std::size_t i = 0; i < n_; ++i) {
      const double y = problem_.points().y(i);
      const double slope = problem_.residual() == Residual::log     ? 1 / y
                           : problem_.residual() == Residual::logit ? 1 / (y * (1 - y))
                                                                    : 1;
      weight[i] = problem_.points().weight(i) * slope * slope;
    }
    return weight;
  }

  NormalEquations normal_equations(const std::vector<double>& weight) const {
    const int m = static_cast<int>(structure_.linear.size());
    NormalEquations equations{m, std::vector<double>(at(m * m), 0.0), std::vector<double>(at(m), 0.0)};
    for (int a = 0; a < m; ++a) {
      for (std::size_t i = 0; i < n_; ++i) {
        const double x = weight[i] * column(a, i);
        equations.rhs[at(a)] += x * (problem_.points().y(i) - f_[i]);
        for (int b = 0; b <= a; ++b) equations.gram[at(a * m + b)] += x * column(b, i);
      }
      for (int b = 0; b < a; ++b) equations.gram[at(b * m + a)] = equations.gram[at(a * m + b)];
    }
    return equations;
  }

  void set_linear(Candidate& candidate, const std::vector<double>& b) const {
    candidate.face = 0;
    for (std::size_t k = 0; k < b.size(); ++k) {
      candidate.theta[at(problem_.parameter_of(structure_.linear[k]))] = b[k];
      if (b[k] <= lower_[k]) candidate.face |= 1u << (2 * k);
      if (b[k] >= upper_[k]) candidate.face |= 2u << (2 * k);
    }
  }

  /// Weights that make the weighted square of f - y the loss's own slope at the present residual.
  void reweigh(const std::vector<double>& b, std::vector<double>& weight) const {
    const LossShape shape = problem_.loss().shape(1e-3);
    for (std::size_t i = 0; i < n_; ++i) {
      double f = f_[i];
      for (std::size_t k = 0; k < b.size(); ++k) f += b[k] * column(static_cast<int>(k), i);
      const double y = problem_.points().y(i);
      const double r = transformed(problem_.residual(), f) - transformed(problem_.residual(), y);
      if (!std::isfinite(r) || f == y || r == 0) continue;  // keeps its last weight
      const double side = r > 0 ? shape.weight_over : shape.weight_under;
      const double robust = shape.scale * side * (std::abs(r) <= shape.delta ? 1 : shape.delta / std::abs(r));
      const double secant = r / (f - y);
      weight[i] = problem_.points().weight(i) * robust * secant * secant;
    }
  }

  const FitProblem& problem_;
  const Structure& structure_;
  std::size_t n_;
  AlignedArray f_, jacobian_;
  std::vector<double> lower_, upper_;
  bool exact_after_one_ = false;
};

/// Whether a grid node is no higher than its neighbours along each axis.
bool is_valley(const std::vector<Candidate>& candidates, const std::vector<int>& shape, int node) {
  for (int axis = 0, stride = 1; axis < static_cast<int>(shape.size()); stride *= shape[at(axis)], ++axis) {
    const int place = node / stride % shape[at(axis)];
    if (place > 0 && candidates[at(node - stride)].objective < candidates[at(node)].objective) return false;
    if (place + 1 < shape[at(axis)] && candidates[at(node + stride)].objective < candidates[at(node)].objective) {
      return false;
    }
  }
  return true;
}

/// The best nodes: valleys of the grid, the best of each face of the bounds, and the best overall.
std::vector<Candidate> worth_polishing(std::vector<Candidate> candidates, const std::vector<int>& shape) {
  constexpr std::size_t kMostValleys = 8, kMostOfSequence = 16, kMostFaces = 4;
  std::vector<int> order(candidates.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return candidates[at(a)].objective < candidates[at(b)].objective; });
  const std::size_t most = shape.empty() ? kMostOfSequence : kMostValleys;
  std::vector<Candidate> chosen;
  std::vector<unsigned> faces;
  std::size_t n_valleys = 0;
  for (const int node : order) {
    const Candidate& candidate = candidates[at(node)];
    if (!(candidate.objective < kInfinity)) break;
    const bool valley = n_valleys < most && (shape.empty() || is_valley(candidates, shape, node));
    const bool new_face =
        faces.size() < kMostFaces && std::find(faces.begin(), faces.end(), candidate.face) == faces.end();
    if (new_face) faces.push_back(candidate.face);
    if (!valley && !new_face) continue;
    if (valley) ++n_valleys;
    chosen.push_back(candidate);
  }
  return chosen;
}

bool same_minimum(const Minimum& a, const Minimum& b) {
  for (std::size_t i = 0; i < a.z.size(); ++i) {
    if (std::abs(a.z[i] - b.z[i]) > 1e-5 * (1 + std::abs(a.z[i]))) return false;
  }
  return true;
}

/// A kinked loss is followed through ever smaller Huber corners.
Minimum descend(const FitProblem& problem, const std::vector<double>& z) {
  if (!problem.loss().kinked()) return minimize(problem, z);
  Minimum minimum;
  minimum.z = z;
  for (double corner = 1e-1; corner > 1e-10; corner /= 10) {
    minimum = minimize(problem, minimum.z, {.max_iterations = 100, .corner = corner});
  }
  return minimum;
}

void keep(std::vector<Minimum>& minima, Minimum found) {
  if (!(found.objective < kInfinity)) return;
  for (Minimum& other : minima) {
    if (!same_minimum(other, found)) continue;
    if (found.objective < other.objective) other = std::move(found);
    return;
  }
  minima.push_back(std::move(found));
}

void sort_by_objective(std::vector<Minimum>& minima) {
  std::stable_sort(minima.begin(), minima.end(),
                   [](const Minimum& a, const Minimum& b) { return a.objective < b.objective; });
}

}  // namespace

SearchResult global_search(const FitProblem& problem, const std::vector<std::vector<double>>& extra_starts) {
  SearchResult result;
  const Points few = thinned(problem.points());
  const bool thin = few.size() < problem.points().size();
  const FitProblem sketch = thin ? problem.with_points(few) : problem;
  result.structure = structure_of(sketch);
  result.exhaustive = result.structure.nonlinear.size() <= 3;

  const Nodes nodes = nodes_over(search_spans(sketch, result.structure.nonlinear));
  LinearSolver solver(sketch, result.structure);
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < nodes.values.size(); ++i) {
    candidates.push_back(solver.solve(nodes.values[i], 3));
    candidates.back().node = static_cast<int>(i);
  }
  std::vector<std::vector<double>> starts;
  for (const Candidate& candidate : worth_polishing(std::move(candidates), nodes.shape)) {
    starts.push_back(sketch.coordinates_of(candidate.theta));
  }
  for (const std::vector<double>& theta : extra_starts) starts.push_back(problem.coordinates_of(theta));

  std::vector<Minimum> minima;
  std::vector<double> reached;
  for (const std::vector<double>& start : starts) {
    Minimum found = descend(sketch, start);
    reached.push_back(found.objective);
    keep(minima, std::move(found));
  }
  sort_by_objective(minima);
  if (!minima.empty()) {
    const double level = minima.front().objective * (1 + 1e-9) + 1e-300;
    result.n_agreeing = static_cast<int>(std::count_if(reached.begin(), reached.end(), [&](double f) { return f <= level; }));
  }
  if (!thin) {
    result.minima = std::move(minima);
    return result;
  }
  constexpr std::size_t kMostRepolished = 5;
  for (std::size_t i = 0; i < std::min(minima.size(), kMostRepolished); ++i) {
    keep(result.minima, descend(problem, minima[i].z));
  }
  sort_by_objective(result.minima);
  return result;
}

}  // namespace rung
