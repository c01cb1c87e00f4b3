#pragma once
/// Multiple-choice questions as a model scored them, and the metrics that follow.

#include <array>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "rung/core/numbers.hpp"
#include "rung/data/table.hpp"

namespace rung {

/// One option's continuation; NaN where it is not known.
struct AnswerOption {
  double sum_logits = kNaN;  // log probability of the whole, in nats
  double n_tokens = kNaN, n_chars = kNaN, n_bytes = kNaN;
  double sum_logits_uncond = kNaN;  // without the question before it
};

/// With the option's score s, and v = s, s / tokens, s / characters or s / bytes:
///   correct_prob       exp(v) of the right answer
///   margin             that less the greatest exp(v) of the others
///   total_prob         the sum of exp(v), which may exceed 1
///   norm_correct_prob  correct_prob / total_prob
///   acc                1 where the right answer has the greatest v (of equals the first counts)
/// each raw (no ending; acc_raw), _per_token, _per_char and _per_byte; acc_uncond by s less the
/// score without the question; correct_logit_per_byte in bits, -log2(e) s / bytes of the right one.
inline constexpr std::size_t kQuestionMetrics = 22;
const std::array<std::string, kQuestionMetrics>& question_metric_names();

/// NaN where an option lacks what a metric needs. `correct` is below options.size().
std::array<double, kQuestionMetrics> question_metrics(std::span<const AnswerOption> options,
                                                      std::size_t correct);

/// Of which run and task a question was asked; texts as the file has them, "" where it has none.
struct QuestionsOf {
  std::string recipe, size, task, seed, step;
  auto operator<=>(const QuestionsOf&) const = default;
};

/// Means over questions.
struct MetricMeans {
  std::size_t n_questions = 0;
  std::array<double, kQuestionMetrics> sums{};
  std::array<std::size_t, kQuestionMetrics> counts{};

  void add(const std::array<double, kQuestionMetrics>& metrics);
  void add(const MetricMeans& other);
};
using MeansByRun = std::map<QuestionsOf, MetricMeans>;

/// A row a run, task and checkpoint: recipe, size, task, seed, step, n_questions and the metrics
/// that every question had.
Table table_of_means(const MeansByRun& means, std::string source);

/// Does the table hold an option a row: a column sum_logits and one of the questions' numbers?
bool is_table_of_options(const Table& table);

/// Such a table's questions: rows that agree in run, task and question (doc_id, native_id,
/// instance, question) stand together. Which option is right says `is_correct` (0 or 1), or `label`
/// (from 0) counted in the order of the rows. InputError with the line of a question without a
/// right answer.
MeansByRun means_of_options(const Table& table);

}  // namespace rung
