#pragma once
/// Metrics of an evaluation by their names in tables: which way is better, which are proxies.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rung::decide {

/// Losses, perplexities and bits: smaller is better. Of all others more is better.
bool is_lower_better(std::string_view metric);

/// -1 where smaller is better, else 1: times a value, more is better.
/// Whether it is a share of questions, or of points: 0 to 1.
bool is_share(std::string_view metric);
double direction_of(std::string_view metric);

/// The published proxy metrics: accuracies, and correct_prob, margin, norm_correct_prob and
/// total_prob, each raw, per token, per character and per byte.
const std::vector<std::string>& proxy_metrics();

/// The first of the usual names of a task's own metric that is among `metrics`.
std::optional<std::string> usual_gold(const std::vector<std::string>& metrics);

/// The first of the usual names of the loss of the right answer that is among `metrics`.
std::optional<std::string> usual_loss(const std::vector<std::string>& metrics);

/// A column of a table with a column a task and metric: "arc_easy_acc_per_char" is acc_per_char of
/// arc_easy. Absent where it ends in no known metric.
struct TaskMetric {
  std::string task, metric;
};
std::optional<TaskMetric> split_column(std::string_view column);

}  // namespace rung::decide
