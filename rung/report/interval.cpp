#include "rung/report/interval.hpp"

#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"

namespace rung {

Json json_interval(const std::optional<Interval>& interval) {
  return interval
             ? json_interval(interval->level, interval->lower, interval->upper, interval->method)
             : Json(nullptr);
}

std::string interval_words(const std::optional<Interval>& interval) {
  return interval ? significant(interval->lower) + " to " + significant(interval->upper) : "";
}

}  // namespace rung
