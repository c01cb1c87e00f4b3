#pragma once
/// Rows of inputs as a fit predicts them.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rung/fit/fitted.hpp"
#include "rung/study/table/table_fit.hpp"

namespace rung::table {

/// An input outside the data: by how much over their highest value, or under their lowest; see
/// times_outside.
struct Beyond {
  std::string input;
  double factor = 1;
  bool below = false;  // under their lowest
};

struct PredictedRow {
  std::vector<double> inputs;
  Prediction prediction;
  double extrapolation = 1;            // see Fitted::extrapolation
  std::vector<Beyond> beyond;          // the inputs outside the data, the furthest first
  std::vector<double> alternatives;    // what other parameters that fit as well predict instead
  std::string note;                    // of those, and why there is no interval; "": all is well
  bool determined = true;              // by the data: else `predicted` is one value of many
  std::optional<double> end_passed{};  // what `predicted` lies beyond, where no value can be

  /// The least and the most of what is predicted by parameters that fit as well.
  std::optional<ValueRange> spread() const;
};

/// One group's.
struct GroupPredictions {
  std::shared_ptr<const Law> law;
  std::string label;
  Status status = Status::failed;
  bool identified = false;
  std::vector<PredictedRow> rows;
  std::vector<std::string> doubts{};  // see doubts_of; of both laws where two are chained
};

PredictedRow predicted_row(const Fitted& fitted, const Query& query);
/// Of the queries those of the fit's own group, and of any; with the alternatives' predictions.
GroupPredictions predictions_of(const Fitted& fitted, const std::vector<Query>& queries);
/// The same for many rows, with intervals that are not checked by profiles: see Fitted::intervals.
GroupPredictions unchecked_predictions_of(const Fitted& fitted, const std::vector<Query>& queries);

/// Two fits of the same runs are of the same losses: why these are not, in words; "" where they may
/// be.
std::string doubt_of_loss(const Fitted& first, const Fitted& then);

/// What `second`, a law of one input, predicts from what `first` does: accuracy from loss.
/// Intervals are of the level of `first` and hold the errors of both, which are taken as
/// independent: by pairs of their replicates, else what each moves the prediction by, added as
/// squares. Rows keep the inputs of `first`. InputError where `second` has another number of
/// inputs, or conformal intervals of another level.
GroupPredictions chained_predictions(const Fitted& first, const Fitted& second,
                                     const std::vector<Query>& queries);

/// What that chain predicts by other parameters of either law that fit as well.
std::vector<double> chained_alternatives(const Fitted& first, const Fitted& then,
                                         const std::vector<double>& inputs);

/// Whether the fit was refitted, but too seldom for intervals and standard errors.
bool too_few_replicates(const Fitted& fitted);
/// The inputs that lie outside the data, the furthest first.
std::vector<Beyond> beyond_data(const Fitted& fitted, const std::vector<double>& inputs);
/// What is to be said of a row: other predictions, and the reason for the lack of an interval.
std::string note_of(const Fitted& fitted, const PredictedRow& row);

/// Why not to trust what follows from a fit; empty: no reason.
std::string doubt_of(const Fitted& fitted);
/// All that was found against a fit when it was made, and its optimum's status, each with the
/// fit's label.
std::vector<std::string> doubts_of(const Fitted& fitted);

}  // namespace rung::table
