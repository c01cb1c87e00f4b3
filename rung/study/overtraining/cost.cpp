#include "rung/study/overtraining/cost.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "rung/core/distributions.hpp"
#include "rung/core/each_once.hpp"
#include "rung/core/error.hpp"
#include "rung/core/index.hpp"
#include "rung/core/linear_algebra.hpp"
#include "rung/core/require.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/study/overtraining/predict.hpp"

namespace rung::overtraining {
namespace {

/// The loss law's parameters by name.
struct Theta {
  double a, b, eta, E;

  explicit Theta(const Fit& fit)
      : a(fit.value("a")), b(fit.value("b")), eta(fit.value("eta")), E(fit.value("E")) {}

  double loss(double ratio, double compute) const {
    return E + scale(ratio) * std::pow(compute, -eta);
  }
  double scale(double ratio) const { return a * std::pow(ratio, eta) + b * std::pow(ratio, -eta); }
  double optimal_ratio() const { return std::pow(b / a, 1 / (2 * eta)); }
  /// Compute for the loss of the compute-optimal run of 1.
  double compute_ratio(double ratio) const {
    return std::pow(scale(ratio) / (2 * std::sqrt(a * b)), 1 / eta);
  }
  bool has_optimum() const { return a > 0 && b > 0 && eta > 0; }
  double extra_loss(double ratio, double compute) const {
    return loss(ratio, compute) - loss(optimal_ratio(), compute);
  }
  /// The same law with its optimum elsewhere: as steep about it, and with the same least losses.
  Theta with_optimum(double ratio) const {
    Theta moved = *this;
    const double middle = std::sqrt(a * b), apart = std::pow(ratio, eta);
    moved.a = middle / apart, moved.b = middle * apart;
    return moved;
  }
};

using Quantity = std::function<double(const Theta&)>;

/// The quantity and its delta-method interval: its slopes are central differences along the axes
/// of the covariance.
Estimate estimate(const Fit& fit, const Quantity& quantity, bool log_scale, double level) {
  Estimate result{quantity(Theta(fit)), std::nullopt};
  if (!fit.covariance) return result;
  const Covariance& covariance = *fit.covariance;
  const std::size_t p = covariance.coordinates.size();
  const Matrix matrix(p, p, covariance.matrix);
  // a and b span orders of magnitude more than eta and E, so axes are taken in units of each one's
  // standard error.
  const auto per_sd = unit_diagonal_scale(matrix);
  if (!per_sd) return result;
  const SymmetricEigen axes = symmetric_eigen(scaled_both_ways(matrix, *per_sd));
  const auto scaled = [&](const Theta& theta) {
    const double value = quantity(theta);
    return log_scale ? std::log(value) : value;
  };
  constexpr double kStep = 1e-4;  // of a standard error
  double variance = 0;
  for (std::size_t axis = 0; axis < p; ++axis) {
    const double length = std::sqrt(std::max(axes.values[axis], 0.0));
    double ends[2];
    for (const int side : {0, 1}) {
      Fit moved = fit;
      for (std::size_t c = 0; c < p; ++c) {
        moved.theta[at(covariance.coordinates[c])] +=
            (side == 0 ? -kStep : kStep) * length * axes.vectors(axis, c) / (*per_sd)[c];
      }
      ends[side] = scaled(Theta(moved));
    }
    const double slope = (ends[1] - ends[0]) / (2 * kStep);
    variance += slope * slope;
  }
  const double centre = log_scale ? std::log(result.value) : result.value;
  const double reach = student_t_quantile(0.5 + level / 2, covariance.dof) * std::sqrt(variance);
  Interval interval{level, centre - reach, centre + reach, "delta-mean"};
  if (log_scale) {
    interval.lower = std::exp(interval.lower);
    interval.upper = std::exp(interval.upper);
  }
  if (std::isfinite(interval.lower) && std::isfinite(interval.upper)) result.interval = interval;
  return result;
}

/// The law with its optimum at either end of the optimum's own interval; empty without one.
std::vector<Theta> with_moved_optimum(const Fit& fit, double level) {
  const auto interval = optimal_tokens_per_parameter(fit, level)->interval;
  if (!interval) return {};
  return {Theta(fit).with_optimum(interval->lower), Theta(fit).with_optimum(interval->upper)};
}

/// What a run costs has slope 0 at the optimum, so that the delta method leaves no width there
/// however little is known of where the optimum lies. The interval reaches up to the cost with the
/// optimum at either end of its own interval, and down to `least`, the cost at an optimum, for
/// ratios in between.
void widen_by_optimum(double ratio, double least, const std::vector<Theta>& moved,
                      const Quantity& cost, Estimate& estimate) {
  if (!estimate.interval) return;
  double &lower = estimate.interval->lower, &upper = estimate.interval->upper;
  lower = std::max(lower, least);
  if (moved.empty()) return;
  if (moved.front().optimal_ratio() <= ratio && ratio <= moved.back().optimal_ratio())
    lower = least;
  for (const Theta& theta : moved) {
    if (const double there = cost(theta); std::isfinite(there)) upper = std::max(upper, there);
  }
}

void check_optimum(const Fit& fit) {
  if (Theta(fit).has_optimum()) return;
  throw InputError("the fitted loss law has no compute-optimal number of tokens per parameter",
                   "its a, b and eta must be positive; take a study with other runs");
}

/// The size of least loss for a budget that pays for training and inference: where the loss's slope
/// in log N, which is negative and then positive, is 0. Bisection, since the loss itself is flat
/// there and would tell the place to half its digits, too few for differences of places.
double best_size(const Theta& theta, double budget, double n_inference_tokens) {
  // Of its sign: the logarithm of what raises the loss over what lowers it.
  const auto sign = [&](double log_n) {
    const double n = std::exp(log_n), compute = budget - 2 * n * n_inference_tokens;
    if (!(compute > 0)) return kInfinity;
    return std::log(theta.b / theta.a) + 2 * theta.eta * std::log(6 * n * n / compute) +
           std::log(budget / compute);
  };
  constexpr double kWidest = 20;  // of log N, about the size that has one token per parameter
  const double middle = 0.5 * std::log(budget / 6);
  double low = middle - 2 * kWidest, high = middle + kWidest;
  if (n_inference_tokens > 0) high = std::min(high, std::log(budget / (2 * n_inference_tokens)));
  low = std::min(low, high - kWidest);
  while (true) {
    const double log_n = low + (high - low) / 2;
    if (!(low < log_n && log_n < high)) return std::exp(log_n);
    (sign(log_n) > 0 ? high : low) = log_n;
  }
}

/// The size that a budget pays for with so many tokens per parameter: the root above 0 of
/// 6 M N^2 + 2 T N = budget, in a form in which nothing cancels.
double affordable_size(double ratio, double budget, double n_inference_tokens) {
  const double t = 2 * n_inference_tokens;
  return 2 * budget / (t + std::sqrt(t * t + 24 * ratio * budget));
}

/// Intervals of size and tokens from that of the ratio, of which the budget makes the one fall and
/// the other rise: each end is a plan that the budget pays for.
void carry_along_budget(double budget, double n_inference_tokens, BudgetPlan& plan) {
  const std::optional<Interval>& ratio = plan.tokens_per_parameter.interval;
  if (!ratio) return;
  const double largest = affordable_size(ratio->lower, budget, n_inference_tokens),
               smallest = affordable_size(ratio->upper, budget, n_inference_tokens);
  const auto set = [&](Estimate& estimate, double lower, double upper) {
    if (std::isfinite(lower) && std::isfinite(upper))
      estimate.interval = Interval{ratio->level, lower, upper, ratio->method};
  };
  set(plan.n_params, smallest, largest);
  set(plan.n_tokens, ratio->lower * largest, ratio->upper * smallest);
}

/// Quantities against those of the runs that the law was fitted on.
class FittedRuns {
 public:
  FittedRuns(const Testbed& testbed, const LossLaw& law) : testbed_(testbed), law_(law) {}

