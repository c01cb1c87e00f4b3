#include "rung/study/decide/metric_names.hpp"

#include <span>

#include "rung/core/text.hpp"

namespace rung::decide {
namespace {

/// Of the task itself, the likeliest first.
constexpr const char* kGoldNames[] = {"primary_metric", "primary_score", "acc_norm",    "acc",
                                      "acc_raw",        "acc_per_char",  "exact_match", "f1",
                                      "pass@1"};

constexpr const char* kLossNames[] = {"correct_logit_per_byte", "logits_per_byte_corr", "bpb",
                                      "bits_per_byte", "loss"};

std::vector<std::string> listed_proxies() {
  std::vector<std::string> names = {"primary_metric", "acc_raw",      "acc_per_token",
                                    "acc_per_char",   "acc_per_byte", "acc_uncond"};
  for (const char* stem : {"correct_prob", "margin", "norm_correct_prob", "total_prob"}) {
    for (const char* ending : {"", "_per_token", "_per_char", "_per_byte"})
      names.push_back(std::string(stem) + ending);
  }
  return names;
}

std::optional<std::string> first_of(std::span<const char* const> names,
                                    const std::vector<std::string>& metrics) {
  for (const char* name : names) {
    if (contains(metrics, name)) return name;
  }
  return std::nullopt;
}

}  // namespace

bool is_lower_better(std::string_view metric) {
  for (const char* mark :
       {"loss", "bpb", "bits_per_byte", "logit_per_byte", "logits_per_byte", "perplexity", "ppl"}) {
    if (metric.find(mark) != std::string_view::npos) return true;
  }
  return false;
}

bool is_share(std::string_view metric) {
  const std::string name(metric);
  return name.starts_with("acc") || contains({std::begin(kGoldNames), std::end(kGoldNames)}, name);
}

double direction_of(std::string_view metric) { return is_lower_better(metric) ? -1 : 1; }

const std::vector<std::string>& proxy_metrics() {
  static const std::vector<std::string> kNames = listed_proxies();
  return kNames;
}

std::optional<std::string> usual_gold(const std::vector<std::string>& metrics) {
  return first_of(kGoldNames, metrics);
}

std::optional<std::string> usual_loss(const std::vector<std::string>& metrics) {
  return first_of(kLossNames, metrics);
}

std::optional<TaskMetric> split_column(std::string_view column) {
  std::vector<std::string> known = proxy_metrics();
  known.insert(known.end(), std::begin(kGoldNames), std::end(kGoldNames));
  known.insert(known.end(), std::begin(kLossNames), std::end(kLossNames));
  std::string_view longest;
  for (const std::string& metric : known) {
    if (metric.size() <= longest.size() || column.size() < metric.size() + 2) continue;
    if (column.ends_with(metric) && column[column.size() - metric.size() - 1] == '_')
      longest = column.substr(column.size() - metric.size());
  }
  if (longest.empty()) return std::nullopt;
  return TaskMetric{std::string(column.substr(0, column.size() - longest.size() - 1)),
                    std::string(longest)};
}

}  // namespace rung::decide
