#pragma once
/// The published observational study: its tables, and its program's numbers.

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "rung/data/join.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/study/observational/models.hpp"
#include "tests/support/shared_data.hpp"

namespace rung::observational {

using nlohmann::json;

inline std::optional<json> observe_golden(const std::string& name) {
  const auto path = shared_path(("goldens/obs-scaling/golden_" + name + ".json").c_str());
  if (!path) return std::nullopt;
  return json::parse(std::ifstream(*path));
}

inline std::optional<Table> observe_table(const std::string& name) {
  const auto path = shared_path(("data/obs-scaling/" + name).c_str());
  return path ? std::optional(read_table(*path)) : std::nullopt;
}

/// The models of a set, with a table of further metrics joined where one is named.
inline std::optional<Models> observe_models(const std::string& set, const std::string& metrics,
                                            const std::string& downstream = "") {
  const ModelSet& wanted = builtin_model_sets().set(set);
  auto table = observe_table(wanted.table);
  if (!table) return std::nullopt;
  if (!downstream.empty()) table = join(*table, *observe_table(downstream), "Model").table;
  std::vector<std::string> warnings;
  return models_of_set(
      models_of(*table, builtin_model_sets().metric_columns(metrics), {}, {}, warnings), wanted);
}

inline double number(const json& value) {
  return value.is_null() ? std::nan("") : value.get<double>();
}

/// Rows of `models` by name.
inline std::vector<std::size_t> rows_named(const Models& models, const json& names) {
  std::vector<std::size_t> rows;
  for (const json& name : names) rows.push_back(models.find(name.get<std::string>()).value());
  return rows;
}

}  // namespace rung::observational
