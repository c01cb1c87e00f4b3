#include "rung/data/questions.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

constexpr std::size_t kMetricsOfALength = 5, kLengths = 4;

using Metrics = std::array<double, kQuestionMetrics>;

double length_of(const AnswerOption& option, std::size_t length) {
  switch (length) {
    case 0:
      return 1;
    case 1:
      return option.n_tokens;
    case 2:
      return option.n_chars;
    default:
      return option.n_bytes;
  }
}

/// The five metrics of scores per length, from `metrics` on. The scores' greatest is taken out of
/// the sum of exponentials, which may underflow as a whole.
void set_metrics(std::span<const double> scores, std::size_t correct, double* metrics) {
  const auto greatest = std::max_element(scores.begin(), scores.end());
  double sum = 0, other = -kInfinity;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    sum += std::exp(scores[i] - *greatest);
    if (i != correct) other = std::max(other, scores[i]);
  }
  metrics[0] = std::exp(scores[correct]);
  metrics[1] = scores.size() > 1 ? metrics[0] - std::exp(other) : kNaN;
  metrics[2] = std::exp(*greatest) * sum;
  metrics[3] = std::exp(scores[correct] - *greatest) / sum;
  metrics[4] = static_cast<std::size_t>(greatest - scores.begin()) == correct ? 1 : 0;
}

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

std::array<std::string, kQuestionMetrics> listed_names() {
  std::array<std::string, kQuestionMetrics> names;
  std::size_t i = 0;
  for (const char* ending : {"", "_per_token", "_per_char", "_per_byte"}) {
    for (const char* stem : {"correct_prob", "margin", "total_prob", "norm_correct_prob", "acc"})
      names[i++] = std::string(stem) + ending;
  }
  names[kMetricsOfALength - 1] = "acc_raw";
  names[i++] = "acc_uncond";
  names[i++] = "correct_logit_per_byte";
  return names;
}

}  // namespace

const std::array<std::string, kQuestionMetrics>& question_metric_names() {
  static const std::array<std::string, kQuestionMetrics> kNames = listed_names();
  return kNames;
}

Metrics question_metrics(std::span<const AnswerOption> options, std::size_t correct) {
  Metrics metrics;
  metrics.fill(kNaN);
  constexpr std::size_t kUsualOptions = 16;
  std::array<double, kUsualOptions> few;
  std::vector<double> many(options.size() > kUsualOptions ? options.size() : 0);
  const std::span<double> scores =
      many.empty() ? std::span(few).first(options.size()) : std::span(many);
  for (std::size_t length = 0; length < kLengths; ++length) {
    for (std::size_t i = 0; i < options.size(); ++i)
      scores[i] = options[i].sum_logits / length_of(options[i], length);
    if (all_finite(scores))
      set_metrics(scores, correct, metrics.data() + length * kMetricsOfALength);
  }
  for (std::size_t i = 0; i < options.size(); ++i)
    scores[i] = options[i].sum_logits - options[i].sum_logits_uncond;
  if (all_finite(scores)) {
    const auto greatest = std::max_element(scores.begin(), scores.end());
    metrics[kLengths * kMetricsOfALength] =
        static_cast<std::size_t>(greatest - scores.begin()) == correct ? 1 : 0;
  }
  const double bits = -std::numbers::log2e * options[correct].sum_logits / options[correct].n_bytes;
  if (std::isfinite(bits)) metrics[kLengths * kMetricsOfALength + 1] = bits;
  return metrics;
}

void MetricMeans::add(const Metrics& metrics) {
  ++n_questions;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (std::isnan(metrics[i])) continue;
    sums[i] += metrics[i];
    ++counts[i];
  }
}

void MetricMeans::add(const MetricMeans& other) {
  n_questions += other.n_questions;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sums[i] += other.sums[i];
    counts[i] += other.counts[i];
  }
}

Table table_of_means(const MeansByRun& means, std::string source) {
  std::vector<std::string> recipes, sizes, tasks, seeds;
  std::vector<double> steps, counts;
  std::array<std::vector<double>, kQuestionMetrics> values;
  for (const auto& [of, mean] : means) {
    recipes.push_back(of.recipe);
    sizes.push_back(of.size);
    tasks.push_back(of.task);
    seeds.push_back(of.seed);
    steps.push_back(parse_double(of.step).value_or(kNaN));
    counts.push_back(static_cast<double>(mean.n_questions));
    for (std::size_t i = 0; i < kQuestionMetrics; ++i)
      values[i].push_back(mean.counts[i] == mean.n_questions ? mean.sums[i] / counts.back() : kNaN);
  }
  Table table(std::move(source));
  table.add({"recipe", std::move(recipes)});
  table.add({"size", std::move(sizes)});
  table.add({"task", std::move(tasks)});
  table.add({"seed", std::move(seeds)});
  table.add({"step", std::move(steps)});
  table.add({"n_questions", std::move(counts)});
  for (std::size_t i = 0; i < kQuestionMetrics; ++i) {
    if (!std::all_of(values[i].begin(), values[i].end(), [](double v) { return std::isnan(v); }))
      table.add({question_metric_names()[i], std::move(values[i])});
  }
  return table;
}

}  // namespace rung
