#include "rung/study/ladder/without_off.hpp"

#include <algorithm>

namespace rung::ladder {
namespace {

void erase_checkpoint(std::size_t checkpoint, Run& run) {
  const auto place = static_cast<std::ptrdiff_t>(checkpoint);
  run.n_tokens.erase(run.n_tokens.begin() + place);
  for (auto& [name, values] : run.metrics) values.erase(values.begin() + place);
  if (!run.lines.empty()) run.lines.erase(run.lines.begin() + place);
}

}  // namespace

Ladder without_off(const Ladder& ladder, const std::set<std::size_t>& runs,
                   const std::vector<WrongCheckpoint>& checkpoints) {
  Ladder rest{.external_points = ladder.external_points};
  for (std::size_t i = 0; i < ladder.runs.size(); ++i) {
    if (runs.count(i) > 0) continue;
    LadderRun run = ladder.runs[i];
    for (std::size_t c = run.n_rows(); c-- > 0;) {
      const bool is_off =
          std::any_of(checkpoints.begin(), checkpoints.end(), [&](const WrongCheckpoint& one) {
            return one.origin.run == i && one.n_tokens == run.n_tokens[c];
          });
      if (is_off) erase_checkpoint(c, run);
    }
    if (run.n_rows() > 0) rest.runs.push_back(std::move(run));
  }
  return rest;
}

}  // namespace rung::ladder
