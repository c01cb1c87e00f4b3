#include "rung/study/ladder/ways.hpp"

#include <algorithm>

#include "rung/core/counted.hpp"
#include "rung/core/text.hpp"

namespace rung::ladder {

void WayCount::include(std::size_t n) {
  if (n == 0) return;
  fewest = most == 0 ? n : std::min(fewest, n);
  most = std::max(most, n);
}

std::size_t ways_put_together(const CombinedTarget& target) {
  std::size_t n = 0;
  for (std::size_t m = 0; m < target.members.size(); ++m)
    n += target.members[m] && !target.is_left_out(m) ? 1 : 0;
  return n;
}

WayCount ways_put_together(const CombinedResult& result, std::size_t target) {
  WayCount count;
  for (const CombinedTask& task : result.tasks)
    count.include(ways_put_together(task.targets[target]));
  return count;
}

WayCount ways_put_together(const CombinedResult& result) {
  WayCount count;
  for (const CombinedTask& task : result.tasks) {
    for (const CombinedTarget& target : task.targets) count.include(ways_put_together(target));
  }
  return count;
}

std::string ways_words(const WayCount& count) {
  return count.fewest == count.most
             ? counted(count.most, "way")
             : std::to_string(count.fewest) + " to " + counted(count.most, "way");
}

std::string why_nothing_is_predicted(const TaskData& data, const CombinedResult& result) {
  if (usable(result)) return "";
  std::size_t fewest = 0;
  for (const CombinedTask& task : result.tasks) {
    for (const Member& member : task.members) {
      const std::size_t needed = fewest_runs(data, member.scale);
      fewest = fewest == 0 ? needed : std::min(fewest, needed);
    }
  }
  if (data.runs.size() >= fewest) return "";
  return counted(data.runs.size(), "run") + (data.runs.size() == 1 ? " is" : " are") +
         " too few for any way of predicting, which takes " + std::to_string(fewest) + " or more";
}

void add_ways_note(const TaskData& data, std::size_t place, CombinedResult& result) {
  std::vector<std::string> notes;
  const WayCount ways = ways_put_together(result);
  const std::vector<std::string> missing = missing_measures(data);
  if (!result.why_nothing.empty()) {
    notes.push_back("nothing is predicted: " + result.why_nothing);
  } else if (!missing.empty() && ways.most > 0) {
    notes.push_back("without " + join(missing, ", ") + ": " + ways_words(ways) + " of predicting " +
                    (ways.most == 1 ? "is left" : "are put together"));
  }
  if (!missing.empty() && !data.has_any_loss())
    notes.push_back(
        "without a loss no run is tested against the others (rung ladder diagnose tests "
        "accuracies alone)");
  result.notes.insert(result.notes.begin() + static_cast<std::ptrdiff_t>(place), notes.begin(),
                      notes.end());
}

}  // namespace rung::ladder
