#include "rung/study/observational/latent.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"
#include "rung/study/observational/impute.hpp"
#include "rung/study/observational/pca.hpp"
#include "rung/study/observational/sigmoid.hpp"
#include "rung/study/observational/sum_of_squares.hpp"

namespace rung::observational {
namespace {

using Vector = std::vector<double>;

/// The prior of an ability or a slope against one squared difference of scores: 0.05 squared, what
/// a benchmark's score is about off by. On both it sets their scale; scores give the product only.
constexpr double kPrior = 0.0025;
constexpr double kWeakPrior = 1e-6;  // on B: keeps what nothing determines from diverging
constexpr int kMaxSweeps = 200;
constexpr double kNegligibleGain = 1e-6;  // of the objective, a sweep
constexpr std::size_t kEffects = 3;

/// Levenberg's method: `evaluate` is the sum of squares at some parameters. Up to `steps` steps
/// that lower it.
template <class Evaluate, class Inside>
Vector descended(Vector at, int steps, const Evaluate& evaluate, const Inside& inside) {
  double damping = 1e-3;
  SumOfSquares here = evaluate(at);
  for (int step = 0; step < steps; ++step) {
    bool lower = false;
    for (int attempt = 0; attempt < 12 && !lower; ++attempt) {
      Vector next = here.step(damping);
      add_scaled(1, at, next);
      inside(next);
      SumOfSquares there = evaluate(next);
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

constexpr auto kAnywhere = [](Vector&) {};

/// Scores, and the abilities that are learnt from them.
class Learning {
 public:
  Learning(const Matrix& scores, std::size_t n_abilities) : scores_(scores), k_(n_abilities) {}

  Item fitted_item(std::size_t j, const Item& start, const Matrix& abilities) const {
    double least = 1;
    for (std::size_t i = 0; i < scores_.n_rows; ++i) {
      if (!std::isnan(scores_(i, j))) least = std::min(least, scores_(i, j));
    }
    const double most_guess = std::clamp(least, 0.0, 0.5);
    Vector at = start.slopes;
    at.push_back(start.offset);
    at.push_back(std::min(start.guess, most_guess));
    Vector best = descended(
        std::move(at), 2, [&](const Vector& theta) { return item_fit(j, theta, abilities); },
        [&](Vector& theta) { theta.back() = std::clamp(theta.back(), 0.0, most_guess); });
    Item item{.offset = best[k_], .guess = best[k_ + 1]};
    best.resize(k_);
    item.slopes = std::move(best);
    return item;
  }

  /// Adds what the scores of model i say of its ability, with d ability / d parameters.
  void add_model(std::size_t i, const std::vector<Item>& items, std::span<const double> ability,
                 const Matrix& derivative, SumOfSquares& sum) const {
    Vector slopes(derivative.n_columns);
    for (std::size_t j = 0; j < items.size(); ++j) {
      if (std::isnan(scores_(i, j))) continue;
      const Item& item = items[j];
      const double s = sigmoid(dot(item.slopes, ability) + item.offset);
      std::fill(slopes.begin(), slopes.end(), 0.0);
      for (std::size_t a = 0; a < k_; ++a)
        add_scaled(item.slopes[a] * (1 - item.guess) * s * (1 - s), derivative.row(a), slopes);
      sum.add(item.guess + (1 - item.guess) * s - scores_(i, j), slopes);
    }
  }

  Vector own_ability(std::size_t i, const std::vector<Item>& items, Vector start, int steps) const {
    const Matrix identity = Matrix::identity(k_);
    return descended(
        std::move(start), steps,
        [&](const Vector& ability) {
          SumOfSquares sum(k_);
          add_model(i, items, ability, identity, sum);
          sum.add_prior(kPrior, ability);
          return sum;
        },
        kAnywhere);
  }

  double objective(const std::vector<Item>& items, const Matrix& abilities) const {
    double sum = 0;
    for (std::size_t i = 0; i < scores_.n_rows; ++i) {
      const std::span<const double> ability = abilities.row(i);
      for (std::size_t j = 0; j < items.size(); ++j) {
        if (std::isnan(scores_(i, j))) continue;
        const double r = items[j].at(ability.data()) - scores_(i, j);
        sum += r * r;
      }
    }
    return sum;
  }

 private:
  /// How well item j fits with slopes, offset and guess `theta`.
  SumOfSquares item_fit(std::size_t j, const Vector& theta, const Matrix& abilities) const {
    SumOfSquares sum(k_ + 2);
    Vector derivative(k_ + 2);
    const double guess = theta[k_ + 1];
    for (std::size_t i = 0; i < scores_.n_rows; ++i) {
      if (std::isnan(scores_(i, j))) continue;
      const std::span<const double> ability = abilities.row(i);
      double index = theta[k_];
      for (std::size_t a = 0; a < k_; ++a) index += theta[a] * ability[a];
      const double s = sigmoid(index), slope = (1 - guess) * s * (1 - s);
      for (std::size_t a = 0; a < k_; ++a) derivative[a] = slope * ability[a];
      derivative[k_] = slope;
      derivative[k_ + 1] = 1 - s;
      sum.add(guess + (1 - guess) * s - scores_(i, j), derivative);
    }
    for (std::size_t a = 0; a < k_; ++a) sum.add_prior(kPrior, a, theta[a]);
    for (std::size_t p = k_; p < k_ + 2; ++p) sum.curvature(p, p) += kWeakPrior;
    return sum;
  }

  const Matrix& scores_;
  std::size_t k_;
};

/// Principal components of the scores' logits, of unit variance: where the descent begins.
Matrix first_abilities(const Matrix& scores, std::size_t k) {
  Matrix logits = scores;
  for (double& value : logits.values) {
    const double share = std::clamp(value, 0.01, 0.99);  // NaN stays
    value = std::isnan(value) ? value : std::log(share / (1 - share));
  }
  const Matrix filled = impute(logits, {.rank = 1, .boundary = {}}).scores;
  const Pca components = pca(filled, {.n_components = k, .standardize = true});
  Matrix abilities = components.scores(filled);
  Vector per_sd;
  for (const double variance : components.explained_variance)
    per_sd.push_back(variance > 0 ? 1 / std::sqrt(variance) : 1);
  scale_columns(per_sd, abilities);
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

  /// The ability of model i, of a family with this intercept.
  Vector ability(std::span<const double> intercept, const Matrix& b, std::size_t i) const {
    Vector result = product(b, terms[i]);
    add_scaled(1, intercept, result);
    return result;
  }
};

/// The intercepts of families given items and B.
struct InterceptLearning {
  const Learning& learning;
  const std::vector<Item>& items;
  const FamilyDesign& design;
  const Matrix& b;

  Vector fitted(std::size_t family, Vector start, int steps) const {
    const Matrix identity = Matrix::identity(b.n_rows);
    return descended(
        std::move(start), steps,
        [&](const Vector& intercept) {
          SumOfSquares sum(b.n_rows);
          for (const std::size_t i : design.models[family])
            learning.add_model(i, items, design.ability(intercept, b, i), identity, sum);
          sum.add_prior(kPrior, intercept);
          return sum;
        },
        kAnywhere);
  }
};

Matrix fitted_effects(const Learning& learning, const std::vector<Item>& items,
                      const FamilyDesign& design, const Matrix& intercepts, const Matrix& start) {
  const std::size_t k = start.n_rows;
  Vector best = descended(
      start.values, 2,
      [&](const Vector& theta) {
        SumOfSquares sum(theta.size());
        const Matrix b(k, kEffects, theta);
        Matrix derivative(k, theta.size());
        for (std::size_t f = 0; f < design.names.size(); ++f) {
          for (const std::size_t i : design.models[f]) {
            for (std::size_t a = 0; a < k; ++a) {
              for (std::size_t t = 0; t < kEffects; ++t)
                derivative(a, a * kEffects + t) = design.terms[i][t];
            }
            learning.add_model(i, items, design.ability(intercepts.row(f), b, i), derivative, sum);
          }
        }
        sum.add_prior(kWeakPrior, theta);
        return sum;
      },
      kAnywhere);
  return {k, kEffects, std::move(best)};
}

Vector row_of(const Matrix& matrix, std::size_t i) {
  return {matrix.row(i).begin(), matrix.row(i).end()};
}
void set_row(std::size_t i, const Vector& values, Matrix& matrix) {
  std::copy(values.begin(), values.end(), matrix.row(i).begin());
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
  Matrix abilities = first_abilities(scores, model.options.n_abilities);
  double before = std::numeric_limits<double>::infinity();
  for (model.n_sweeps = 1; model.n_sweeps < kMaxSweeps; ++model.n_sweeps) {
    for (std::size_t j = 0; j < model.items.size(); ++j)
      model.items[j] = learning.fitted_item(j, model.items[j], abilities);
    for (std::size_t i = 0; i < scores.n_rows; ++i)
      set_row(i, learning.own_ability(i, model.items, row_of(abilities, i), 1), abilities);
    model.objective = learning.objective(model.items, abilities) +
                      kPrior * (squared_norm(abilities.values) + squares_of_slopes(model.items));
    if (before - model.objective <= kNegligibleGain * model.objective) break;
    before = model.objective;
  }
}

void learn_of_families(const LatentInput& input, LatentModel& model) {
  const Learning learning(input.scores, model.options.n_abilities);
  const FamilyDesign design(model, input);
  const std::size_t k = model.options.n_abilities;
  Matrix abilities = first_abilities(input.scores, k);
  Matrix intercepts(design.names.size(), k), b(k, kEffects);
  double before = std::numeric_limits<double>::infinity();
  for (model.n_sweeps = 1; model.n_sweeps < kMaxSweeps; ++model.n_sweeps) {
    for (std::size_t j = 0; j < model.items.size(); ++j)
      model.items[j] = learning.fitted_item(j, model.items[j], abilities);
    b = fitted_effects(learning, model.items, design, intercepts, b);
    const InterceptLearning learnt{learning, model.items, design, b};
    for (std::size_t f = 0; f < design.names.size(); ++f) {
      const Vector intercept = learnt.fitted(f, row_of(intercepts, f), 1);
      set_row(f, intercept, intercepts);
      for (const std::size_t i : design.models[f])
        set_row(i, design.ability(intercept, b, i), abilities);
    }
    model.objective = learning.objective(model.items, abilities) +
                      kPrior * (squared_norm(intercepts.values) + squares_of_slopes(model.items));
    if (before - model.objective <= kNegligibleGain * model.objective) break;
    before = model.objective;
  }
  model.effects = std::move(b);
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
  model.items.assign(input.scores.n_columns, Item{.slopes = Vector(options.n_abilities)});
  if (!options.of_families)
    learn_free(input.scores, model);
  else
    learn_of_families(with_scale(input, model), model);
  return model;
}

Matrix LatentModel::abilities(const LatentInput& input) const {
  constexpr int kSteps = 100;
  const std::size_t k = options.n_abilities;
  const Learning learning(input.scores, k);
  Matrix result(input.scores.n_rows, k, kNaN);
  const Vector start(k);
  if (!options.of_families) {
    for (std::size_t i = 0; i < input.scores.n_rows; ++i)
      set_row(i, learning.own_ability(i, items, start, kSteps), result);
    return result;
  }
  const FamilyDesign design(*this, input);
  const InterceptLearning learnt{learning, items, design, effects};
  for (std::size_t f = 0; f < design.names.size(); ++f) {
    const Vector intercept = learnt.fitted(f, start, kSteps);
    for (const std::size_t i : design.models[f])
      set_row(i, design.ability(intercept, effects, i), result);
  }
  return result;
}

}  // namespace rung::observational
