#include "rung/study/plan/design.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/linear_algebra.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"

namespace rung::plan {
namespace {

using Vector = std::vector<double>;

/// Gains of the criterion's logarithm below this are rounding, or not worth a run.
constexpr double kLeastGain = 1e-9;

/// The design in coordinates in which today's covariance is the identity and a run's noise 1.
struct Whitened {
  Matrix root;                          // lower triangle of the correlations' Cholesky factor
  std::vector<Vector> slopes, targets;  // of candidates over the noise; of targets, plain
};

Whitened whitened(const Fitted& fitted, const std::vector<Candidate>& candidates,
                  const std::vector<std::vector<double>>& targets) {
  const Covariance& covariance = *fitted.fit.covariance;
  const std::size_t p = covariance.coordinates.size();
  const Matrix matrix(p, p, covariance.matrix);
  const auto per_sd = unit_diagonal_scale(matrix);
  const auto factor = per_sd ? cholesky(scaled_both_ways(matrix, *per_sd)) : std::nullopt;
  if (!factor)
    throw InputError("the runs so far hardly determine the law, so what more would help is unknown",
                     "hold parameters with --fix, or give priors");
  Whitened result{.root = *factor};
  const auto slope_at = [&](const std::vector<double>& inputs) -> Vector {
    Vector slope = fitted.gradient(inputs).slope;
    for (std::size_t i = 0; i < p; ++i) slope[i] /= (*per_sd)[i];
    return transposed_product(result.root, slope);
  };
  const double noise_sd = std::sqrt(covariance.estimate_variance);
  for (const Candidate& candidate : candidates) {
    result.slopes.push_back(slope_at(candidate.inputs));
    scale(1 / noise_sd, result.slopes.back());
  }
  for (const auto& inputs : targets) result.targets.push_back(slope_at(inputs));
  return result;
}

/// Several first choices, since exchanges of one or two runs may end short of the best.
constexpr std::size_t kMostStarts = 12;
/// As many sets of runs are tried one by one.
constexpr double kMostSets = 5e4;

/// Runs chosen so far with the covariance that they leave.
struct Choice {
  std::vector<std::size_t> runs;
  Matrix covariance;
  double cost = 0, gain = 0;
};

class Search {
 public:
  Search(const Whitened& design, const std::vector<Candidate>& candidates,
         const DesignOptions& options)
      : design_(design), candidates_(candidates), options_(options) {}

  Choice of(const std::vector<std::size_t>& runs) const {
    Choice choice{.covariance = Matrix::identity(design_.root.n_rows)};
    for (const std::size_t run : runs) add(run, choice);
    return choice;
  }

  /// Adds what helps most until nothing that fits helps.
  Choice filled(Choice choice, bool for_its_cost) const {
    std::vector<int> left(candidates_.size(), options_.most_repeats);
    for (const std::size_t run : choice.runs) --left[run];
    for (;;) {
      std::optional<std::size_t> best;
      double most = 0;
      for (std::size_t i = 0; i < candidates_.size(); ++i) {
        if (left[i] == 0 || choice.cost + candidates_[i].cost > affordable()) continue;
        const double gain = gain_of(i, choice.covariance);
        const double value = for_its_cost ? gain / candidates_[i].cost : gain;
        if (gain > kLeastGain && value > most) most = value, best = i;
      }
      if (!best) return choice;
      --left[*best];
      add(*best, choice);
    }
  }

  Choice best_filled(const Choice& start) const {
    Choice one = filled(start, true), other = filled(start, false);
    return one.gain >= other.gain ? one : other;
  }

  /// Takes out one or two runs and fills again while that helps.
  Choice exchanged(Choice choice, std::size_t& n_exchanges) const {
    constexpr std::size_t kMostExchanges = 30;
    while (n_exchanges < kMostExchanges) {
      Choice best = choice;
      for (std::size_t i = 0; i < choice.runs.size(); ++i) {
        consider(without(choice, i, i), best);
        if (!pairs_affordable(choice.runs.size())) continue;
        for (std::size_t k = 0; k < i; ++k) consider(without(choice, i, k), best);
      }
      if (best.gain <= choice.gain + kLeastGain) break;
      choice = std::move(best);
      ++n_exchanges;
    }
    return choice;
  }

  /// Whether all sets of as many runs as the cheapest leave room for can be tried.
  bool few_enough() const {
    const double cheapest = std::ranges::min(candidates_, {}, &Candidate::cost).cost;
    const double n = static_cast<double>(candidates_.size()), repeats = options_.most_repeats;
    double sets = 1, of_size = 1, k = 0;
    while (sets <= kMostSets && ++k <= n * repeats && k * cheapest <= affordable())
      sets += of_size *= (repeats > 1 ? n + k - 1 : n - k + 1) / k;
    return std::min(sets, std::pow(1 + repeats, n)) <= kMostSets;
  }

