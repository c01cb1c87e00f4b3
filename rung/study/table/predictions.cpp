#include "rung/study/table/predictions.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/interval/contradiction.hpp"
#include "rung/fit/interval/resample.hpp"
#include "rung/fit/outside.hpp"
#include "rung/fit/possible.hpp"

namespace rung::table {
namespace {

std::vector<Query> own_queries(const Fitted& fitted, const std::vector<Query>& queries) {
  std::vector<Query> own;
  for (const Query& query : queries) {
    if (query.group.empty() || query.group == fitted.label) own.push_back(query);
  }
  return own;
}

/// What a chain may say of the second law's value at the first one's prediction, by these alone.
std::optional<Interval> chain_of_two(const Fitted& first, const Fitted& then,
                                     const std::vector<double>& inputs) {
  const double level = first.options.level;
  const auto through = [&](double value) { return then.predict({&value, 1}); };
  const std::optional<Interval> before = first.interval(inputs);
  const std::vector<double> loss = {first.predict(inputs)};
  const std::optional<Interval> own = then.interval(loss);
  if (!before || !own) return std::nullopt;
  const std::vector<double> losses = first.replicate_predictions(inputs);
  if (!losses.empty() && then.replicates.n > 0) {
    std::vector<double> values;
    for (std::size_t i = 0; i < losses.size(); ++i) {
      const std::vector<double> theta = then.replicates.theta_of(i % then.replicates.n);
      values.push_back(predict(*then.law, theta, {&losses[i], 1}));
    }
    return percentile_interval(std::move(values), level, "bootstrap");
  }
  const double middle = then.predict(loss);
  const double at_lower = through(before->lower), at_upper = through(before->upper);
  const double least = std::min(at_lower, at_upper), most = std::max(at_lower, at_upper);
  return Interval{level, middle - std::hypot(middle - least, middle - own->lower),
                  middle + std::hypot(most - middle, own->upper - middle), "delta"};
}

/// Over the chains of both fits and of what the data leave possible besides each.
std::optional<Interval> chained_interval(const Fitted& first, const Fitted& then,
                                         const std::vector<double>& inputs) {
  if (first.rival) {
    Fitted alone = first;
    alone.rival = nullptr;
    return united(chained_interval(alone, then, inputs),
                  chained_interval(*first.rival, then, inputs));
  }
  if (then.rival) {
    Fitted alone = then;
    alone.rival = nullptr;
    return united(chain_of_two(first, alone, inputs), chain_of_two(first, *then.rival, inputs));
  }
  return chain_of_two(first, then, inputs);
}

/// The same fit with intervals of another level. InputError where they have theirs from the data.
Fitted with_level(Fitted fitted, double level) {
  if (fitted.options.level == level) return fitted;
  if (fitted.conformal)
    throw InputError("the first fit's intervals are of " + shortest(100 * level) +
                         "%, the second fit's conformal ones of " +
                         shortest(100 * fitted.options.level) + "%",
                     "fit both with the same --level");
  fitted.options.level = level;
  if (fitted.rival) fitted.rival = std::make_shared<const Fitted>(with_level(*fitted.rival, level));
  return fitted;
}

GroupPredictions without_rows(const Fitted& fitted) {
  return {.law = fitted.law,
          .label = fitted.label,
          .status = fitted.fit.status,
          .identified = fitted.fit.identified,
          .rows = {},
          .doubts = doubts_of(fitted)};
}

/// Takes the interval of a prediction that cannot be.
void mark_impossible(const Fitted& fitted, PredictedRow& row) {
  if (row.prediction.predicted)
    row.end_passed = end_passed(*row.prediction.predicted, fitted.possible);
  if (row.end_passed) row.prediction.interval.reset();
}

/// Of a place without an interval: whether nobody could have told one, and it is not the data that
/// leave it open.
bool none_expected(const Fitted& fitted) {
  return fitted.fit.identified && (fitted.interval_kind().empty() || too_few_replicates(fitted));
}

/// "7, 8, 9", or of many from the least to the most.
std::string listed(std::vector<double> values) {
  constexpr std::size_t kMostNamed = 3;
  std::sort(values.begin(), values.end());
  std::vector<std::string> words;
  for (const double value : values) words.push_back(significant(value));
  return words.size() > kMostNamed ? words.front() + " to " + words.back() : join(words, ", ");
}

/// What is to be said of a prediction by this fit; "": nothing.
std::string words_on(const Fitted& fitted, const PredictedRow& row) {
  if (!row.prediction.predicted) return "the law has no value";
  if (row.end_passed) return impossible_words(*row.prediction.predicted, fitted.possible);
  if (!row.alternatives.empty() && row.determined)
    return "other parameters that fit as well predict " + listed(row.alternatives);
  if (!row.alternatives.empty()) {
    std::vector<double> all = row.alternatives;
    all.push_back(*row.prediction.predicted);
    return "parameters that fit equally well predict " + listed(std::move(all)) +
           ", and others may predict more or less: there is no interval";
  }
  if (fitted.fit.identified && too_few_replicates(fitted))
    return "no interval: " + counted(static_cast<std::size_t>(fitted.replicates.n), "refit") +
           " by --bootstrap are too few for one";
  if (!row.determined)
    return fitted.fit.status == Status::local
               ? "no interval, for the search did not settle on one set of parameters"
               : "no interval, for the data do not determine this prediction";
  return row.prediction.interval || fitted.fit.alternatives.empty()
             ? ""
             : "no interval; parameters that fit equally well predict the same here";
}

/// What is said of a place; "" where that is nothing.
std::string said_of(const Law& law, const std::vector<double>& inputs, const std::string& words) {
  std::vector<std::string> place;
  for (std::size_t k = 0; k < inputs.size(); ++k)
    place.push_back(law.info.inputs[k].name + "=" + short_quantity(inputs[k]));
  return words.empty() ? "" : join(place, ", ") + ": " + words;
}

}  // namespace

bool too_few_replicates(const Fitted& fitted) {
  constexpr std::size_t kFewest = 20;  // of percentile_interval
  return fitted.replicates.n > 0 && fitted.replicates.n < kFewest;
}

std::vector<Beyond> beyond_data(const Fitted& fitted, const std::vector<double>& inputs) {
  std::vector<Beyond> beyond;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const double factor = times_outside(inputs[k], fitted.lowest[k], fitted.highest[k]);
    if (factor > 1)
      beyond.push_back({fitted.law->info.inputs[k].name, factor, inputs[k] < fitted.lowest[k]});
  }
  std::stable_sort(beyond.begin(), beyond.end(),
                   [](const Beyond& a, const Beyond& b) { return a.factor > b.factor; });
  return beyond;
}

