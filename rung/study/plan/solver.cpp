#include "rung/study/plan/solver.hpp"

#include <cmath>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::plan {
namespace {

/// Stands for a loss of 0, at which some laws have no value.
constexpr double kNoLoss = 1e-9;

int input_of(const Law& law, const std::string& name) {
  for (std::size_t k = 0; k < law.info.inputs.size(); ++k) {
    if (law.info.inputs[k].name == name) return static_cast<int>(k);
  }
  return -1;
}

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

/// Of a metric's value, where those of lower losses are higher, or not.
bool is_good(double value, double target, bool rises) {
  return rises ? value >= target : value <= target;
}

}  // namespace

Solver::Solver(const Source& source, const Question& question, const AllocateOptions& options)
    : source_(source),
      question_(question),
      options_(options),
      law_(*source.loss->law),
      places_(places_of(source)),
      sign_(sign_of(*source.loss, places_)) {}

std::optional<Allocation> Solver::solve(const Draw& draw, std::optional<double> near_params) const {
  std::optional<Allocation> found = unsigned_solution(draw, near_params);
  if (found) found->loss *= sign_;
  return found;
}

bool Solver::is_reached_by_all(const Draw& draw) const {
  if (question_.budget_flops) return false;
  const LossOf loss = signed_law(draw);
  const double highest = highest_loss(loss);
  if (!question_.target_metric || !source_.metric)
    return sign_ * target_of_law() >= sign_ * highest;
  const auto metric = metric_of(draw);
  const double there = metric(highest);
  return is_good(there, *question_.target_metric, metric(lowest_needed(loss)) >= there);
}

std::string Solver::why_all(const Draw& draw) const {
  const double highest = highest_loss(signed_law(draw));
  const bool by_metric = question_.target_metric && source_.metric;
  return "every model reaches it, so that none is the cheapest: of " +
         short_count(least_of(places_.n, options_.least_params)) + " parameters and " +
         short_count(least_of(places_.d, kLeastTokens)) + " tokens the " +
         (by_metric ? "second " : "") + "law gives " +
         significant(by_metric ? metric_of(draw)(highest) : highest);
}

bool Solver::is_inside(const Allocation& found) const {
  return !found.at_edge && options_.least_params <= found.n_params &&
         found.n_params <= options_.most_params && kLeastTokens <= found.n_tokens &&
         found.n_tokens <= kMostTokens;
}

std::optional<double> Solver::metric_at(const Draw& draw, const Allocation& at) const {
  if (!source_.metric) return std::nullopt;
  return predict(*source_.metric->law, draw.metric, {&at.loss, 1});
}

std::string Solver::why_not(const Draw& draw) const {
  if (!question_.target_metric || !source_.metric) {
    // No accuracy or error is above 1: the target was meant for what follows from the loss.
    const bool is_loss = question_.target_metric && sign_ > 0 && end_of(draw) > 1;
    return "not reachable: " + limits(draw, sign_ * target_of_law()) +
           (is_loss ? " (an accuracy that follows from this loss needs --accuracy-fit)" : "");
  }
  const auto metric = metric_of(draw);
  const std::optional<double> needed = loss_below_all(draw);
  if (!needed) {
    const std::string best = "the second law gives " + significant(metric(kNoLoss));
    const std::optional<Interval> ceiling = open_ceiling(draw);
    if (!ceiling && source_.metric->fit.identified)
      return "not reachable: " + best + " even at a loss of 0";
    return "not reachable by the best fit: " + best +
           " even at a loss of 0; the data leave the ceiling open" +
           (ceiling ? " (" + percent(ceiling->level, 0) + " interval " +
                          significant(ceiling->lower) + " to " + significant(ceiling->upper) + ")"
                    : "");
  }
  return "not reachable: it needs a loss of " + significant(*needed) + ", and " +
         limits(draw, *needed) + ", where the second law gives " +
         significant(metric(end_of(draw)));
}

/// The same among all losses, whether or not the first law gets there.
std::optional<double> Solver::loss_below_all(const Draw& draw) const {
  return loss_for_metric(metric_of(draw), *question_.target_metric, kNoLoss,
                         highest_loss(signed_law(draw)));
}

