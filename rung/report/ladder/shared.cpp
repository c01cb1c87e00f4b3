#include "rung/report/ladder/shared.hpp"

#include <nlohmann/json.hpp>

namespace rung::ladder {

Json json_or_null(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return json_interval(interval->level, interval->lower, interval->upper, interval->method);
}

}  // namespace rung::ladder
