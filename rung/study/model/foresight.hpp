#pragma once
/// What a ladder says of its other rungs while it is trained: L(N, D) of the losses so far.

#include <optional>
#include <string>
#include <vector>

#include "rung/fit/fitted.hpp"

namespace rung::model {

struct MeasuredRung {
  double n_params = 0, n_tokens = 0;
  double loss = 0;  // at its end
};

class Foresight {
 public:
  static constexpr double kLevel = 0.9;
  /// Of the interval that a rung is held against: of many rungs one in a hundred falls out by
  /// chance.
  static constexpr double kAlarmLevel = 0.99;

  /// Fits anew.
  void add(const MeasuredRung& rung);
  std::size_t n_rungs() const { return rungs_.size(); }
  /// At another rung, for one more run with its noise; absent while the rungs can't tell the law's
  /// parameters apart.
  std::optional<Prediction> prediction(double n_params, double n_tokens, double level,
                                       std::optional<double> actual = std::nullopt) const;

 private:
  std::vector<MeasuredRung> rungs_;
  std::optional<Fitted> fitted_;
};

}  // namespace rung::model
