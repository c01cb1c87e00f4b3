#pragma once
/// The published ladder's runs, as they ship.

#include <string>
#include <vector>

#include "rung/data/reader/ladder_config.hpp"
#include "rung/data/reader/ladder_runs.hpp"
#include "rung/study/ladder/flops.hpp"
#include "rung/study/ladder/series.hpp"
#include "tests/golden/golden_numbers.hpp"

namespace rung::ladder {

struct PublishedLadder {
  std::vector<Task> tasks;
  Ladder ladder;
};

inline PublishedLadder published_ladder(const std::string& config,
                                        const std::string& task_set = "v2_main") {
  constexpr Metric kMetricsRead[] = {Metric::rc_bpb, Metric::rc_acc, Metric::c4,
                                     Metric::rc_soft_log};
  const Catalogue catalogue = Catalogue::embedded();
  PublishedLadder published;
  published.tasks = catalogue.select(std::vector{task_set});
  published.ladder = read_ladder(read_config("published:olmo-ladder/configs/" + config),
                                 columns_of(published.tasks, kMetricsRead));
  complete_flops(published.ladder, catalogue);
  return published;
}

}  // namespace rung::ladder
