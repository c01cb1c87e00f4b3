#include "rung/study/ladder/question_count.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"

namespace rung::ladder {
namespace {

/// How far a number may be from what was rounded to it, by the decimals that it is written with;
/// divisions by 100 leave some behind the fifteenth.
double rounding_of(double value) {
  constexpr double kOfDoubles = 1e-9;
  double rounding = 0.5;
  for (double unit = 1; rounding > kOfDoubles; unit *= 10, rounding /= 10) {
    if (std::abs(value * unit - std::round(value * unit)) <= 1e-12 * unit) return rounding;
  }
  return kOfDoubles;
}

/// Of a rounding, for numbers that were rounded twice: to one digit more, and then again.
constexpr double kTwice = 1.11;

/// Accuracies, each once, and to what they are rounded: as shares.
struct WrittenScores {
  std::vector<double> shares;
  double rounding = 1;

  explicit WrittenScores(std::vector<double> accuracies) {
    std::erase_if(accuracies, [](double accuracy) { return !std::isfinite(accuracy); });
    shares = sorted_distinct(std::move(accuracies));
    if (shares.empty()) return;
    const double whole = shares.back() > 1 ? 100 : 1;
    for (double& share : shares) {
      rounding = std::min(rounding, rounding_of(share));  // of the one that is written out most
      share /= whole;
    }
    rounding = std::max(rounding / whole, 1e-9);
  }

  bool all_of(double n_questions) const {
    return std::all_of(shares.begin(), shares.end(), [&](double share) {
      const double answered = share * n_questions;
      return std::abs(answered - std::round(answered)) <= kTwice * rounding * n_questions;
    });
  }
};

/// Of the numbers that are written to that rounding, the share which n questions might give:
/// decimals of few digits go with some n all, as 800 with each that has three.
double share_of_grid(int n, double rounding) {
  const double most = std::min(1.0, 2 * kTwice * rounding * n);
  const double grid = std::round(0.5 / rounding);
  constexpr double kMostSteps = 1e5;
  if (grid > kMostSteps) return most;
  double n_fitting = 0;
  for (double k = 0; k < grid; ++k) {
    const double answered = k / grid * n;
    n_fitting += std::abs(answered - std::round(answered)) <= kTwice * rounding * n ? 1 : 0;
  }
  return std::max(most, n_fitting / grid);
}

/// "piqa_n" of "piqa_acc" and "piqa_acc_n", the longer of them where there are both; "" of none.
std::string column_of_counts(const std::vector<Run>& runs, const std::string& column) {
  std::string found;
  for (const Run& run : runs) {
    for (const auto& [name, values] : run.metrics) {
      if (name.size() > found.size() && name.ends_with("_n") &&
          (column + "_").starts_with(name.substr(0, name.size() - 1)))
        found = name;
    }
  }
  return found;
}

/// The last number in the column, and what is odd about it. InputError for what is no number of
/// questions.
std::optional<QuestionCount> counted_in(const std::vector<Run>& runs, const std::string& column) {
  std::optional<double> least, most, last;
  for (const Run& run : runs) {
    const auto known = run.metrics.find(column);
    if (known == run.metrics.end()) continue;
    for (std::size_t i = 0; i < known->second.size(); ++i) {
      const double n = known->second[i];
      if (std::isnan(n)) continue;
      if (!(n >= 1) || n != std::round(n))
        throw InputError(run.location(i),
                         column + " is " + shortest(n) + ", no number of questions",
                         "leave the column out; n_examples in a file of --tasks says the number");
      least = std::min(least.value_or(n), n), most = std::max(most.value_or(n), n), last = n;
    }
  }
  if (!last) return {};
  QuestionCount count{*last};
  if (*least != *most)
    count.doubt = column + " goes from " + shortest(*least) + " to " + shortest(*most) + ": " +
                  shortest(*last) + ", the last, counts";
  return count;
}

}  // namespace

std::optional<double> questions_by_errors(const std::vector<double>& accuracies,
                                          const std::vector<double>& standard_errors) {
  std::vector<double> counts;
  const double whole = std::any_of(accuracies.begin(), accuracies.end(),
                                   [](double accuracy) { return accuracy > 1; })
                           ? 100
                           : 1;
  for (std::size_t i = 0; i < std::min(accuracies.size(), standard_errors.size()); ++i) {
    const double share = accuracies[i] / whole, error = standard_errors[i] / whole;
    if (share > 0 && share < 1 && error > 0)
      counts.push_back(share * (1 - share) / (error * error));
  }
  if (counts.empty()) return {};
  std::sort(counts.begin(), counts.end());
  const double median = sorted_quantile(counts, 0.5);
  constexpr double kAlike = 0.1;  // errors of three decimals differ by as much
  if (counts.back() - counts.front() > 2 * kAlike * median) return {};
  return std::round(median + 1);
}

std::optional<double> questions_by_steps(std::vector<double> accuracies) {
  constexpr int kMost = 50000;
  constexpr double kChance = 1e-6;
  const WrittenScores scores(std::move(accuracies));
  const std::size_t n_scores = scores.shares.size();
  if (n_scores == 0) return {};
  double by_chance = 0;  // how many n up to here all would be multiples of
  for (int n = 2; n <= kMost && by_chance < kChance; ++n) {
    by_chance += std::pow(std::min(1.0, 2 * kTwice * scores.rounding * n), n_scores);
    if (scores.all_of(n) && by_chance < kChance &&
        std::pow(share_of_grid(n, scores.rounding), n_scores) < kChance)
      return n;
  }
  return {};
}

bool QuestionCount::allows(double n_questions) const {
  return WrittenScores(scores).all_of(n_questions);
}

std::optional<QuestionCount> logged_questions(const std::vector<Run>& runs,
                                              const std::string& column) {
  std::vector<double> accuracies, with_error, errors;
  if (auto counted = counted_in(runs, column_of_counts(runs, column))) return counted;
  for (const Run& run : runs) {
    const auto found = run.metrics.find(column);
    if (found == run.metrics.end()) continue;
    accuracies.insert(accuracies.end(), found->second.begin(), found->second.end());
    const auto beside = run.metrics.find(column + "_stderr");
    if (beside == run.metrics.end()) continue;
    const std::size_t n = std::min(found->second.size(), beside->second.size());
    with_error.insert(with_error.end(), found->second.begin(), found->second.begin() + n);
    errors.insert(errors.end(), beside->second.begin(), beside->second.begin() + n);
  }
  if (const auto n = questions_by_steps(accuracies))
    return QuestionCount{*n, "the scores' steps", "", std::move(accuracies)};
  if (const auto n = questions_by_errors(with_error, errors))
    return QuestionCount{*n, "the standard errors"};
  return {};
}

}  // namespace rung::ladder