  std::vector<table::Beyond> beyond(const BudgetPlan& plan) const {
    std::vector<table::Beyond> beyond;
    compare("N", plan.n_params.value, &TestbedModel::n_params, beyond);
    compare("D", plan.n_tokens.value, &TestbedModel::n_tokens, beyond);
    return beyond;
  }

  std::vector<table::Beyond> beyond(const OverTrainingCost& cost, double compute_flops) const {
    std::vector<table::Beyond> beyond;
    compare(kBeyondInRatio, cost.tokens_per_parameter, &TestbedModel::tokens_per_parameter, beyond);
    compare(kBeyondInCompute, compute_flops, &TestbedModel::compute_flops, beyond);
    return beyond;
  }

 private:
  template <class Quantity>
  void compare(const char* name, double value, Quantity quantity,
               std::vector<table::Beyond>& beyond) const {
    constexpr double kRounding = 1 + 1e-9;
    double least = kInfinity, most = 0;
    for (const std::size_t model : law_.models) {
      const double run = std::invoke(quantity, testbed_.models[model]);
      least = std::min(least, run), most = std::max(most, run);
    }
    const double factor = std::max(value / most, least / value);
    if (factor > kRounding) beyond.push_back({name, factor, value < least});
  }

  const Testbed& testbed_;
  const LossLaw& law_;
};

/// Ratios for a smooth curve through these; none where they are one.
std::vector<double> drawn_ratios(const std::vector<double>& ratios) {
  constexpr std::size_t kDrawn = 40;
  if (ratios.empty()) return {};
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  return *least < *most ? log_grid(*least, *most, kDrawn) : std::vector<double>();
}

std::vector<LossLaw> loss_laws(Choice choice, const Testbed& testbed, const Study& study,
                               int n_threads, std::vector<std::string>& warnings) {
  choice = complete(testbed, study, choice, {{}, {"c4_val"}, {}});
  std::vector<LossLaw> laws = fit_loss_laws(testbed, study, choice, n_threads).loss_laws;
  for (const LossLaw& law : laws) {
    if (std::string words = doubt_words(law); !words.empty()) warnings.push_back(std::move(words));
    if (std::string warning = extrapolation_warning(testbed, law); !warning.empty())
      warnings.push_back(std::move(warning));
  }
  return laws;
}

/// Reasons of a law and of a number from it; either may be "".
std::string both(const std::string& of_law, const std::string& of_number) {
  return of_law + (of_law.empty() || of_number.empty() ? "" : "; ") + of_number;
}

/// Neither tokens nor parameters, which are written alike.
void require_training_flops(const char* option, double flops) {
  constexpr double kLeast = 1e12;  // a thousand parameters on a hundred million tokens
  require_positive(option, flops);
  if (flops < kLeast)
    throw InputError(std::string(option) + ": " + significant(flops) + " FLOPs train no model",
                     "training takes from 1e12 FLOPs on, and mostly 1e18 or more: 1e21, 1ZFLOP");
}

}  // namespace

std::optional<Estimate> optimal_tokens_per_parameter(const Fit& loss_fit, double level) {
  if (!Theta(loss_fit).has_optimum()) return std::nullopt;
  return estimate(
      loss_fit, [](const Theta& theta) { return theta.optimal_ratio(); }, true, level);
}

std::vector<OverTrainingCost> over_training_costs(const Fit& loss_fit, double compute_flops,
                                                  const std::vector<double>& tokens_per_parameter,
                                                  double level) {
  check_optimum(loss_fit);
  const std::vector<Theta> moved = with_moved_optimum(loss_fit, level);
  std::vector<OverTrainingCost> costs;
  for (const double ratio : tokens_per_parameter) {
    OverTrainingCost cost;
    cost.tokens_per_parameter = ratio;
    cost.extra_loss_nats = estimate(
        loss_fit, [&](const Theta& theta) { return theta.extra_loss(ratio, compute_flops); }, false,
        level);
    widen_by_optimum(
        ratio, 0, moved, [&](const Theta& theta) { return theta.extra_loss(ratio, compute_flops); },
        cost.extra_loss_nats);
    cost.compute_ratio = estimate(
        loss_fit, [&](const Theta& theta) { return theta.compute_ratio(ratio); }, true, level);
    widen_by_optimum(
        ratio, 1, moved, [&](const Theta& theta) { return theta.compute_ratio(ratio); },
        cost.compute_ratio);
    cost.n_params_ratio = estimate(
        loss_fit,
        [&](const Theta& theta) {
          return std::sqrt(theta.compute_ratio(ratio) * theta.optimal_ratio() / ratio);
        },
        true, level);
    costs.push_back(cost);
  }
  return costs;
}

BudgetPlan best_for_budget(const Fit& loss_fit, double budget_flops, double n_inference_tokens,
                           double level) {
  if (!(budget_flops > 0) || !std::isfinite(budget_flops)) {
    throw InputError("the budget is " + shortest(budget_flops) + " FLOPs", "it must be positive");
  }
  if (!(n_inference_tokens >= 0) || !std::isfinite(n_inference_tokens)) {
    throw InputError("inference is " + shortest(n_inference_tokens) + " tokens",
                     "it must be 0 or more");
  }
  check_optimum(loss_fit);
  struct Plan {
    double n_params, compute, ratio, loss;
  };
  const auto plan = [&](const Theta& theta, double n) {
    const double compute = budget_flops - 2 * n * n_inference_tokens;
    const double ratio = compute / (6 * n * n);
    return Plan{n, compute, ratio, compute > 0 ? theta.loss(ratio, compute) : kInfinity};
  };
  const auto best = [&](const Theta& theta) {
    return plan(theta, best_size(theta, budget_flops, n_inference_tokens));
  };
  const auto of = [&](auto member, bool log_scale) {
    return estimate(
        loss_fit, [&](const Theta& theta) { return member(best(theta)); }, log_scale, level);
  };
  BudgetPlan result;
  result.tokens_per_parameter = of([](const Plan& p) { return p.ratio; }, true);
  result.loss_nats = of([](const Plan& p) { return p.loss; }, false);
  const Theta theta(loss_fit);
  const Plan chosen = best(theta);
  result.n_params.value = chosen.n_params;
  result.n_tokens.value = chosen.n_params * chosen.ratio;
  carry_along_budget(budget_flops, n_inference_tokens, result);
  result.training_flops = chosen.compute;
  result.inference_flops = budget_flops - result.training_flops;
  const Plan free = plan(theta, best_size(theta, budget_flops, 0));
  if (free.compute > 0) result.loss_of_free_inference_size = free.loss;
  return result;
}

void CostRequest::validate() const {
  require_training_flops("--compute", compute_flops);
  for (const double ratio : tokens_per_parameter) require_positive("--ratio", ratio);
}

void BudgetRequest::validate() const {
  require_training_flops("--budget", budget_flops);
  for (const double tokens : n_inference_tokens) require_at_least("--inference-tokens", tokens, 0);
}

CostResult run(const CostRequest& request, const Testbed& testbed, const Study& study,
               int n_threads) {
  request.validate();
  CostResult result{.compute_flops = request.compute_flops, .rows = {}, .warnings = {}};
  for (const LossLaw& law : loss_laws(request.choice, testbed, study, n_threads, result.warnings)) {
    CostRows row{.train_set = law.train_set,
                 .loss_set = law.loss_set,
                 .compute_flops = request.compute_flops,
                 .law_doubt = doubt_words(law)};
    row.optimal_ratio = *optimal_tokens_per_parameter(law.fitted.fit);
    row.costs = over_training_costs(law.fitted.fit, request.compute_flops,
                                    each_once(request.tokens_per_parameter));
    for (OverTrainingCost& cost : row.costs) {
      cost.beyond = FittedRuns(testbed, law).beyond(cost, request.compute_flops);
      cost.doubt = both(row.law_doubt, doubt_of(row.optimal_ratio, cost.beyond));
    }
    row.curve = over_training_costs(law.fitted.fit, request.compute_flops,
                                    drawn_ratios(request.tokens_per_parameter));
    row.optimum_beyond_runs = !extrapolation_warning(testbed, law).empty();
    result.rows.push_back(std::move(row));
  }
  return result;
}

BudgetResult run(const BudgetRequest& request, const Testbed& testbed, const Study& study,
                 int n_threads) {
  request.validate();
  BudgetResult result{.budget_flops = request.budget_flops,
                      .n_inference_tokens = each_once(request.n_inference_tokens),
                      .rows = {},
                      .warnings = {}};
  for (const LossLaw& law : loss_laws(request.choice, testbed, study, n_threads, result.warnings)) {
    for (const double tokens : result.n_inference_tokens) {
      BudgetRow row{law.train_set, law.loss_set, request.budget_flops, tokens,
                    best_for_budget(law.fitted.fit, request.budget_flops, tokens)};
      row.beyond = FittedRuns(testbed, law).beyond(row.plan);
      row.law_doubt = doubt_words(law);
      row.doubt = both(row.law_doubt, doubt_of(row.plan, row.beyond));
      result.rows.push_back(std::move(row));
    }
  }
  return result;
}

}  // namespace rung::overtraining