  /// The best of all sets, by trying them.
  Choice best_of_all() const {
    const Choice nothing = of({});
    Choice best = nothing;
    try_from(0, nothing, best);
    return best;
  }

  /// Exchanges from the greedy choice, and from each of the dearest runs, which greed passes over.
  Choice exchanged_from_several(Choice greedy, std::size_t& n_exchanges) const {
    std::vector<std::size_t> dearest;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (candidates_[i].cost <= affordable()) dearest.push_back(i);
    }
    std::stable_sort(dearest.begin(), dearest.end(), [&](std::size_t a, std::size_t b) {
      return candidates_[a].cost > candidates_[b].cost;
    });
    dearest.resize(pairs_affordable(greedy.runs.size()) ? std::min(dearest.size(), kMostStarts)
                                                        : 0);
    Choice best = exchanged(std::move(greedy), n_exchanges);
    for (const std::size_t first : dearest) {
      std::size_t more = 0;
      Choice found = exchanged(best_filled(of({first})), more);
      if (found.gain <= best.gain + kLeastGain) continue;
      best = std::move(found);
      n_exchanges += more;
    }
    return best;
  }

  /// The same runs, the most helpful for its cost first.
  std::vector<std::size_t> in_order(const Choice& choice) const {
    std::vector<std::size_t> rest = choice.runs, order;
    Choice so_far = of({});
    while (!rest.empty()) {
      const auto next = std::max_element(rest.begin(), rest.end(), [&](auto a, auto b) {
        return gain_of(a, so_far.covariance) / candidates_[a].cost <
               gain_of(b, so_far.covariance) / candidates_[b].cost;
      });
      add(*next, so_far);
      order.push_back(*next);
      rest.erase(next);
    }
    return order;
  }

  /// Variance of a target's prediction.
  double variance(std::size_t target, const Matrix& covariance) const {
    return quadratic_form(covariance, design_.targets[target]);
  }

 private:
  /// Budgets are met to rounding: ten runs of a tenth each fit.
  double affordable() const { return options_.budget * (1 + 1e-9); }

  /// Two runs at a time cost the square of the runs; beyond this one at a time has to do.
  bool pairs_affordable(std::size_t n_runs) const {
    constexpr double kMostWork = 2e6;
    const double n = static_cast<double>(n_runs);
    return n * n * static_cast<double>(candidates_.size()) < kMostWork;
  }

  std::size_t n_targets() const {
    return options_.criterion == Criterion::c ? 1 : design_.targets.size();
  }

  double total_variance(const Matrix& covariance) const {
    double sum = 0;
    for (std::size_t t = 0; t < n_targets(); ++t) sum += variance(t, covariance);
    return sum;
  }

  /// Fall of the criterion's logarithm by one more run (Sherman and Morrison).
  double gain_of(std::size_t run, const Matrix& covariance) const {
    const double more = 1 + quadratic_form(covariance, design_.slopes[run]);
    if (options_.criterion == Criterion::d) return std::log(more);
    const Vector moved = product(covariance, design_.slopes[run]);
    double fall = 0;
    for (std::size_t t = 0; t < n_targets(); ++t) {
      const double along = dot(design_.targets[t], moved);
      fall += along * along / more;
    }
    return -std::log1p(-fall / total_variance(covariance));
  }

  void add(std::size_t run, Choice& choice) const {
    choice.gain += gain_of(run, choice.covariance);
    const Vector moved = product(choice.covariance, design_.slopes[run]);
    add_outer(-1 / (1 + dot(design_.slopes[run], moved)), moved, choice.covariance);
    choice.cost += candidates_[run].cost;
    choice.runs.push_back(run);
  }

  Choice without(const Choice& choice, std::size_t i, std::size_t k) const {
    std::vector<std::size_t> runs;
    for (std::size_t at = 0; at < choice.runs.size(); ++at) {
      if (at != i && at != k) runs.push_back(choice.runs[at]);
    }
    return of(runs);
  }

  /// `so_far` and all that adds runs from the candidate `next` on.
  void try_from(std::size_t next, const Choice& so_far, Choice& best) const {
    if (so_far.gain > best.gain + kLeastGain) best = so_far;
    for (; next < candidates_.size(); ++next) {
      Choice more = so_far;
      for (int repeat = 0; repeat < options_.most_repeats; ++repeat) {
        if (more.cost + candidates_[next].cost > affordable()) break;
        add(next, more);
        try_from(next + 1, more, best);
      }
    }
  }

  void consider(const Choice& start, Choice& best) const {
    Choice found = best_filled(start);
    if (found.gain > best.gain + kLeastGain) best = std::move(found);
  }

