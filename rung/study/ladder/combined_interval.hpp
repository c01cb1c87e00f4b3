#pragma once
/// Intervals of combined predictions, by what the folds show.

#include "rung/study/ladder/trained.hpp"

namespace rung::ladder {

/// How far a test run of a fold is off, as FoldPoint has it.
struct FoldError {
  Signal signal = Signal::clear;
  std::optional<double> standardized;
};

/// How many standard deviations the middle `level` of the errors takes, and what their mean is: a
/// normal's where folds are few, what the folds' errors had where they are many, times what
/// Student's t has beyond a normal at the target's degrees of freedom. One for each signal.
class Calibration {
 public:
  Calibration(const std::vector<std::vector<FoldError>>& folds, double level);

  double multiple(Signal signal, double degrees_of_freedom) const;
  double mean_absolute(Signal signal, double degrees_of_freedom) const;
  double normal_quantile() const { return normal_; }
  bool known() const { return n_folds_ > 0; }

 private:
  /// In standard deviations, of errors of one signal.
  struct Errors {
    double quantile = 0, mean = 0;
  };

  const Errors& of(Signal signal) const { return signal == Signal::weak ? weak_ : clear_; }

  double level_, normal_;
  std::size_t n_folds_ = 0;
  Errors clear_, weak_;
};

/// Predicts `target` and says how far it may be off.
class Predictor {
 public:
  Predictor(const CombinedSettings& settings, const Calibration& calibration)
      : settings_(settings), calibration_(calibration) {}

  /// `n_averaged`: checkpoints in the target's accuracy.
  CombinedTarget predict(const TaskData& data, const Trained& trained, const Target& target,
                         std::size_t n_averaged) const;

 private:
  void add_interval(const TaskData& data, const Trained& trained,
                    const Trained::Prediction& prediction, std::size_t n_averaged,
                    CombinedTarget& result) const;
  void add_chance_interval(const TaskData& data, const Trained& trained,
                           CombinedTarget& result) const;

  const CombinedSettings& settings_;
  const Calibration& calibration_;
};

/// Widens the interval to another prediction and its interval, and to what is said of it: which of
/// both is nearer nobody knows.
void reach_over(const CombinedTarget& other, CombinedTarget& target);

}  // namespace rung::ladder
