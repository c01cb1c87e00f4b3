#pragma once
/// What a ladder measures on a task.

#include <array>
#include <string>
#include <string_view>

namespace rung::ladder {

enum class Metric {
  rc_bpb,       // loss of the right answer, bits per byte
  rc_acc,       // accuracy, answers ranked by likelihood
  mc_acc,       // accuracy, answers picked by letter
  c4,           // validation loss on C4, nats per token: the same for every task
  rc_soft_log,  // cross-entropy over the answers ("TaskCE"), nats; stored negative, positive here
  loss,         // any other, of which a ladder's own columns say no more
};

inline constexpr std::array kMetrics = {Metric::rc_bpb, Metric::rc_acc,      Metric::mc_acc,
                                        Metric::c4,     Metric::rc_soft_log, Metric::loss};

/// As options and task files spell it: "rc_bpb".
std::string_view metric_name(Metric metric);

/// For an axis: "Task loss (bits per byte)".
std::string_view metric_label(Metric metric);

/// InputError with the nearest names when there is no such metric.
Metric parse_metric(const std::string& name);

/// Grows with the model; the others are losses and shrink.
constexpr bool is_accuracy(Metric metric) {
  return metric == Metric::rc_acc || metric == Metric::mc_acc;
}

/// What a stored value is multiplied by: -1 for rc_soft_log.
constexpr double stored_sign(Metric metric) { return metric == Metric::rc_soft_log ? -1 : 1; }

}  // namespace rung::ladder
