#pragma once
/// What importers of evaluations have in common: metrics as JSON objects, and dates in names.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "rung/core/value.hpp"
#include "rung/data/imported.hpp"

namespace rung {

/// The number or boolean that a key holds; absent for anything else, and for NaN.
std::optional<double> number_under(const Value& object, std::string_view key);
/// The text that a key holds, "" for anything else.
std::string text_under(const Value& object, std::string_view key);

/// A score for each number of an object of metrics. "acc" has its standard error in "acc_stderr",
/// "acc,none" in "acc_stderr,none"; a filter other than "none" stays in the name
/// ("exact_match:strict-match"). `common` says all but metric, value and standard error.
void add_metrics(const Value& metrics, const Score& common, std::vector<Score>& scores);

/// The metric's name of "acc,none".
std::string harness_metric(std::string_view key);

/// The date in a name: "results_2024-05-21T10-11-12.123456". Seconds since 1970.
std::optional<double> date_in(std::string_view name);

/// Calls `read` for each JSON value: the whole content, or one for each line where it is lines of
/// objects. InputError with the line of what is no JSON.
void each_json(const std::string& content, const std::string& source,
               const std::function<void(const Value&, std::size_t line)>& read);

/// Of numbers as they come: their mean with its standard error.
class Mean {
 public:
  void add(double value);
  double n() const { return n_; }
  double mean() const { return mean_; }
  /// Absent for fewer than two numbers.
  std::optional<double> stderror() const;

 private:
  double n_ = 0, mean_ = 0, squares_ = 0;
};

}  // namespace rung
