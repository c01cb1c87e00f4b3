#pragma once
/// The published ladder's runs, and what the published programs made of them.

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "rung/data/reader/ladder_config.hpp"
#include "rung/data/reader/ladder_runs.hpp"
#include "rung/study/ladder/series.hpp"
#include "tests/support/shared_data.hpp"

namespace rung::ladder {

inline std::optional<nlohmann::json> ladder_golden(const std::string& name) {
  const auto path = shared_path(("goldens/olmo-ladder/" + name).c_str());
  if (!path) return {};
  std::ifstream file(*path);
  return nlohmann::json::parse(file);
}

struct PublishedLadder {
  std::vector<Task> tasks;
  Ladder ladder;
};

inline std::optional<PublishedLadder> published_ladder(const std::string& config,
                                                       const std::string& task_set = "v2_main") {
  const auto path = shared_path(("data/olmo-ladder/configs/" + config).c_str());
  if (!path) return {};
  constexpr Metric kMetricsRead[] = {Metric::rc_bpb, Metric::rc_acc, Metric::c4,
                                     Metric::rc_soft_log};
  const Catalogue catalogue = Catalogue::embedded();
  PublishedLadder published;
  published.tasks = catalogue.select(std::vector{task_set});
  published.ladder = read_ladder(read_config(*path), columns_of(published.tasks, kMetricsRead));
  complete_flops(published.ladder, catalogue);
  return published;
}

}  // namespace rung::ladder
