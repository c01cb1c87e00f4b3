#include "rung/study/overtraining/predict.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "rung/core/text.hpp"
#include "rung/fit/possible.hpp"

namespace rung::overtraining {
namespace {

bool has_model(const std::vector<std::size_t>& models, std::size_t model) {
  return std::find(models.begin(), models.end(), model) != models.end();
}

/// An interval of the error law, kept where an error can be.
Interval inside_unit(Interval interval) {
  interval.lower = std::clamp(interval.lower, 0.0, 1.0);
  interval.upper = std::clamp(interval.upper, 0.0, 1.0);
  return interval;
}

/// At each row of inputs.
std::vector<Prediction> predictions_at(const Fitted& fitted, const Points& at) {
  const std::vector<double> values = fitted.predict(at);
  std::vector<std::optional<Interval>> intervals = fitted.intervals(at);
  std::vector<Prediction> predictions;
  for (std::size_t i = 0; i < at.size(); ++i)
    predictions.push_back({std::isfinite(values[i]) ? std::optional(values[i]) : std::nullopt,
                           std::nullopt, std::move(intervals[i])});
  return predictions;
}

/// The error law at each loss; nothing where there is none.
std::vector<Prediction> errors_at(const Fitted& law,
                                  const std::vector<std::optional<double>>& losses) {
  Points at(1, losses.size());
  for (std::size_t i = 0; i < losses.size(); ++i) at.set(i, std::array{losses[i].value_or(1)}, 1);
  std::vector<Prediction> errors = predictions_at(law, at);
  for (std::size_t i = 0; i < losses.size(); ++i) {
    if (!losses[i]) errors[i] = {};
  }
  return errors;
}

std::optional<double> if_measured(double value) {
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

std::optional<Interval> chained(const Fitted& error_law, const Prediction& loss,
                                const Prediction& error) {
  if (!loss.interval || !error.interval) return std::nullopt;
  const double at_lower = error_law.predict(std::array{loss.interval->lower});
  const double at_upper = error_law.predict(std::array{loss.interval->upper});
  if (!std::isfinite(at_lower) || !std::isfinite(at_upper)) return std::nullopt;
  const double centre = *error.predicted;
  const double down = centre - std::min({at_lower, at_upper, centre});
  const double up = std::max({at_lower, at_upper, centre}) - centre;
  return inside_unit({error.interval->level,
                      centre - std::hypot(down, centre - error.interval->lower),
                      centre + std::hypot(up, error.interval->upper - centre), "delta-chained"});
}

void predict_losses(const Testbed& testbed, const LossLaw& law,
                    std::vector<ModelPrediction>& rows) {
  const std::size_t set = testbed.loss_set_index(law.loss_set);
  Points at(2, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TestbedModel& model = testbed.models[rows[i].model];
    at.set(i, std::array{model.tokens_per_parameter(), model.compute_flops()}, 1);
  }
  std::vector<Prediction> losses = predictions_at(law.fitted, at);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].loss = std::move(losses[i]);
    rows[i].loss.interval = possible_part(rows[i].loss.interval, kPossibleLosses);
    rows[i].loss.actual = if_measured(testbed.models[rows[i].model].losses[set].loss_nats);
  }
}

void predict_errors(const ErrorLaw& law, const ErrorSet& errors,
                    std::vector<ModelPrediction>& rows) {
  std::vector<std::optional<double>> predicted, actual;
  for (const ModelPrediction& row : rows) {
    predicted.push_back(row.loss.predicted);
    actual.push_back(row.loss.actual);
  }
  std::vector<Prediction> through_predicted = errors_at(law.fitted, predicted),
                          through_actual = errors_at(law.fitted, actual);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].error = std::move(through_predicted[i]);
    rows[i].error.interval = chained(law.fitted, rows[i].loss, rows[i].error);
    rows[i].error_from_true_loss = std::move(through_actual[i]);
    auto& interval = rows[i].error_from_true_loss.interval;
    if (interval) interval = inside_unit(*interval);
    rows[i].error.actual = rows[i].error_from_true_loss.actual =
        if_measured(errors.errors[rows[i].model]);
  }
}

/// Which runs the laws are for: see ModelPrediction::is_target.
class Targets {
 public:
  Targets(const Testbed& testbed, const LossLaw& loss_law, const ErrorLaw& error_law) {
    for (const auto* models : {&loss_law.models, &error_law.models}) {
      for (const std::size_t model : *models) {
        most_compute_ = std::max(most_compute_, testbed.models[model].compute_flops());
        most_params_ = std::max(most_params_, testbed.models[model].n_params);
      }
    }
  }

  bool have(const TestbedModel& model) const {
    return model.compute_flops() > most_compute_ && model.n_params >= most_params_;
  }

 private:
  double most_compute_ = 0, most_params_ = 0;
};

bool leaves_range(const Prediction& error) {
  return error.predicted && (*error.predicted < 0 || *error.predicted > 1);
}

