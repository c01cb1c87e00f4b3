#include "rung/study/ladder/metric.hpp"

#include <vector>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::ladder {
namespace {

struct Words {
  std::string_view name, label;
};

constexpr Words words(Metric metric) {
  switch (metric) {
    case Metric::rc_bpb:
      return {"rc_bpb", "Task loss (bits per byte)"};
    case Metric::rc_acc:
      return {"rc_acc", "Accuracy"};
    case Metric::mc_acc:
      return {"mc_acc", "Accuracy (multiple choice)"};
    case Metric::c4:
      return {"c4", "C4 loss (nats per token)"};
    case Metric::rc_soft_log:
      return {"rc_soft_log", "Task cross-entropy (nats)"};
    case Metric::loss:
      return {"loss", "Loss"};
  }
  return {};
}

}  // namespace

std::string_view metric_name(Metric metric) { return words(metric).name; }

std::string_view metric_label(Metric metric) { return words(metric).label; }

Metric parse_metric(const std::string& name) {
  std::vector<std::string> known;
  for (const Metric metric : kMetrics) {
    if (name == metric_name(metric)) return metric;
    known.emplace_back(metric_name(metric));
  }
  throw InputError("there is no metric '" + name + "'; there are " + join(known, ", "),
                   did_you_mean(name, known));
}

}  // namespace rung::ladder