std::optional<ValueRange> PredictedRow::spread() const {
  if (alternatives.empty() || !prediction.predicted) return std::nullopt;
  const auto [least, most] = std::minmax_element(alternatives.begin(), alternatives.end());
  return ValueRange{std::min(*least, *prediction.predicted),
                    std::max(*most, *prediction.predicted)};
}

std::string note_of(const Fitted& fitted, const PredictedRow& row) {
  return said_of(*fitted.law, row.inputs, words_on(fitted, row));
}

PredictedRow predicted_row(const Fitted& fitted, const Query& query) {
  PredictedRow row{.inputs = query.inputs,
                   .prediction = fitted.prediction(query.inputs, query.actual),
                   .extrapolation = fitted.extrapolation(query.inputs),
                   .beyond = beyond_data(fitted, query.inputs),
                   .alternatives = other_predictions(*fitted.law, fitted.fit, query.inputs),
                   .note = ""};
  mark_impossible(fitted, row);
  row.determined =
      !row.end_passed &&
      (row.prediction.interval ||
       (row.alternatives.empty() && (none_expected(fitted) || !fitted.fit.alternatives.empty())));
  row.note = note_of(fitted, row);
  return row;
}

GroupPredictions predictions_of(const Fitted& fitted, const std::vector<Query>& queries) {
  GroupPredictions group = without_rows(fitted);
  for (const Query& query : own_queries(fitted, queries))
    group.rows.push_back(predicted_row(fitted, query));
  return group;
}

GroupPredictions unchecked_predictions_of(const Fitted& fitted, const std::vector<Query>& queries) {
  GroupPredictions group = without_rows(fitted);
  const std::vector<Query> own = own_queries(fitted, queries);
  if (own.empty()) return group;
  Points points(own.front().inputs.size(), own.size());
  for (std::size_t i = 0; i < own.size(); ++i)
    points.set(i, own[i].inputs, own[i].actual.value_or(0));
  std::vector<std::optional<Interval>> intervals = fitted.intervals(points);
  const std::vector<double> values = fitted.predict(points);
  for (std::size_t i = 0; i < own.size(); ++i) {
    const auto predicted = std::isfinite(values[i]) ? std::optional(values[i]) : std::nullopt;
    group.rows.push_back({.inputs = own[i].inputs,
                          .prediction = {predicted, own[i].actual, std::move(intervals[i])},
                          .extrapolation = fitted.extrapolation(own[i].inputs),
                          .beyond = beyond_data(fitted, own[i].inputs),
                          .alternatives = {},
                          .note = ""});
  }
  return group;
}

