#include "rung/study/plan/answer.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/possible.hpp"

namespace rung::plan {
namespace {

constexpr std::size_t kMostReplicates = 500;
/// Stands for a loss of 0, at which some laws have no value.
constexpr double kNoLoss = 1e-9;

int input_of(const Law& law, const std::string& name) {
  for (std::size_t k = 0; k < law.info.inputs.size(); ++k) {
    if (law.info.inputs[k].name == name) return static_cast<int>(k);
  }
  return -1;
}

/// Where N, D and what is fixed_inputs stand among the law's inputs.
struct Places {
  std::size_t n = 0, d = 0;
  std::vector<double> inputs;
};

Places places_of(const Source& source) {
  const Law& law = *source.loss->law;
  const int n = input_of(law, "N"), d = input_of(law, "D");
  if (n < 0 || d < 0)
    throw InputError("'" + law.info.name + "' is no law of N and D, so nothing can be traded",
                     "take one such as chinchilla, or name a formula's inputs N and D");
  Places places{static_cast<std::size_t>(n), static_cast<std::size_t>(d), {}};
  for (const auto& [name, value] : source.fixed_inputs) {
    if (input_of(law, name) < 0 || name == "N" || name == "D")
      throw InputError("'" + law.info.name + "' has no input '" + name + "' to hold");
  }
  for (const InputInfo& input : law.info.inputs) {
    const auto fixed_inputs = source.fixed_inputs.find(input.name);
    if (fixed_inputs == source.fixed_inputs.end() && input.name != "N" && input.name != "D")
      throw InputError(
          "'" + law.info.name + "' needs " + input.name + ", too (" + input.meaning + ")",
          "say it with --hold \"" + input.name + "=VALUE\"");
    places.inputs.push_back(fixed_inputs == source.fixed_inputs.end() ? 0 : fixed_inputs->second);
  }
  return places;
}

LossOf law_at(const Law& law, std::vector<double> theta, const Places& places, double sign) {
  return [&law, theta = std::move(theta), places = places, sign](double n, double d) mutable {
    places.inputs[places.n] = n;
    places.inputs[places.d] = d;
    return sign * predict(law, theta, places.inputs);
  };
}

/// 1 where the law falls from the smallest to the largest inputs of its data, as a loss does; -1
/// where it rises, so that it is an accuracy and its negative stands for the loss.
double sign_of(const Fitted& fitted, Places places) {
  const auto at = [&](const std::vector<double>& inputs) {
    places.inputs[places.n] = inputs[places.n];
    places.inputs[places.d] = inputs[places.d];
    return fitted.predict(places.inputs);
  };
  return at(fitted.highest) > at(fitted.lowest) ? -1 : 1;
}

bool is_chinchilla(const Law& law, const AllocateOptions& options) {
  return law.info.name == "chinchilla" && options.inference_tokens == 0 && !options.most_tokens;
}

double lowest_loss(const LossOf& loss, const AllocateOptions& options) {
  return loss(options.most_params, options.most_tokens.value_or(kMostTokens));
}

/// One of the laws' parameter vectors: the fit, or a replicate.
struct Draw {
  std::vector<double> loss, metric;
};

class Solver {
 public:
  Solver(const Source& source, const Question& question, const AllocateOptions& options)
      : source_(source),
        question_(question),
        options_(options),
        law_(*source.loss->law),
        places_(places_of(source)),
        sign_(sign_of(*source.loss, places_)) {}

  std::optional<Allocation> solve(const Draw& draw) const {
    std::optional<Allocation> found = unsigned_solution(draw);
    if (found) found->loss *= sign_;
    return found;
  }

  /// An optimum of sizes that there may be, not at the edge of what was searched.
  bool is_inside(const Allocation& found) const {
    return !found.at_edge && options_.least_params <= found.n_params &&
           found.n_params <= options_.most_params && kLeastTokens <= found.n_tokens &&
           found.n_tokens <= kMostTokens;
  }