/// The interval reaches an error of 0, or twice what is predicted: anything may come.
bool says_nothing(const Prediction& error) {
  return error.predicted && error.interval &&
         (error.interval->lower <= 0 || error.interval->upper >= 2 * *error.predicted);
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

/// What either law's fit says by itself.
void add_doubts_of_fit(const Fit& fit, std::vector<Doubt>& found) {
  if (fit.status == Status::unbounded) {
    found.push_back(Doubt::unbounded);
  } else if (!fit.identified) {
    found.push_back(Doubt::undetermined);
  }
  if (fit.n_points <= fit.theta.size()) found.push_back(Doubt::saturated);
}

}  // namespace

std::vector<ModelPrediction> predictions(const Testbed& testbed, const LossLaw& loss_law,
                                         const ErrorLaw& error_law, const ErrorSet& error_set) {
  const Targets targets(testbed, loss_law, error_law);
  std::vector<ModelPrediction> rows;
  for (std::size_t i = 0; i < testbed.models.size(); ++i) {
    if (testbed.models[i].train_set != loss_law.train_set) continue;
    ModelPrediction row;
    row.model = i;
    row.in_loss_fit = has_model(loss_law.models, i);
    row.in_error_fit = has_model(error_law.models, i);
    row.is_target = targets.have(testbed.models[i]);
    rows.push_back(row);
  }
  predict_losses(testbed, loss_law, rows);
  predict_errors(error_law, error_set, rows);
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
      return "undetermined";
    case Doubt::saturated:
      return "as many parameters as runs";
    case Doubt::below_zero:
      return "E below 0";
    case Doubt::loss_law:
      return "loss law in doubt";
    case Doubt::leaves_range:
      return "leaves 0 to 1";
    case Doubt::wide_interval:
      break;
  }
  return "wide interval";
}

std::string doubt_text(const std::vector<Doubt>& doubts) {
  std::vector<std::string> names;
  for (const Doubt doubt : doubts) names.emplace_back(doubt_name(doubt));
  return join(names, ", ");
}

std::vector<Doubt> doubts(const Testbed& testbed, const LossLaw& loss_law, const ErrorLaw& law,
                          const ErrorSet& error_set) {
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
  if (law.fitted.value("k") * law.fitted.value("gamma") < 0) found.push_back(Doubt::rises);
  add_doubts_of_fit(law.fitted.fit, found);
  if (!doubts(loss_law).empty()) found.push_back(Doubt::loss_law);
  if (law.fitted.fit.status == Status::unbounded) return found;
  bool some_leaves = false, some_is_wide = false;
  for (const ModelPrediction& row : predictions(testbed, loss_law, law, error_set)) {
    some_leaves |= row.is_target && leaves_range(row.error);
    some_is_wide |= row.is_target && says_nothing(row.error);
  }
  if (some_leaves) found.push_back(Doubt::leaves_range);
  if (some_is_wide && !some_leaves) found.push_back(Doubt::wide_interval);
  return found;
}

std::vector<Doubt> doubts(const LossLaw& law) {
  std::vector<Doubt> found;
  add_doubts_of_fit(law.fitted.fit, found);
  if (law.fitted.value("E") < 0) found.push_back(Doubt::below_zero);
  return found;
}

namespace {

/// Why parameters are open where all runs are as long for their size.
std::string words_of_one_ratio(const LossLaw& law) {
  const double ratio = law.fitted.lowest.front();
  if (ratio < law.fitted.highest.front()) return "";
  return " (all have " + significant(ratio, 4) +
         " tokens per parameter: runs at another ratio would tell)";
}

}  // namespace

std::string doubt_words(const LossLaw& law) {
  std::vector<std::string> reasons;
  for (const Doubt doubt : doubts(law)) {
    if (doubt == Doubt::unbounded) reasons.emplace_back("the best fit has infinite parameters");
    if (doubt == Doubt::undetermined)
      reasons.push_back("other parameters fit its runs as well and predict differently" +
                        words_of_one_ratio(law));
    if (doubt == Doubt::saturated)
      reasons.push_back("it has as many parameters as runs (" +
                        std::to_string(law.fitted.fit.n_points) +
                        "), so that nothing is left to tell how far off it is");
    if (doubt == Doubt::below_zero)
      reasons.push_back("its E, " + significant(law.fitted.value("E"), 3) +
                        ", is a loss below 0, which no loss is");
  }
  if (reasons.empty()) return "";
  return "the loss law of " + law.train_set + ", " + law.loss_set +
         ", is not to be trusted: " + join(reasons, "; ");
}

std::vector<std::string> doubt_words(const std::vector<LossLaw>& laws) {
  std::vector<std::string> all;
  for (const LossLaw& law : laws) {
    if (std::string words = doubt_words(law); !words.empty()) all.push_back(std::move(words));
  }
  return all;
}

std::string Miss::text() const {
  return std::abs(relative_error) > kMostRelativeError ? "> 1000%"
                                                       : percent(relative_error, 0, true);
}

std::optional<Miss> worst_miss(const std::vector<ModelPrediction>& rows) {
  std::optional<Miss> worst;
  for (const ModelPrediction& row : rows) {
    const auto error = row.error.relative_error();
    if (!row.is_target || !error) continue;
    if (!worst || std::abs(*error) > std::abs(worst->relative_error))
      worst = Miss{row.model, *error};
  }
  return worst;
}

}  // namespace rung::overtraining
