#include "rung/study/plan/answer.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/possible.hpp"
#include "rung/study/plan/solver.hpp"

namespace rung::plan {
namespace {

/// As percentile_interval, but values may be infinite: they count as beyond all others. Sizes of 0
/// are those of refits by which every model reaches the target.
std::optional<Interval> interval_of(std::vector<double> values, double level) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  constexpr std::size_t kFewest = 20;
  if (values.size() < kFewest) return std::nullopt;
  std::sort(values.begin(), values.end());
  return Interval{level, sorted_quantile(values, 0.5 - level / 2),
                  sorted_quantile(values, 0.5 + level / 2), "bootstrap"};
}

std::vector<double> replicate(const Fitted& fitted, std::size_t i) {
  const Replicates& replicates = fitted.replicates;
  return replicates.n == 0 ? fitted.fit.theta : replicates.theta_of(i % replicates.n);
}

/// A metric without replicates has its own interval at the loss, beside what the loss moves it by.
std::optional<Interval> with_own_interval(const Fitted& metric, double loss,
                                          std::optional<Interval> by_loss) {
  const std::optional<Interval> own = metric.interval({{loss}});
  if (!own || !by_loss) return std::nullopt;
  const double middle = metric.predict({{loss}});
  by_loss->lower = middle - std::hypot(middle - by_loss->lower, middle - own->lower);
  by_loss->upper = middle + std::hypot(by_loss->upper - middle, own->upper - middle);
  return by_loss;
}

void add_intervals(const Solver& solver, const Source& source, const Question& question,
                   int n_threads, Answer& result) {
  // What one law alone is drawn for would pass for the spread of both.
  const bool metric_is_drawn = !source.metric || source.metric->replicates.n > 0;
  if (source.loss->replicates.n == 0 || (question.target_metric && !metric_is_drawn)) return;
  const std::size_t count = std::max(source.loss->replicates.n,
                                     source.metric ? source.metric->replicates.n : std::size_t{0});
  // Refits' answers lie near that of the fit.
  const std::optional<double> near =
      result.best ? std::optional(result.best->n_params) : std::nullopt;
  std::vector<double> n(count, kInfinity), d = n, flops = n, loss(count, std::nan("")),
                                           metric = loss, reached(count);
  parallel_for(count, n_threads, [&](std::size_t i) {
    const Draw draw{replicate(*source.loss, i),
                    source.metric ? replicate(*source.metric, i) : std::vector<double>{}};
    if (solver.is_reached_by_all(draw)) {
      n[i] = d[i] = flops[i] = 0;
      reached[i] = 1;
      return;
    }
    const std::optional<Allocation> one = solver.solve(draw, near);
    if (!one) return;
    n[i] = one->n_params, d[i] = one->n_tokens, flops[i] = one->training_flops, loss[i] = one->loss;
    if (const auto value = solver.metric_at(draw, *one)) metric[i] = *value;
    reached[i] = 1;
  });
  double sum = 0;
  for (const double one : reached) sum += one;
  result.reachable_share = sum / static_cast<double>(count);
  // Refits stay near one of the optima that fit as well, and say nothing of the others.
  if (!source.loss->fit.identified || (source.metric && !source.metric->fit.identified)) return;
  const double level = source.loss->options.level;
  if (result.best) {
    result.n_params = interval_of(n, level);
    result.n_tokens = interval_of(d, level);
    if (!question.budget_flops) result.training_flops = interval_of(flops, level);
    const bool is_target = question.target_loss || (question.target_metric && !source.metric);
    if (!is_target && result.is_possible)
      result.loss = possible_part(interval_of(loss, level), source.loss->possible);
    std::optional<Interval> of_metric = interval_of(metric, level);
    if (!metric_is_drawn)
      of_metric = with_own_interval(*source.metric, result.best->loss, std::move(of_metric));
    if (result.metric && (question.budget_flops || question.target_loss))
      result.metric_interval = possible_part(
          std::move(of_metric), (source.metric ? source.metric : source.loss)->possible);
  }
}

/// What other parameters of the first law, which fit as well, say to do: from the smallest model to
/// the largest, and how many of them have no optimum at all, which it gives.
std::size_t warn_of_alternatives(const Solver& solver, const Draw& fitted, const Source& source,
                                 Answer& result) {
  constexpr double kSame = 1e-3;
  std::vector<Allocation> others;
  std::size_t n_without = 0;
  for (const Alternative& alternative : source.loss->fit.alternatives) {
    const std::optional<Allocation> other = solver.solve({alternative.theta, fitted.metric});
    if (!other || !solver.is_inside(*other)) {
      ++n_without;
    } else if (std::abs(other->n_params / result.best->n_params - 1) > kSame) {
      others.push_back(*other);
    }
  }
  const auto words = [](const Allocation& at) {
    return "N = " + short_count(at.n_params) + " and D = " + short_count(at.n_tokens);
  };
  if (!others.empty()) {
    const auto [least, most] = std::minmax_element(
        others.begin(), others.end(),
        [](const Allocation& a, const Allocation& b) { return a.n_params < b.n_params; });
    const bool one = most->n_params / least->n_params - 1 <= kSame;
    const auto by_size = [](const Allocation& a, const Allocation& b) {
      return a.n_params < b.n_params;
    };
    result.others = {std::min(*least, *result.best, by_size),
                     std::max(*most, *result.best, by_size)};
    result.warnings.push_back(
        "other parameters that fit as well say " +
        (one ? words(*least) : "anything from " + words(*least) + " to " + words(*most)));
  }
  if (n_without > 0)
    result.warnings.push_back(std::to_string(n_without) + " of the " +
                              std::to_string(source.loss->fit.alternatives.size()) +
                              " other parameters that fit as well have no optimum");
  return n_without;
}

/// Whether the fits' other parameters, as far as they were found, leave the answer as it is.
bool is_determined(const Source& source, const Question& question, const Answer& result,
                   std::size_t n_without) {
  const bool by_metric = question.target_metric && source.metric;
  if (by_metric && !source.metric->fit.identified) return false;
  if (source.loss->fit.identified) return true;
  return !source.loss->fit.alternatives.empty() && !result.others && n_without == 0;
}

/// An optimum at the edge of what was searched, of parameters that the data do not determine, is no
/// answer.
void drop_undetermined(const Source& source, Answer& result) {
  if (!result.best || !result.best->at_edge || source.loss->fit.identified) return;
  result.best.reset();
  result.metric.reset();
  result.why_not =
      "not determined: these parameters have no optimum within what was searched, and others fit "
      "the data as well";
}

/// What no accuracy can be is said, and is none.
void drop_impossible(const Source& source, Answer& result) {
  if (std::string words = impossible_words(result.best->loss, source.loss->possible);
      !words.empty()) {
    result.is_possible = false;
    result.warnings.push_back(std::move(words));
  }
  if (!source.metric || !result.metric) return;
  std::string words = impossible_words(*result.metric, source.metric->possible, "the second law");
  if (result.is_possible && words.empty()) return;
  result.metric.reset();
  if (!words.empty()) result.warnings.push_back(std::move(words));
}

void warn(const Source& source, Answer& result) {
  if (result.best->at_edge && source.loss->fit.identified)
    result.warnings.push_back("the optimum lies at the edge of what was searched");
  if (!source.metric) return;
  const double lowest = source.metric->lowest.front(), highest = source.metric->highest.front();
  result.is_outside_metric = result.best->loss < lowest || result.best->loss > highest;
  if (result.is_outside_metric)
    result.warnings.push_back("a loss of " + significant(result.best->loss) +
                              " lies outside the losses that the second law was fitted to (" +
                              significant(lowest) + " to " + significant(highest) + ")");
}

}  // namespace

