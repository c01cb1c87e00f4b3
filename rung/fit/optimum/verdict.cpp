#include "rung/fit/optimum/verdict.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/index.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/optimum/alternatives.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/fit/optimum/limits.hpp"
#include "rung/fit/optimum/optimality.hpp"
#include "rung/fit/optimum/steps_out_of_numbers.hpp"
#include "rung/fit/optimum/way_back.hpp"

namespace rung {
namespace {

/// The divergence, unless the search for it passes a lower and finite minimum, which the global
/// search had missed: that one is then the best, and nothing diverges.
Divergence divergence_or_lower(const FitProblem& problem, SearchResult& search, int n_threads) {
  constexpr int kMostRounds = 4, kFewIterations = 60;
  constexpr double kLower = 1e-6;
  Divergence divergence;
  for (int round = 0; round < kMostRounds; ++round) {
    divergence = find_divergence(problem, search, n_threads);
    Minimum lowest{.objective = kInfinity};
    for (const Minimum& minimum : divergence.on_the_way) {
      Minimum found = descend_nearby(problem, minimum.z, {.max_iterations = kFewIterations});
      if (!(found.objective < divergence.furthest.objective * (1 - kLower))) continue;
      found = descend_from(problem, search.structure, found.z);
      if (found.converged && found.objective < lowest.objective) lowest = std::move(found);
    }
    const double level = divergence.furthest.objective, best = search.minima.front().objective;
    const bool as_low = lowest.objective <= level * (1 + kSameObjective);
    if (!as_low || !(lowest.objective < best * (1 - kSameObjective))) break;
    search.minima.insert(search.minima.begin(), std::move(lowest));
    search.enough_searches = false;
    divergence = {};
  }
  return divergence;
}

void judge_unbounded(const SearchResult& search, Verdict& verdict) {
  const Minimum& found = search.minima.front();
  const Minimum& furthest = verdict.divergence.furthest;
  verdict.status = Status::unbounded;
  const bool falls =
      furthest.objective < found.objective * (1 - kSameObjective) || !found.converged;
  // To a limit that the law names there need be no way from here.
  const bool elsewhere = verdict.divergence.diverging.empty() && found.converged;
  verdict.notes.push_back("no finite best fit: the objective " +
                          std::string(elsewhere ? "is no higher"
                                      : falls   ? "keeps falling"
                                                : "rises no more") +
                          " as " + verdict.divergence.towards +
                          (elsewhere ? "; the parameters shown are the best of finite size"
                                     : "; the parameters shown are far out on the way"));
  if (furthest.objective <= verdict.best.objective) verdict.best = furthest;
}

/// Of a minimum at infinity that few searches came near to, or where no grid covers the nonlinear
/// parameters, little can be said: another may be lower and finite. Nor where more minima are to be
/// expected (a loss that is not smooth has many, and searches may all have stopped at one kink).
bool is_sure(const FitProblem& problem, const SearchResult& search, const Divergence& divergence) {
  constexpr int kEnough = 5;
  if (divergence.diverging.empty()) return true;
  const bool at_rest = search.n_distinct > 0, kinked = problem.loss().kinked();
  // Of many searches that all run off to one objective none comes to rest, or agrees to a digit.
  const bool all_alike =
      search.n_searches >= 2 * kEnough && search.n_near_best == search.n_searches;
  const bool few_expected =
      kinked ? at_rest && search.enough_searches : at_rest || search.enough_searches || all_alike;
  return search.structure.is_covered() && few_expected &&
         search.n_near_best >= std::min(kEnough, search.n_searches);
}

/// Minima of many nonlinear parameters that all searches may miss.
std::string doubt_of_narrow_minima(const FitProblem& problem, const SearchResult& search) {
  constexpr std::size_t kFewToSpare = 3, kFewNonlinear = 2;
  if (search.structure.nonlinear.size() <= kFewNonlinear) return "";
  if (problem.law().info.may_have_poles)
    return "the law divides by a sum that may be zero between rows, where minima are narrow: there "
           "may be a lower one";
  const std::size_t n = problem.points().size(), n_free = at(problem.n_free());
  if (n >= n_free + kFewToSpare) return "";
  return std::to_string(n) + " rows for " + std::to_string(n_free) +
         " parameters leave minima where terms are steps from row to row: there may be a lower one";
}

std::string doubt_of_frequencies(const FitProblem& problem) {
  for (int k = 0; k < problem.n_free(); ++k) {
    const ParameterInfo& info = problem.law().info.parameters[at(problem.parameter_of(k))];
    if (info.frequency)
      return info.name +
             " is in a sine or cosine, where nearly each of its values has a minimum, "
             "of which a search sees few: there may be a lower one (a narrow range and a start "
             "say where: --param \"" +
             info.name + "=0.5..1.2@0.8\")";
  }
  return "";
}

/// That the objective falls to infinity, or that minima are narrow by the law's or the loss's kind;
/// empty where it does not and they are not.
std::string doubt_of_kind(const FitProblem& problem, const SearchResult& search,
                          const Divergence& divergence) {
  const bool covered = search.structure.is_covered();
  if (const std::string why = doubt_of_frequencies(problem); !why.empty()) return why;
  if (!divergence.towards.empty()) {
    const std::string n_searches = std::to_string(search.n_searches);
    return "the objective keeps falling as " + divergence.towards +
           (search.n_near_best > 0 ? " in " + std::to_string(search.n_near_best) + " of " +
                                         n_searches + " local searches"
                                   : " from the lowest found, near which none of " + n_searches +
                                         " local searches ended") +
           (covered ? "" : ", which cover few of the parameters' values") +
           ": there may be a finite best fit";
  }
  if (problem.loss().kinked() && !covered)
    return "a loss with kinks has many minima, and no grid covers the parameters: there may be a "
           "lower one";
  return "";
}

/// "the nearest 22% above", of the minima at rest; "" where there is only the best.
std::string nearest_above(const SearchResult& search) {
  const double best = search.minima.front().objective;
  for (std::size_t i = 1; i < search.minima.size(); ++i) {
    const double above = search.minima[i].objective / best - 1;
    if (search.minima[i].converged && above > kSameObjective && std::isfinite(above))
      return "the nearest " + significant(100 * above, 2) + "% above";
  }
  return "";
}

std::string doubt_of_count(const SearchResult& search) {
  if (search.enough_searches) return "";
  const int n_others = search.n_distinct - (search.n_in_best > 0 ? 1 : 0);
  const std::string nearest = nearest_above(search);
  std::string others = ", the others nowhere near";
  if (n_others > 0) {
    others = ", others in " + std::to_string(n_others) + (n_others == 1 ? " minimum" : " minima") +
             (nearest.empty() ? " not far above" : ", " + nearest);
  }
  return std::to_string(search.n_in_best) + " of " + std::to_string(search.n_searches) +
         " local searches ended here" + others + ": there may be a lower one";
}

/// That no search leads from where the best ended to where a lower one may be.
std::string doubt_of_place(const FitProblem& problem, const SearchResult& search) {
  if (search.structure.is_covered())
    return limits_are_known(problem) ? "" : lower_step_out_of_numbers(problem, search);
  if (const std::string why = doubt_of_narrow_minima(problem, search); !why.empty()) return why;
  std::vector<std::string> lost;
  const std::vector<bool> is_lost = without_way_back(problem, search);
  for (std::size_t k = 0; k < is_lost.size(); ++k) {
    if (is_lost[k])
      lost.push_back(problem.law()
                         .info.parameters[at(problem.parameter_of(search.structure.nonlinear[k]))]
                         .name);
  }
  if (lost.empty()) return "";
  return join(lost, ", ") + (lost.size() == 1 ? " is" : " are") +
         " at a bound or without effect, from where no local search leads back: there may be a "
         "lower minimum elsewhere";
}

void judge_finite(const FitProblem& problem, const SearchResult& search, bool certify,
                  Verdict& verdict) {
  const bool converged = verdict.best.converged;
  const std::string kind = doubt_of_kind(problem, search, verdict.divergence),
                    count = kind.empty() ? doubt_of_count(search) : "",
                    place = kind.empty() && (certify || count.empty())
                                ? doubt_of_place(problem, search)
                                : "";
  const std::string why_not = !kind.empty() ? kind : !count.empty() ? count : place;
  verdict.status = converged && certify && why_not.empty() ? Status::certified : Status::local;
  verdict.by_count_alone = converged && certify && !count.empty() && place.empty();
  if (!converged)
    verdict.notes.push_back("the search stopped before it reached a stationary point");
  if (!why_not.empty() && (converged || !verdict.divergence.towards.empty()))
    verdict.notes.push_back(why_not);
}

}  // namespace

Verdict verdict_of(const FitProblem& problem, SearchResult& search, bool certify, int n_threads) {
  Verdict verdict;
  if (certify) verdict.divergence = divergence_or_lower(problem, search, n_threads);
  const Divergence& divergence = verdict.divergence;
  verdict.best = search.minima.front();
  if (!divergence.towards.empty() && is_sure(problem, search, divergence)) {
    judge_unbounded(search, verdict);
    verdict.alternatives = find_alternatives_far_out(problem, search, verdict.best);
    return verdict;
  }
  judge_finite(problem, search, certify, verdict);
  search.minima.insert(search.minima.end(), divergence.level_with_best.begin(),
                       divergence.level_with_best.end());
  if (!certify) return verdict;
  verdict.alternatives = find_alternatives(problem, search);
  // Where one minimum is not the only one, searches that all ended in it were led there.
  const bool led = !verdict.alternatives.empty() && !search.structure.is_covered();
  if (led && verdict.status == Status::certified) {
    verdict.status = Status::local;
    verdict.notes.push_back(
        "no search covers all parameters' values: there may be a lower minimum");
  }
  return verdict;
}

}  // namespace rung
