// What is not to be trusted of the combined predictions, and why.

#include <algorithm>

#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/report/ladder/combined.hpp"
#include "rung/report/ladder/shared.hpp"
#include "rung/study/ladder/combined.hpp"

namespace rung::ladder {
namespace {

/// Tasks that share a sign and a reason at the same targets.
struct Reason {
  Trust trust;
  std::string why, targets;
  std::vector<std::string> tasks;
};

void add_reason(const Reason& of_task, std::vector<Reason>& reasons) {
  for (Reason& reason : reasons) {
    if (reason.trust != of_task.trust || reason.why != of_task.why ||
        reason.targets != of_task.targets)
      continue;
    reason.tasks.push_back(of_task.tasks.front());
    return;
  }
  reasons.push_back(of_task);
}

/// Those of a task, each with the targets that it is said of.
std::vector<Reason> reasons_of(const CombinedTask& task) {
  std::vector<Reason> reasons;
  for (const CombinedTarget& target : task.targets) {
    for (const std::string& why : target.marks) {
      const auto found = std::find_if(reasons.begin(), reasons.end(), [&](const Reason& reason) {
        return reason.trust == target.trust && reason.why == why;
      });
      if (found == reasons.end()) {
        reasons.push_back({target.trust, why, target.prediction.target.name, {task.task.name}});
      } else {
        found->targets += ", " + target.prediction.target.name;
      }
    }
  }
  return reasons;
}

}  // namespace

std::string sign_of(Trust trust) {
  return trust == Trust::sound ? "" : trust == Trust::rough ? kRough : kInDoubt;
}

std::string marks_text(const CombinedResult& result) {
  std::vector<Reason> reasons;
  for (const CombinedTask& task : result.tasks) {
    for (const Reason& reason : reasons_of(task)) add_reason(reason, reasons);
  }
  std::string text;
  for (const auto& [trust, meaning] :
       {std::pair(Trust::doubtful,
                  "not to be trusted: by the 90% interval, or few questions, it may be off by more "
                  "than 30% (relative), or runs or checkpoints stand off"),
        std::pair(Trust::rough,
                  "rough: by the 90% interval, or few questions, it may be off by 15 to 30% "
                  "(relative), or its "
                  "runs show no rise from chance")}) {
    const std::string sign = sign_of(trust).substr(1);
    std::string lines;
    for (const Reason& reason : reasons) {
      if (reason.trust == trust)
        lines += shown(sign + " " + join(reason.tasks, ", ") + " at " + reason.targets + ": " +
                           reason.why,
                       false) +
                 "\n";
    }
    if (!lines.empty()) text += sign + ": " + meaning + "\n" + lines;
  }
  return text;
}

}  // namespace rung::ladder