  const Whitened& design_;
  const std::vector<Candidate>& candidates_;
  const DesignOptions& options_;
};

/// Of the information's square root with columns of length 1. `grown` is the information in
/// whitened coordinates.
double condition_number(const Whitened& design, const Matrix& grown) {
  const Matrix inverse = lower_inverse(design.root);
  const Matrix information = product(transposed_product(inverse, grown), inverse);
  const auto scales = unit_diagonal_scale(information);
  if (!scales) return kInfinity;
  const Vector values = symmetric_eigen(scaled_both_ways(information, *scales)).values;
  return std::sqrt(values.back() / std::max(values.front(), 1e-16));
}

/// Pairs of inputs that move together, by logarithm, over all runs.
void warn_of_collinearity(const Fitted& fitted, const std::vector<Candidate>& candidates,
                          Design& design) {
  if (!fitted.points) return;
  const std::vector<InputInfo>& inputs = fitted.law->info.inputs;
  const Points& points = *fitted.points;
  const auto logs = [&](std::size_t input) {
    std::vector<double> values;
    for (std::size_t i = 0; i < points.size(); ++i)
      values.push_back(std::log(points.input(input, i)));
    for (const Chosen& chosen : design.runs)
      values.push_back(std::log(candidates[chosen.candidate].inputs[input]));
    return values;
  };
  for (std::size_t a = 0; a < inputs.size(); ++a) {
    for (std::size_t b = a + 1; b < inputs.size(); ++b) {
      if (!inputs[a].positive || !inputs[b].positive) continue;
      const std::optional<double> r = correlation(logs(a), logs(b));
      constexpr double kTogether = 0.98;
      if (!r || std::abs(*r) < kTogether) continue;
      design.warnings.push_back(inputs[a].name + " and " + inputs[b].name +
                                " move together in all runs, old and new (correlation of "
                                "logarithms " +
                                significant(*r, 3) +
                                "), so their effects can't be told apart: offer candidates that "
                                "vary their ratio");
    }
  }
}

void warn(const Fitted& fitted, const std::vector<Candidate>& candidates, Design& design) {
  if (design.runs.empty()) {
    design.warnings.push_back(design.n_too_dear == candidates.size()
                                  ? "nothing to train: every candidate costs more than the budget"
                                  : "nothing to train: no candidate that fits the budget helps");
    return;
  }
  warn_of_collinearity(fitted, candidates, design);
  constexpr double kHardlyDetermined = 1e3;
  if (design.warnings.empty() && design.condition_after > kHardlyDetermined)
    design.warnings.push_back(
        "with these runs, too, the parameters can hardly be told apart "
        "(condition number " +
        significant(design.condition_after, 2) +
        "): trust the target's interval, not single parameters");
}

void check(const Fit& fit, const std::vector<Candidate>& candidates, const DesignOptions& options) {
  if (!fit.covariance)
    throw InputError("the runs so far don't determine the law, so what more would help is unknown",
                     "hold parameters with --fix, or give priors");
  if (!(fit.covariance->estimate_variance > 0))
    throw InputError(
        "the runs so far are fitted without any error, so there is nothing to sharpen");
  if (options.criterion != Criterion::d && options.targets.empty())
    throw InputError("criterion c and v need a target", "--at \"N=7e9, D=4e12\"");
  if (std::ranges::any_of(candidates, [](const Candidate& one) { return !(one.cost > 0); }))
    throw InputError("a candidate's cost is not positive");
}

}  // namespace

Design next_runs(const Fitted& fitted, const std::vector<Candidate>& candidates,
                 const DesignOptions& options) {
  check(fitted.fit, candidates, options);
  const Whitened white = whitened(fitted, candidates, options.targets);
  const Search search(white, candidates, options);
  Design design;
  for (const Candidate& candidate : candidates)
    design.n_too_dear += candidate.cost > options.budget;
  const Choice nothing = search.of({});
  Choice choice = search.best_filled(nothing);
  design.greedy_gain = choice.gain;
  if (options.refine && !candidates.empty())
    choice = search.few_enough()
                 ? search.best_of_all()
                 : search.exchanged_from_several(std::move(choice), design.n_exchanges);
  Choice so_far = nothing;
  Matrix information = nothing.covariance;
  for (const std::size_t run : search.in_order(choice)) {
    so_far.runs.push_back(run);
    so_far = search.of(so_far.runs);
    add_outer(1, white.slopes[run], information);
    design.runs.push_back({run, options.targets.empty() ? std::nullopt
                                                        : std::optional(std::sqrt(search.variance(
                                                              0, so_far.covariance)))});
  }
  design.cost = so_far.cost;
  design.gain = so_far.gain;
  design.condition_before = condition_number(white, nothing.covariance);
  design.condition_after = condition_number(white, information);
  const double dof = fitted.fit.covariance->dof;
  const double dof_after = dof + static_cast<double>(design.runs.size());
  for (std::size_t t = 0; t < options.targets.size(); ++t) {
    design.targets.push_back(forecast_at(fitted, options.targets[t],
                                         {search.variance(t, nothing.covariance), dof},
                                         {search.variance(t, so_far.covariance), dof_after}));
  }
  warn(fitted, candidates, design);
  return design;
}

}  // namespace rung::plan