  std::optional<double> metric_at(const Draw& draw, const Allocation& at) const {
    if (!source_.metric) return std::nullopt;
    return predict(*source_.metric->law, draw.metric, {&at.loss, 1});
  }

  std::string why_not(const Draw& draw) const {
    if (!question_.target_metric || !source_.metric) {
      // No accuracy or error is above 1: the target was meant for what follows from the loss.
      const bool is_loss = question_.target_metric && sign_ > 0 && end_of(draw) > 1;
      return "not reachable: " + limits(draw, sign_ * target_of_law()) +
             (is_loss ? " (an accuracy that follows from this loss needs --accuracy-fit)" : "");
    }
    const auto metric = metric_of(draw);
    const auto needed =
        loss_for_metric(metric, *question_.target_metric, kNoLoss, highest_loss(signed_law(draw)));
    if (!needed)
      return "not reachable: the second law gives " + significant(metric(kNoLoss)) +
             " even at a loss of 0";
    return "not reachable: it needs a loss of " + significant(*needed) + ", and " +
           limits(draw, *needed) + ", where the second law gives " +
           significant(metric(end_of(draw)));
  }

  /// The loss that the metric's target asks for, from the fit.
  std::optional<double> needed_loss(const Draw& draw) const {
    const LossOf loss = signed_law(draw);
    return loss_for_metric(metric_of(draw), *question_.target_metric,
                           std::max(kNoLoss, sign_ * lowest_loss(loss, options_)),
                           highest_loss(loss));
  }

 private:
  LossOf signed_law(const Draw& draw) const { return law_at(law_, draw.loss, places_, sign_); }

  std::function<double(double)> metric_of(const Draw& draw) const {
    return [this, &draw](double loss) {
      return predict(*source_.metric->law, draw.metric, {&loss, 1});
    };
  }

  /// Of the smallest model and the fewest tokens that are searched.
  double highest_loss(const LossOf& loss) const {
    return sign_ * loss(options_.least_params, kLeastTokens);
  }

  /// Where the law ends, with its sign: N without end, and D, too, where it is not limited.
  double end_of(const Draw& draw) const {
    constexpr double kEndless = 1e60;
    const LossOf loss = signed_law(draw);
    const double end = loss(kEndless, options_.most_tokens.value_or(kEndless));
    return std::isfinite(end) ? end : lowest_loss(loss, options_);
  }

  std::string limits(const Draw& draw, double target) const {
    const double end = end_of(draw);
    if (target > end)
      return "that takes more than " + significant(options_.most_params) + " parameters or " +
             significant(options_.most_tokens.value_or(kMostTokens)) + " tokens";
    return (options_.most_tokens
                ? "with at most " + short_count(*options_.most_tokens) + " tokens the law ends at "
                : "the law ends at ") +
           significant(sign_ * end) + (options_.most_tokens ? "" : " however large N and D are");
  }

  double target_of_law() const {
    return question_.target_loss ? *question_.target_loss : *question_.target_metric;
  }

  std::optional<Allocation> unsigned_solution(const Draw& draw) const {
    const LossOf loss = signed_law(draw);
    const auto value = [&](const char* name) {
      return draw.loss[static_cast<std::size_t>(law_.parameter_index(name))];
    };
    const bool closed = is_chinchilla(law_, options_) && sign_ > 0;
    const auto chinchilla = [&] {
      return Chinchilla{value("A"), value("B"), value("E"), value("alpha"), value("beta")};
    };
    if (question_.budget_flops) {
      if (closed) {
        const Allocation found = chinchilla_optimum(chinchilla(), *question_.budget_flops);
        if (std::isfinite(found.n_params * found.n_tokens) && found.n_params > 0) return found;
      }
      return best_for_budget(loss, *question_.budget_flops, options_);
    }
    double target = sign_ * target_of_law();
    if (question_.target_metric && source_.metric) {
      const std::optional<double> needed = needed_loss(draw);
      if (!needed) return std::nullopt;
      target = *needed;
    }
    if (closed) {
      const auto found = chinchilla_cheapest(chinchilla(), target);
      if (!found) return std::nullopt;
      if (std::isfinite(found->training_flops) && found->training_flops > 0) return found;
    }
    return cheapest_for_loss(loss, target, options_);
  }