std::optional<Interval> Solver::open_ceiling(const Draw& draw) const {
  if (!question_.target_metric || !source_.metric || loss_below_all(draw)) return std::nullopt;
  const double target = *question_.target_metric;
  const std::optional<Interval> ceiling = source_.metric->interval({&kNoLoss, 1});
  const bool is_open = ceiling && ceiling->lower <= target && target <= ceiling->upper;
  return is_open ? ceiling : std::nullopt;
}

/// The loss that the metric's target asks for, from the fit.
std::optional<double> Solver::needed_loss(const Draw& draw) const {
  const LossOf loss = signed_law(draw);
  return loss_for_metric(metric_of(draw), *question_.target_metric, lowest_needed(loss),
                         highest_loss(loss));
}

/// Of the largest model and the most tokens that are searched.
double Solver::lowest_needed(const LossOf& loss) const {
  return std::max(kNoLoss, sign_ * lowest_loss(loss, options_));
}

LossOf Solver::signed_law(const Draw& draw) const {
  return law_at(law_, draw.loss, places_, sign_);
}

std::function<double(double)> Solver::metric_of(const Draw& draw) const {
  return [this, &draw](double loss) {
    return predict(*source_.metric->law, draw.metric, {&loss, 1});
  };
}

/// Of the smallest model and the fewest tokens that are searched.
double Solver::highest_loss(const LossOf& loss) const {
  return sign_ *
         loss(least_of(places_.n, options_.least_params), least_of(places_.d, kLeastTokens));
}

/// What is searched of an input, or the data's least where that is less.
double Solver::least_of(std::size_t place, double searched) const {
  const std::vector<double>& lowest = source_.loss->lowest;
  return place < lowest.size() && lowest[place] > 0 ? std::min(lowest[place], searched) : searched;
}

/// Where the law ends, with its sign: N without end, and D, too, where it is not limited.
double Solver::end_of(const Draw& draw) const {
  constexpr double kEndless = 1e60;
  const LossOf loss = signed_law(draw);
  const double end = loss(kEndless, options_.most_tokens.value_or(kEndless));
  return std::isfinite(end) ? end : lowest_loss(loss, options_);
}

std::string Solver::limits(const Draw& draw, double target) const {
  const double end = end_of(draw);
  if (target > end)
    return "that takes more than " + significant(options_.most_params) + " parameters or " +
           significant(options_.most_tokens.value_or(kMostTokens)) + " tokens";
  return (options_.most_tokens
              ? "with at most " + short_count(*options_.most_tokens) + " tokens the law ends at "
              : "the law ends at ") +
         significant(sign_ * end) + (options_.most_tokens ? "" : " however large N and D are");
}

double Solver::target_of_law() const {
  return question_.target_loss ? *question_.target_loss : *question_.target_metric;
}

std::optional<Allocation> Solver::unsigned_solution(const Draw& draw,
                                                    std::optional<double> near_params) const {
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
      const Allocation found =
          chinchilla_optimum(chinchilla(), *question_.budget_flops, options_.training_flops_per_nd);
      if (std::isfinite(found.n_params * found.n_tokens) && found.n_params > 0) return found;
    }
    return best_for_budget(loss, *question_.budget_flops, options_, near_params);
  }
  double target = sign_ * target_of_law();
  if (question_.target_metric && source_.metric) {
    const std::optional<double> needed = needed_loss(draw);
    if (!needed) return std::nullopt;
    target = *needed;
  }
  if (closed) {
    const auto found = chinchilla_cheapest(chinchilla(), target, options_.training_flops_per_nd);
    if (!found) return std::nullopt;
    if (std::isfinite(found->training_flops) && found->training_flops > 0) return found;
  }
  return cheapest_for_loss(loss, target, options_, near_params);
}

std::optional<double> loss_for_metric(const std::function<double(double)>& metric, double target,
                                      double low, double high) {
  const bool rises = metric(low) >= metric(high);
  const auto good = [&](double loss) { return is_good(metric(loss), target, rises); };
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

}  // namespace rung::plan
