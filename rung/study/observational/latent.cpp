#include "rung/study/observational/latent.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"
#include "rung/study/observational/eigen.hpp"
#include "rung/study/observational/impute.hpp"
#include "rung/study/observational/pca.hpp"

namespace rung::observational {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The prior of an ability or a slope against one squared difference of scores: 0.05 squared, which
/// is about what a benchmark's score is off by beside all that abilities say. Having it on both
/// settles their scale, of which scores determine only the product.
constexpr double kPrior = 0.0025;
/// On B: only to keep what nothing determines from running off.
constexpr double kWeakPrior = 1e-6;
constexpr int kMaxSweeps = 200;
constexpr double kNegligibleGain = 1e-6;  // of the objective, a sweep
constexpr std::size_t kEffects = 3;

double sigmoid(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

/// A sum of squares with its normal equations, gathered term by term.
struct LeastSquares {
  explicit LeastSquares(Index n) : gradient(VectorXd::Zero(n)), curvature(MatrixXd::Zero(n, n)) {}

  double value = 0;
  VectorXd gradient;
  MatrixXd curvature;

  void add(double residual, const VectorXd& derivative) {
    value += residual * residual;
    gradient += residual * derivative;
    curvature.selfadjointView<Eigen::Lower>().rankUpdate(derivative);
  }
  void add_prior(double weight, const VectorXd& parameters) {
    value += weight * parameters.squaredNorm();
    gradient += weight * parameters;
    curvature.diagonal().array() += weight;
  }
};

/// Levenberg's method: `evaluate` is the sum of squares at some parameters. Up to `steps` steps
/// that lower it.
template <class Evaluate, class Inside>
VectorXd descended(VectorXd at, int steps, const Evaluate& evaluate, const Inside& inside) {
  double damping = 1e-3;
  LeastSquares here = evaluate(at);
  for (int step = 0; step < steps; ++step) {
    bool lower = false;
    for (int attempt = 0; attempt < 12 && !lower; ++attempt) {
      MatrixXd system = here.curvature.selfadjointView<Eigen::Lower>();
      system.diagonal() *= 1 + damping;
      system.diagonal().array() += 1e-12;
      VectorXd next = at - system.ldlt().solve(here.gradient);
      inside(next);
      LeastSquares there = evaluate(next);
      if (there.value < here.value) {
        lower = true;
        const bool converged = here.value - there.value <= 1e-12 * here.value;
        at = next;
        here = std::move(there);
        damping = std::max(1e-9, damping / 5);
        if (converged) return at;
      } else {
        damping *= 8;
      }
    }
    if (!lower) break;
  }
  return at;
}

constexpr auto kAnywhere = [](VectorXd&) {};

/// Scores, and the abilities that are learnt from them.
class Learning {
 public:
  Learning(const Matrix& scores, std::size_t n_abilities) : scores_(scores), k_(n_abilities) {}

  Item fitted_item(std::size_t j, const Item& start, const MatrixXd& abilities) const {
    double least = 1;
    for (std::size_t i = 0; i < scores_.n_rows; ++i) {
      if (!std::isnan(scores_(i, j))) least = std::min(least, scores_(i, j));
    }
    const double most_guess = std::clamp(least, 0.0, 0.5);
    const Index k = static_cast<Index>(k_);
    VectorXd at(k + 2);
    for (Index a = 0; a < k; ++a) at(a) = start.slopes[static_cast<std::size_t>(a)];
    at(k) = start.offset;
    at(k + 1) = std::min(start.guess, most_guess);
    const VectorXd best = descended(
        at, 2,
        [&](const VectorXd& theta) {
          LeastSquares sum(k + 2);
          for (std::size_t i = 0; i < scores_.n_rows; ++i) {
            if (std::isnan(scores_(i, j))) continue;
            const VectorXd ability = abilities.row(static_cast<Index>(i)).transpose();
            const double s = sigmoid(theta.head(k).dot(ability) + theta(k));
            const double guess = theta(k + 1);
            VectorXd derivative(k + 2);
            derivative.head(k) = (1 - guess) * s * (1 - s) * ability;
            derivative(k) = (1 - guess) * s * (1 - s);
            derivative(k + 1) = 1 - s;
            sum.add(guess + (1 - guess) * s - scores_(i, j), derivative);
          }
          VectorXd slopes = VectorXd::Zero(k + 2);
          slopes.head(k) = theta.head(k);
          sum.value += kPrior * slopes.squaredNorm();
          sum.gradient += kPrior * slopes;
          sum.curvature.diagonal().head(k).array() += kPrior;
          sum.curvature.diagonal().tail(2).array() += kWeakPrior;
          return sum;
        },
        [&](VectorXd& theta) { theta(k + 1) = std::clamp(theta(k + 1), 0.0, most_guess); });
    Item item{.slopes = std::vector<double>(best.data(), best.data() + k),
              .offset = best(k),
              .guess = best(k + 1)};
    return item;
  }

  /// Adds what the scores of model i say of its ability, with d ability / d parameters.
  void add_model(std::size_t i, const std::vector<Item>& items, const VectorXd& ability,
                 const MatrixXd& derivative, LeastSquares& sum) const {
    const Index k = static_cast<Index>(k_);
    for (std::size_t j = 0; j < items.size(); ++j) {
      if (std::isnan(scores_(i, j))) continue;
      const Item& item = items[j];
      const Eigen::Map<const VectorXd> slopes(item.slopes.data(), k);
      const double s = sigmoid(slopes.dot(ability) + item.offset);
      sum.add(item.guess + (1 - item.guess) * s - scores_(i, j),
              derivative.transpose() * slopes * ((1 - item.guess) * s * (1 - s)));
    }
  }

  VectorXd own_ability(std::size_t i, const std::vector<Item>& items, const VectorXd& start,
                       int steps) const {
    const Index k = static_cast<Index>(k_);
    const MatrixXd identity = MatrixXd::Identity(k, k);
    return descended(
        start, steps,
        [&](const VectorXd& ability) {
          LeastSquares sum(k);
          add_model(i, items, ability, identity, sum);
          sum.add_prior(kPrior, ability);
          return sum;
        },
        kAnywhere);
  }

  double objective(const std::vector<Item>& items, const MatrixXd& abilities) const {
    double sum = 0;
    for (std::size_t i = 0; i < scores_.n_rows; ++i) {
      const VectorXd ability = abilities.row(static_cast<Index>(i)).transpose();
      for (std::size_t j = 0; j < items.size(); ++j) {
        if (std::isnan(scores_(i, j))) continue;
        const double r = items[j].at(ability.data()) - scores_(i, j);
        sum += r * r;
      }
    }
    return sum;
  }

 private:
  const Matrix& scores_;
  std::size_t k_;
};

/// Principal components of the scores' logits, of unit variance: where the descent begins.
MatrixXd first_abilities(const Matrix& scores, std::size_t k) {
  Matrix logits = scores;
  for (double& value : logits.values) {
    const double share = std::clamp(value, 0.01, 0.99);  // NaN stays
    value = std::isnan(value) ? value : std::log(share / (1 - share));
  }
  const Matrix filled = impute(logits, {.rank = 1, .boundary = {}}).scores;
  const Pca components = pca(filled, {.n_components = k, .standardize = true});
  MatrixXd abilities = view(components.scores(filled));
  for (Index a = 0; a < abilities.cols(); ++a) {
    const double sd = std::sqrt(components.explained_variance[static_cast<std::size_t>(a)]);
    if (sd > 0) abilities.col(a) /= sd;
  }
  return abilities;
}

/// Which models have an ability, by their family, and (u, v, u v) of each.
struct FamilyDesign {
  std::vector<std::string> names;
  std::vector<std::vector<std::size_t>> models;
  std::vector<std::vector<double>> terms;  // by model

  FamilyDesign(const LatentModel& model, const LatentInput& input) : terms(input.scores.n_rows) {
    for (std::size_t i = 0; i < input.scores.n_rows; ++i) {
      if (!(input.size[i] > 0) || !(input.tokens[i] > 0)) continue;
      const double u = (std::log(input.size[i]) - model.mean_log_size) / model.sd_log_size;
      const double v = (std::log(input.tokens[i]) - model.mean_log_tokens) / model.sd_log_tokens;
      terms[i] = {u, v, u * v};
      const auto found = std::find(names.begin(), names.end(), input.families[i]);
      const std::size_t place = static_cast<std::size_t>(found - names.begin());
      if (found == names.end()) {
        names.push_back(input.families[i]);
        models.emplace_back();
      }
      models[place].push_back(i);
    }
  }

  VectorXd effect(const MatrixXd& b, std::size_t i) const {
    return b * Eigen::Map<const VectorXd>(terms[i].data(), static_cast<Index>(kEffects));
  }
};

/// The intercepts of families given items and B.
struct InterceptLearning {
  const Learning& learning;
  const std::vector<Item>& items;
  const FamilyDesign& design;
  const MatrixXd& b;

  VectorXd fitted(std::size_t family, const VectorXd& start, int steps) const {
    const MatrixXd identity = MatrixXd::Identity(b.rows(), b.rows());
    return descended(
        start, steps,
        [&](const VectorXd& intercept) {
          LeastSquares sum(b.rows());
          for (const std::size_t i : design.models[family])
            learning.add_model(i, items, intercept + design.effect(b, i), identity, sum);
          sum.add_prior(kPrior, intercept);
          return sum;
        },
        kAnywhere);
  }
};

MatrixXd fitted_effects(const Learning& learning, const std::vector<Item>& items,
                        const FamilyDesign& design, const MatrixXd& intercepts,
                        const MatrixXd& start) {
  const Index k = start.rows(), n = k * static_cast<Index>(kEffects);
  const VectorXd best = descended(
      VectorXd(Eigen::Map<const VectorXd>(start.data(), n)), 2,
      [&](const VectorXd& theta) {
        LeastSquares sum(n);
        const MatrixXd b = Eigen::Map<const MatrixXd>(theta.data(), k, kEffects);
        for (std::size_t f = 0; f < design.names.size(); ++f) {
          const VectorXd intercept = intercepts.row(static_cast<Index>(f)).transpose();
          for (const std::size_t i : design.models[f]) {
            MatrixXd derivative(k, n);
            for (std::size_t t = 0; t < kEffects; ++t)
              derivative.middleCols(static_cast<Index>(t) * k, k) =
                  design.terms[i][t] * MatrixXd::Identity(k, k);
            learning.add_model(i, items, intercept + design.effect(b, i), derivative, sum);
          }
        }
        sum.add_prior(kWeakPrior, theta);
        return sum;
      },
      kAnywhere);
  return Eigen::Map<const MatrixXd>(best.data(), k, kEffects);
}

double squares_of_slopes(const std::vector<Item>& items) {
  double sum = 0;
  for (const Item& item : items) {
    for (const double slope : item.slopes) sum += slope * slope;
  }
  return sum;
}

void learn_free(const Matrix& scores, LatentModel& model) {
  const Learning learning(scores, model.options.n_abilities);
  MatrixXd abilities = first_abilities(scores, model.options.n_abilities);
  double before = std::numeric_limits<double>::infinity();
  for (model.n_sweeps = 1; model.n_sweeps < kMaxSweeps; ++model.n_sweeps) {
    for (std::size_t j = 0; j < model.items.size(); ++j)
      model.items[j] = learning.fitted_item(j, model.items[j], abilities);
    for (std::size_t i = 0; i < scores.n_rows; ++i) {
      const Index row = static_cast<Index>(i);
      abilities.row(row) =
          learning.own_ability(i, model.items, abilities.row(row).transpose(), 1).transpose();
    }
    model.objective = learning.objective(model.items, abilities) +
                      kPrior * (abilities.squaredNorm() + squares_of_slopes(model.items));
    if (before - model.objective <= kNegligibleGain * model.objective) break;
    before = model.objective;
  }
}

void learn_of_families(const LatentInput& input, LatentModel& model) {
  const Learning learning(input.scores, model.options.n_abilities);
  const FamilyDesign design(model, input);
  const Index k = static_cast<Index>(model.options.n_abilities);
  MatrixXd abilities = first_abilities(input.scores, model.options.n_abilities);
  MatrixXd intercepts = MatrixXd::Zero(static_cast<Index>(design.names.size()), k);
  MatrixXd b = MatrixXd::Zero(k, static_cast<Index>(kEffects));
  double before = std::numeric_limits<double>::infinity();
  for (model.n_sweeps = 1; model.n_sweeps < kMaxSweeps; ++model.n_sweeps) {
    for (std::size_t j = 0; j < model.items.size(); ++j)
      model.items[j] = learning.fitted_item(j, model.items[j], abilities);
    b = fitted_effects(learning, model.items, design, intercepts, b);
    const InterceptLearning intercept{learning, model.items, design, b};
    for (std::size_t f = 0; f < design.names.size(); ++f) {
      const Index row = static_cast<Index>(f);
      intercepts.row(row) = intercept.fitted(f, intercepts.row(row).transpose(), 1).transpose();
      for (const std::size_t i : design.models[f])
        abilities.row(static_cast<Index>(i)) =
            intercepts.row(row) + design.effect(b, i).transpose();
    }
    model.objective = learning.objective(model.items, abilities) +
                      kPrior * (intercepts.squaredNorm() + squares_of_slopes(model.items));
    if (before - model.objective <= kNegligibleGain * model.objective) break;
    before = model.objective;
  }
  model.effects = matrix_of(b);
}

/// Only models with size and tokens, and the scale of these.
LatentInput with_scale(const LatentInput& input, LatentModel& model) {
  std::vector<std::size_t> rows;
  std::vector<double> log_size, log_tokens;
  LatentInput kept;
  for (std::size_t i = 0; i < input.scores.n_rows; ++i) {
    if (!(input.size[i] > 0) || !(input.tokens[i] > 0)) continue;
    rows.push_back(i);
    log_size.push_back(std::log(input.size[i]));
    log_tokens.push_back(std::log(input.tokens[i]));
    kept.families.push_back(input.families[i]);
    kept.size.push_back(input.size[i]);
    kept.tokens.push_back(input.tokens[i]);
  }
  if (rows.size() < 2)
    throw InputError("skills of families take models whose size and training tokens are known",
                     "take components instead (pc:N)");
  kept.scores = input.scores.rows(rows);
  model.mean_log_size = mean(log_size);
  model.mean_log_tokens = mean(log_tokens);
  if (const double sd = population_sd(log_size); sd > 0) model.sd_log_size = sd;
  if (const double sd = population_sd(log_tokens); sd > 0) model.sd_log_tokens = sd;
  return kept;
}

}  // namespace

double Item::at(const double* ability) const {
  double index = offset;
  for (std::size_t a = 0; a < slopes.size(); ++a) index += slopes[a] * ability[a];
  return guess + (1 - guess) * sigmoid(index);
}

LatentModel learn_latent(const LatentInput& input, const LatentOptions& options) {
  LatentModel model;
  model.options = options;
  Item first{.slopes = std::vector<double>(options.n_abilities, 0.0)};
  model.items.assign(input.scores.n_columns, first);
  if (options.of_families) {
    learn_of_families(with_scale(input, model), model);
  } else {
    learn_free(input.scores, model);
  }
  return model;
}

Matrix LatentModel::abilities(const LatentInput& input) const {
  constexpr int kSteps = 100;
  const std::size_t k = options.n_abilities;
  const Learning learning(input.scores, k);
  Matrix result(input.scores.n_rows, k, kNaN);
  const VectorXd start = VectorXd::Zero(static_cast<Index>(k));
  const auto set = [&](std::size_t i, const VectorXd& ability) {
    for (std::size_t a = 0; a < k; ++a) result(i, a) = ability(static_cast<Index>(a));
  };
  if (!options.of_families) {
    for (std::size_t i = 0; i < input.scores.n_rows; ++i)
      set(i, learning.own_ability(i, items, start, kSteps));
    return result;
  }
  const FamilyDesign design(*this, input);
  const MatrixXd b = view(effects);
  const InterceptLearning learnt{learning, items, design, b};
  for (std::size_t f = 0; f < design.names.size(); ++f) {
    const VectorXd intercept = learnt.fitted(f, start, kSteps);
    for (const std::size_t i : design.models[f]) set(i, intercept + design.effect(b, i));
  }
  return result;
}

}  // namespace rung::observational
