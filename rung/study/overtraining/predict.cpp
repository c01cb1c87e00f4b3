#include "rung/study/overtraining/predict.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace rung::overtraining {
namespace {

bool contains(const std::vector<std::size_t>& models, std::size_t model) {
  return std::find(models.begin(), models.end(), model) != models.end();
}

/// The models of one training set as points of a law whose inputs `set` fills in.
template <class Set>
Points points_of(const std::vector<Prediction>& rows, std::size_t n_inputs, const Set& set) {
  Points points(n_inputs, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) set(points, i, rows[i]);
  return points;
}

/// An interval of the error law, kept where an error can be.
Interval inside_unit(Interval interval) {
  interval.lower = std::clamp(interval.lower, 0.0, 1.0);
  interval.upper = std::clamp(interval.upper, 0.0, 1.0);
  return interval;
}

double error_at(const Fit& fit, double loss) {
  return predict(*fit.law, fit.theta, std::array{loss});
}

std::optional<Interval> chained(const Fit& error_fit, const Predicted& loss, double error,
                                const std::optional<Interval>& of_error) {
  if (!loss.interval || !of_error) return std::nullopt;
  const double at_lower = error_at(error_fit, loss.interval->lower);
  const double at_upper = error_at(error_fit, loss.interval->upper);
  if (!std::isfinite(at_lower) || !std::isfinite(at_upper)) return std::nullopt;
  const double down = error - std::min({at_lower, at_upper, error});
  const double up = std::max({at_lower, at_upper, error}) - error;
  return inside_unit({of_error->level, error - std::hypot(down, error - of_error->lower),
                      error + std::hypot(up, of_error->upper - error), "delta-chained"});
}

void predict_losses(const Testbed& testbed, const LossLaw& law, double level,
                    std::vector<Prediction>& rows) {
  const std::size_t set = testbed.loss_set_index(law.loss_set);
  const Points fitted = loss_points(testbed, law.models, law.loss_set);
  const FitProblem problem(*law.fit.law, fitted, {}, Residual::raw);
  const Points at = points_of(rows, 2, [&](Points& points, std::size_t i, const Prediction& row) {
    const TestbedModel& model = testbed.models[row.model];
    points.set(i, std::array{model.tokens_per_parameter(), model.compute_flops()}, 1);
  });
  const std::vector<double> losses = problem.predict(law.fit.theta, at);
  const auto intervals = delta_intervals(problem, law.fit, at, level, true);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].loss = {testbed.models[rows[i].model].losses[set].loss_nats, losses[i], intervals[i]};
  }
}

void predict_errors(const Testbed& testbed, const ErrorLaw& law, const ErrorSet& errors,
                    double level, std::vector<Prediction>& rows) {
  const Points fitted = error_points(testbed, law.models, law.loss_set, errors);
  const FitProblem problem(*law.fit.law, fitted, {}, Residual::raw);
  const auto through = [&](double Predicted::*loss) {
    const Points at = points_of(rows, 1, [&](Points& points, std::size_t i, const Prediction& row) {
      points.set(i, std::array{row.loss.*loss}, 1);
    });
    const std::vector<double> predicted = problem.predict(law.fit.theta, at);
    const auto intervals = delta_intervals(problem, law.fit, at, level, true);
    std::vector<Predicted> results;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      results.push_back({errors.errors[rows[i].model], predicted[i], intervals[i]});
    }
    return results;
  };
  const std::vector<Predicted> by_predicted = through(&Predicted::predicted);
  const std::vector<Predicted> by_actual = through(&Predicted::actual);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].error = by_predicted[i];
    rows[i].error.interval =
        chained(law.fit, rows[i].loss, by_predicted[i].predicted, by_predicted[i].interval);
    rows[i].error_from_true_loss = by_actual[i];
    if (by_actual[i].interval)
      rows[i].error_from_true_loss.interval = inside_unit(*by_actual[i].interval);
  }
}

/// A run of lower loss is clearly worse than one of higher loss.
bool clearly_not_monotone(const Testbed& testbed, const ErrorLaw& law, const ErrorSet& set) {
  const std::size_t loss_set = testbed.loss_set_index(law.loss_set);
  for (const std::size_t better : law.models) {
    for (const std::size_t worse : law.models) {
      if (!(testbed.models[better].losses[loss_set].loss_nats <
            testbed.models[worse].losses[loss_set].loss_nats)) {
        continue;
      }
      const double noise = std::hypot(set.standard_errors[better], set.standard_errors[worse]);
      if (set.errors[better] - set.errors[worse] > 2 * noise) return true;
    }
  }
  return false;
}

}  // namespace

double Predicted::relative_error() const { return std::abs(predicted - actual) / actual; }

std::vector<Prediction> predictions(const Testbed& testbed, const LossLaw& loss_law,
                                    const ErrorLaw& error_law, const ErrorSet& error_set,
                                    const PredictOptions& options) {
  double most_compute = 0, most_params = 0;
  for (const auto* models : {&loss_law.models, &error_law.models}) {
    for (const std::size_t model : *models) {
      most_compute = std::max(most_compute, testbed.models[model].compute_flops());
      most_params = std::max(most_params, testbed.models[model].n_params);
    }
  }
  std::vector<Prediction> rows;
  for (std::size_t i = 0; i < testbed.models.size(); ++i) {
    if (testbed.models[i].train_set != loss_law.train_set) continue;
    Prediction row;
    row.model = i;
    row.in_loss_fit = contains(loss_law.models, i);
    row.in_error_fit = contains(error_law.models, i);
    row.is_target = testbed.models[i].compute_flops() > most_compute &&
                    testbed.models[i].n_params >= most_params;
    rows.push_back(row);
  }
  predict_losses(testbed, loss_law, options.level, rows);
  predict_errors(testbed, error_law, error_set, options.level, rows);
  return rows;
}

std::string_view doubt_name(Doubt doubt) {
  switch (doubt) {
    case Doubt::constant:
      return "constant";
    case Doubt::chance_level:
      return "chance level";
    case Doubt::not_monotone:
      return "not monotone";
    case Doubt::rises:
      return "rises as loss falls";
    case Doubt::unbounded:
      return "unbounded fit";
    case Doubt::undetermined:
      break;
  }
  return "undetermined";
}

std::vector<Doubt> doubts(const Testbed& testbed, const ErrorLaw& law, const ErrorSet& error_set) {
  std::vector<double> errors, sds;
  for (const std::size_t model : law.models) {
    errors.push_back(error_set.errors[model]);
    sds.push_back(error_set.standard_errors[model]);
  }
  const auto [least, most] = std::minmax_element(errors.begin(), errors.end());
  if (*least == *most) return {Doubt::constant};
  std::vector<Doubt> found;
  const double least_sd = sds[static_cast<std::size_t>(least - errors.begin())];
  if (error_set.chance_error - *least <= 2 * least_sd) found.push_back(Doubt::chance_level);
  if (clearly_not_monotone(testbed, law, error_set)) found.push_back(Doubt::not_monotone);
  if (law.fit.value("k") * law.fit.value("gamma") < 0) found.push_back(Doubt::rises);
  if (law.fit.status == Status::unbounded) found.push_back(Doubt::unbounded);
  if (law.fit.status != Status::unbounded && !law.fit.identified)
    found.push_back(Doubt::undetermined);
  return found;
}

}  // namespace rung::overtraining