std::string reached_share(const Answer& found) {
  const double share = found.reachable_share.value_or(found.best ? 1 : 0);
  // Unreachable in all refits, too, is no news.
  constexpr double kNone = 0.005;
  if (found.best ? share >= 1 : share < kNone) return "";
  return percent(share, share > 1 - kNone ? 1 : 0);
}

Answer answer(const Source& source, const Question& question, const AllocateOptions& options,
              int n_threads) {
  if (source.metric && source.metric->law->n_inputs() != 1)
    throw InputError("'" + source.metric->law->info.name + "' is no law of the loss alone",
                     "fit the metric over the loss: --law sigmoid --x L=loss --y accuracy");
  const Solver solver(source, question, options);
  const Draw fitted{source.loss->fit.theta,
                    source.metric ? source.metric->fit.theta : std::vector<double>{}};
  Answer result;
  result.is_reached_by_all = solver.is_reached_by_all(fitted);
  if (result.is_reached_by_all) {
    result.why_not = solver.why_all(fitted);
    return result;
  }
  result.best = solver.solve(fitted);
  if (result.best) {
    result.metric = solver.metric_at(fitted, *result.best);
    drop_impossible(source, result);
    warn(source, result);
    const std::size_t n_without = warn_of_alternatives(solver, fitted, source, result);
    result.determined = is_determined(source, question, result, n_without);
    drop_undetermined(source, result);
  } else {
    result.why_not = solver.why_not(fitted);
    result.ceiling = solver.open_ceiling(fitted);
  }
  add_intervals(solver, source, question, n_threads, result);
  return result;
}

}  // namespace rung::plan