std::vector<double> chained_alternatives(const Fitted& first, const Fitted& then,
                                         const std::vector<double>& inputs) {
  const std::vector<double> loss = {first.predict(inputs)};
  std::vector<double> values = other_predictions(*then.law, then.fit, loss);
  for (const double other : other_predictions(*first.law, first.fit, inputs)) {
    const double value = then.predict({&other, 1});
    if (std::isfinite(value)) values.push_back(value);
  }
  return values;
}

std::string doubt_of_loss(const Fitted& first, const Fitted& then) {
  if (first.lowest.empty() || then.lowest.empty()) return "";
  const double at_lowest = first.predict(first.lowest), at_highest = first.predict(first.highest);
  const auto [least, most] = std::minmax(at_lowest, at_highest);
  if (!(most < then.lowest.front() || least > then.highest.front())) return "";
  return "is it the same loss? The first fit's runs have " + significant(least, 3) + " to " +
         significant(most, 3) + ", and the second is of " + significant(then.lowest.front(), 3) +
         " to " + significant(then.highest.front(), 3);
}

GroupPredictions chained_predictions(const Fitted& first, const Fitted& second,
                                     const std::vector<Query>& queries) {
  const Fitted then = with_level(second, first.options.level);
  if (then.law->n_inputs() != 1)
    throw InputError("'" + then.law->info.name + "' is no law of the loss alone",
                     "fit the metric over the loss: --law sigmoid --x L=loss --y accuracy");
  GroupPredictions group = without_rows(first);
  group.identified = first.fit.identified && then.fit.identified;
  for (std::string& doubt : doubts_of(then)) group.doubts.push_back(std::move(doubt));
  if (std::string doubt = doubt_of_loss(first, then); !doubt.empty())
    group.doubts.push_back(std::move(doubt));
  for (const Query& query : own_queries(first, queries)) {
    const std::vector<double> loss = {first.predict(query.inputs)};
    const double value = then.predict(loss);
    PredictedRow row{.inputs = query.inputs, .prediction = {}, .extrapolation = 1};
    row.extrapolation = std::max(then.extrapolation(loss), first.extrapolation(query.inputs));
    row.beyond = beyond_data(first, query.inputs);
    for (Beyond& of_then : beyond_data(then, loss)) row.beyond.push_back(std::move(of_then));
    if (std::isfinite(value))
      row.prediction = {value, std::nullopt,
                        possible_part(chained_interval(first, then, query.inputs), then.possible)};
    mark_impossible(then, row);
    row.alternatives = chained_alternatives(first, then, query.inputs);
    row.determined = !row.end_passed && (row.prediction.interval ||
                                         (row.alternatives.empty() &&
                                          (none_expected(first) || first.interval(query.inputs)) &&
                                          (none_expected(then) || then.interval(loss))));
    row.note = said_of(*first.law, row.inputs, words_on(then, row));
    group.rows.push_back(std::move(row));
  }
  return group;
}

namespace {

std::string begin_of(const Fitted& fitted) {
  return fitted.label.empty() ? "" : "group '" + fitted.label + "': ";
}

/// Of an optimum that is not the best one for sure; "" for one that is.
std::string optimum_doubt(const Fit& fit) {
  if (fit.status == Status::certified) return "";
  const std::string what = fit.status == Status::local       ? "a better optimum may exist"
                           : fit.status == Status::unbounded ? "no finite best fit"
                                                             : "the fit failed";
  return fit.notes.empty() || fit.status == Status::unbounded ? what
                                                              : what + ": " + fit.notes.front();
}

}  // namespace

std::string doubt_of(const Fitted& fitted) {
  if (fitted.fit.identified) return "";
  return begin_of(fitted) + "the fit does not identify its parameters";
}

std::vector<std::string> doubts_of(const Fitted& fitted) {
  std::vector<std::string> doubts;
  if (const std::string doubt = doubt_of(fitted); !doubt.empty())
    doubts.push_back(doubt + ": far from its data, predictions may be anything");
  if (const std::string doubt = optimum_doubt(fitted.fit); !doubt.empty())
    doubts.push_back(begin_of(fitted) + doubt);
  for (const std::string& doubt : fitted.doubts) doubts.push_back(begin_of(fitted) + doubt);
  return doubts;
}

}  // namespace rung::table
