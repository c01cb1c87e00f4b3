#include "rung/study/imports/metric_groups.hpp"

#include <vector>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::imports {
namespace {

constexpr MetricGroup kGroups[] = {
    {"train", "^train[/_]|^(loss|lr|learning_rate|grad_norm)$|^optim/"},
    {"validation",
     "^(eval|val|valid|validation)(uation)?[/_](?!downstream).*(loss|Loss|CrossEntropy|ppl|PPL|"
     "[Pp]erplexity)"},
    {"bpb", "bpb|BPB|bits_per_byte"},
    {"downstream",
     "downstream(?!_bpb)|acc(_norm|_raw|_per_char|_uncond)?$|accuracy|len_norm|pmi_dc|exact_match|"
     "(^|[/_])f1$"},
    {"throughput", "^throughput/|_per_second|/TPS|MFU|^perf/"},
};

}  // namespace

std::span<const MetricGroup> metric_groups() { return kGroups; }

const MetricGroup& metric_group(const std::string& name) {
  std::vector<std::string> names;
  for (const MetricGroup& group : kGroups) {
    if (group.name == name) return group;
    names.emplace_back(group.name);
  }
  throw InputError("--group '" + name + "' is not known", "one of " + join(names, ", "));
}

}  // namespace rung::imports
