#include "rung/study/observational/subset.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "rung/core/error.hpp"
#include "rung/study/observational/subset_space.hpp"

namespace rung::observational {
namespace {

constexpr std::size_t kMostComponents = 8;
/// Pivots of a whitened Gram below this are what rounding leaves of a singular one, and a trace
/// above its inverse is one that determines nothing.
constexpr double kSingular = 1e-12;
constexpr double kTie = 1e-12;

Packed packed(const Matrix& matrix) {
  Packed result;
  for (std::size_t i = 0; i < matrix.n_rows; ++i) {
    for (std::size_t j = 0; j <= i; ++j) result.push_back((matrix(i, j) + matrix(j, i)) / 2);
  }
  return result;
}

/// The greatest sum of a column's sizes.
double one_norm(const Matrix& matrix) {
  std::vector<double> sums(matrix.n_columns);
  for (std::size_t i = 0; i < matrix.n_rows; ++i) {
    for (std::size_t j = 0; j < matrix.n_columns; ++j) sums[j] += std::abs(matrix(i, j));
  }
  return *std::max_element(sums.begin(), sums.end());
}

void check(const SubsetProblem& problem) {
  const std::size_t k = problem.all.n_columns;
  if (k < 1 || k > kMostComponents)
    throw InputError("families are chosen for 1 to " + std::to_string(kMostComponents) +
                     " components, not " + std::to_string(k));
  if (problem.budgets.empty()) throw InputError("no budget of models to choose families for");
  for (const std::size_t budget : problem.budgets) {
    if (budget == 0) throw InputError("a budget of 0 models chooses nothing");
  }
  if (problem.families.empty()) throw InputError("there is no family to choose");
  if (problem.max_families <= problem.n_included)
    throw InputError("at most " + std::to_string(problem.max_families) + " families, of which " +
                         std::to_string(problem.n_included) +
                         " are always in, leave none to choose",
                     "--max-families counts those that --include-family names");
}

double combinations(std::size_t n, std::size_t most) {
  double total = 0, term = 1;
  for (std::size_t r = 1; r <= std::min(n, most); ++r) {
    term = term * static_cast<double>(n - r + 1) / static_cast<double>(r);
    total += term;
  }
  return std::round(total);
}

std::vector<std::size_t> indices(std::uint64_t families) {
  std::vector<std::size_t> result;
  for (; families != 0; families &= families - 1)
    result.push_back(static_cast<std::size_t>(std::countr_zero(families)));
  return result;
}

}  // namespace

SubsetSpace::SubsetSpace(const SubsetProblem& problem) : k(problem.all.n_columns) {
  const SymmetricEigen axes = symmetric_eigen(problem.all);
  if (!(axes.values.front() > kSingular * axes.values.back()))
    throw InputError("the models of all families together don't determine a regression on " +
                         std::to_string(k) + " components",
                     "take fewer components (--pcs), or more models");
  Matrix whiten = axes.vectors;
  for (std::size_t i = 0; i < k; ++i) scale(1 / std::sqrt(axes.values[i]), whiten.row(i));
  const auto whitened = [&](const Matrix& gram) {
    return packed(product_transposed(product(whiten, gram), whiten));
  };
  for (const FamilyGram& family : problem.families) {
    grams.push_back(whitened(family.gram));
    n_models.push_back(family.n_models);
  }
  included = problem.n_included > 0 ? whitened(problem.included.gram) : Packed(k * (k + 1) / 2);
  n_included_models = problem.n_included > 0 ? problem.included.n_models : 0;
  most = std::min(problem.max_families - problem.n_included, problem.families.size());
  budgets = problem.budgets;
  std::sort(budgets.begin(), budgets.end());
  budgets.erase(std::unique(budgets.begin(), budgets.end()), budgets.end());
}

double trace_of_inverse(const double* m, std::size_t k) {
  double l[kMostComponents][kMostComponents], inverse_d[kMostComponents];
  for (std::size_t j = 0; j < k; ++j) {
    double d = m[j * (j + 1) / 2 + j];
    for (std::size_t p = 0; p < j; ++p) d -= l[j][p] * l[j][p] / inverse_d[p];
    if (!(d > kSingular)) return std::numeric_limits<double>::infinity();
    inverse_d[j] = 1 / d;
    for (std::size_t i = j + 1; i < k; ++i) {
      double value = m[i * (i + 1) / 2 + j];
      for (std::size_t p = 0; p < j; ++p) value -= l[i][p] * l[j][p] / inverse_d[p];
      l[i][j] = value * inverse_d[j];
    }
  }
  double trace = 0;
  for (std::size_t j = 0; j < k; ++j) {
    double column[kMostComponents];
    column[j] = 1;
    trace += inverse_d[j];
    for (std::size_t i = j + 1; i < k; ++i) {
      double value = -l[i][j];
      for (std::size_t p = j + 1; p < i; ++p) value -= l[i][p] * column[p];
      column[i] = value;
      trace += value * value * inverse_d[i];
    }
  }
  return trace < 1 / kSingular ? trace : std::numeric_limits<double>::infinity();
}

bool better(const FoundSubset& a, const FoundSubset& b) {
  if (a.trace < b.trace * (1 - kTie)) return true;
  if (a.trace > b.trace * (1 + kTie)) return false;
  const int n_a = std::popcount(a.families), n_b = std::popcount(b.families);
  if (n_a != n_b) return n_a < n_b;
  const std::uint64_t apart = a.families ^ b.families;
  return (a.families & apart & (~apart + 1)) != 0;  // the one with the lowest that they don't share
}

void Champions::offer(const SubsetSpace& space, const FoundSubset& found) {
  if (std::isinf(found.trace)) return;
  for (std::size_t b = 0; b < best.size(); ++b) {
    if (found.n_models > space.budgets[b]) continue;
    if (!best[b] || better(found, *best[b])) best[b] = found;
  }
}

double Champions::below(std::size_t budget) const {
  return best[budget] ? best[budget]->trace * (1 + 2 * kTie)
                      : std::numeric_limits<double>::infinity();
}

SubsetResult best_subsets(const SubsetProblem& problem, const SubsetOptions& options) {
  check(problem);
  if (problem.families.size() > 64)
    throw InputError(
        std::to_string(problem.families.size()) + " families to choose among; 64 are the most",
        "leave some out with --families or --where");
  const SubsetSpace space(problem);
  SubsetResult result;
  result.n_combinations = combinations(space.n_families(), space.most);
  Champions champions(space);
  if (result.n_combinations <= options.exhaustive_up_to) {
    champions = search_all(space, options.n_threads);
  } else {
    BranchAndBound found = branch_and_bound(space, options.most_nodes, options.n_threads);
    champions = found.champions;
    result.method =
        found.complete ? SubsetMethod::branch_and_bound : SubsetMethod::stopped_too_early;
  }
  for (const std::size_t budget : problem.budgets) {
    const auto place = std::lower_bound(space.budgets.begin(), space.budgets.end(), budget);
    const auto& found = champions.best[static_cast<std::size_t>(place - space.budgets.begin())];
    std::optional<Subset> subset;
    if (found) {
      const std::vector<std::size_t> families = indices(found->families);
      const auto objective = subset_objective(problem, families);
      subset = Subset{families, found->n_models, objective ? *objective : -found->trace};
    }
    result.best.push_back(std::move(subset));
  }
  return result;
}

std::optional<double> subset_objective(const SubsetProblem& problem,
                                       const std::vector<std::size_t>& families) {
  Matrix sum(problem.all.n_columns, problem.all.n_columns);
  if (problem.n_included > 0) add_scaled(1, problem.included.gram, sum);
  for (const std::size_t family : families) add_scaled(1, problem.families[family].gram, sum);
  const auto factor = cholesky(sum);
  if (!factor) return std::nullopt;
  const Matrix inverse = cholesky_inverse(*factor);
  if (one_norm(sum) * one_norm(inverse) > 1 / kSingular) return std::nullopt;
  return -dot(problem.all.values, inverse.values);
}

}  // namespace rung::observational
