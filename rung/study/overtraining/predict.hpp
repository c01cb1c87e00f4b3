#pragma once
/// What both laws say of every model, how far off that is, and which errors can be predicted at
/// all.

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "rung/study/overtraining/fits.hpp"

namespace rung::overtraining {

/// One model, seen through the laws of its training set. Intervals are of one new run's value.
struct ModelPrediction {
  std::size_t model = 0;  // by Testbed::models
  bool in_loss_fit = false, in_error_fit = false;
  /// A run that the laws are for: no smaller than any model that they have seen, with more compute.
  bool is_target = false;
  Prediction loss;                  // `actual` is absent where it was not measured, as of errors
  Prediction error;                 // chained, through the predicted loss
  Prediction error_from_true_loss;  // through the measured loss
};

/// Below 0 or above 1: the loss lies where the error law no longer holds.
inline bool is_no_error(double error) { return !(error >= 0 && error <= 1); }
inline bool is_no_error(const Prediction& error) {
  return error.predicted && is_no_error(*error.predicted);
}

/// A relative error above this, ten times the value, says no more than that it is.
inline constexpr double kMostRelativeError = 10;

/// For every model of the training set, in the order of Testbed::models. Intervals: of a loss, and
/// of an error from its true loss, by the delta method with Student's t on the law's own degrees of
/// freedom (5 runs less 4 parameters leave 1 in the published study). Of a chained error, by MOVER
/// (Zou and Donner 2008): the ends of the loss's interval are carried through the error law, and
/// their distances added in quadrature to those of the error law's own interval, as the two laws'
/// noise is independent. Errors stay inside [0, 1].
std::vector<ModelPrediction> predictions(const Testbed& testbed, const LossLaw& loss_law,
                                         const ErrorLaw& error_law, const ErrorSet& error_set);

/// Why an error can't be predicted from loss, or a loss law not be trusted.
enum class Doubt {
  constant,      // every fitted run has the same error
  chance_level,  // the best fitted run is within 2 standard errors of guessing
  not_monotone,  // a fitted run of lower loss is worse than one of higher loss, by 2 standard
                 // errors
  rises,         // the fitted error rises where the loss falls
  unbounded,     // the best fit has infinite parameters
  undetermined,  // other parameters fit as well and predict differently, or none could be certified
  saturated,     // as many parameters as runs: nothing is left to tell how far off the law is
  below_zero,    // the loss law's E lies below 0, where no loss is
  loss_law,      // the loss law that it is predicted through bears a doubt itself
  leaves_range,  // what both laws predict of a target lies below 0 or above 1
  wide_interval,  // that of a target reaches 0, or twice what is predicted
};

/// "chance level", "not monotone", …
std::string_view doubt_name(Doubt doubt);
/// Their names, joined by commas.
std::string doubt_text(const std::vector<Doubt>& doubts);

/// Every doubt that holds; none: the error can be predicted. Standard errors are those of a finite
/// number of examples, so a set whose task has no examples listed raises no doubt of noise.
std::vector<Doubt> doubts(const Testbed& testbed, const LossLaw& loss_law,
                          const ErrorLaw& error_law, const ErrorSet& error_set);

/// Of a loss law: unbounded, undetermined, saturated, below_zero; none: nothing speaks against it.
std::vector<Doubt> doubts(const LossLaw& law);

/// "the loss law of rpj, c4_val, is not to be trusted: as many parameters as runs (4): …"; "" where
/// it bears no doubt.
std::string doubt_words(const LossLaw& law);
/// The same of each law that bears a doubt.
std::vector<std::string> doubt_words(const std::vector<LossLaw>& laws);

/// A target, and how far off its predicted error is.
struct Miss {
  std::size_t model = 0;  // by Testbed::models
  double relative_error = 0;

  /// Off by more than this, an error did not follow loss, whatever was to be seen before.
  static constexpr double kMost = 0.1;
  bool holds() const { return std::abs(relative_error) <= kMost; }
  /// "+36%", "> 1000%".
  std::string text() const;
};

/// The target that is predicted worst; absent where none is there.
std::optional<Miss> worst_miss(const std::vector<ModelPrediction>& rows);

}  // namespace rung::overtraining