  const Source& source_;
  const Question& question_;
  const AllocateOptions& options_;
  const Law& law_;
  Places places_;
  double sign_;
};

/// As percentile_interval, but values may be infinite: they count as beyond all others.
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

void add_intervals(const Solver& solver, const Source& source, const Question& question,
                   int n_threads, Answer& result) {
  const std::size_t most = std::max(source.loss->replicates.n,
                                    source.metric ? source.metric->replicates.n : std::size_t{0});
  const std::size_t count = std::min(kMostReplicates, most);
  if (count == 0) return;
  std::vector<double> n(count, kInfinity), d = n, flops = n, loss(count, std::nan("")),
                                           metric = loss, reached(count);
  parallel_for(count, n_threads, [&](std::size_t i) {
    const Draw draw{replicate(*source.loss, i),
                    source.metric ? replicate(*source.metric, i) : std::vector<double>{}};
    const std::optional<Allocation> one = solver.solve(draw);
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
    if (!question.target_loss)
      result.loss = possible_part(interval_of(loss, level), source.loss->possible);
    if (question.budget_flops || question.target_loss)
      result.metric_interval = possible_part(
          interval_of(metric, level), (source.metric ? source.metric : source.loss)->possible);
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

void warn(const Source& source, Answer& result) {
  if (result.best->at_edge && source.loss->fit.identified)
    result.warnings.push_back("the optimum lies at the edge of what was searched");
  if (!source.metric) return;
  const double lowest = source.metric->lowest.front(), highest = source.metric->highest.front();
  if (result.best->loss < lowest || result.best->loss > highest)
    result.warnings.push_back("a loss of " + significant(result.best->loss) +
                              " lies outside the losses that the second law was fitted to (" +
                              significant(lowest) + " to " + significant(highest) + ")");
}

}  // namespace

std::optional<double> loss_for_metric(const std::function<double(double)>& metric, double target,
                                      double low, double high) {
  const bool rises = metric(low) >= metric(high);
  const auto good = [&](double loss) {
    const double value = metric(loss);
    return rises ? value >= target : value <= target;
  };
  if (good(high)) return high;
  // The highest good step of a fine ladder, then halving: metrics need not be monotone.
  constexpr int kSteps = 2000, kHalvings = 60;
  for (int i = kSteps - 1; i >= 0; --i) {
    double left = low + (high - low) * i / kSteps, right = low + (high - low) * (i + 1) / kSteps;
    if (!good(left)) continue;
    for (int k = 0; k < kHalvings; ++k) {
      const double middle = (left + right) / 2;
      (good(middle) ? left : right) = middle;
    }
    return left;
  }
  return std::nullopt;
}

LossOf loss_of(const Source& source) {
  return law_at(*source.loss->law, source.loss->fit.theta, places_of(source), 1);
}

std::vector<LossOf> losses_of(const Source& source) {
  std::vector<LossOf> losses = {loss_of(source)};
  for (const Alternative& other : source.loss->fit.alternatives)
    losses.push_back(law_at(*source.loss->law, other.theta, places_of(source), 1));
  return losses;
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
  result.best = solver.solve(fitted);
  if (result.best) {
    result.metric = solver.metric_at(fitted, *result.best);
    warn(source, result);
    const std::size_t n_without = warn_of_alternatives(solver, fitted, source, result);
    result.determined = is_determined(source, question, result, n_without);
    drop_undetermined(source, result);
  } else {
    result.why_not = solver.why_not(fitted);
  }
  add_intervals(solver, source, question, n_threads, result);
  return result;
}

}  // namespace rung::plan
