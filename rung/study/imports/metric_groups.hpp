#pragma once
#include <span>
#include <string>
#include <string_view>

namespace rung::imports {

/// Metrics of public trainers and evaluators by what they say.
struct MetricGroup {
  std::string_view name;
  std::string_view expression;  // found anywhere in a metric's name
};

std::span<const MetricGroup> metric_groups();

/// InputError with the groups that there are.
const MetricGroup& metric_group(const std::string& name);

}  // namespace rung::imports
