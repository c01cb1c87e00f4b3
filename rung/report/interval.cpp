#include "rung/report/interval.hpp"

#include <nlohmann/json.hpp>

#include "rung/report/text_table.hpp"

namespace rung {

Json json_interval(const std::optional<Interval>& interval) {
  return interval
             ? json_interval(interval->level, interval->lower, interval->upper, interval->method)
             : Json(nullptr);
}

std::string interval_words(const std::optional<Interval>& interval) {
  return interval ? four_digits(interval->lower) + " to " + four_digits(interval->upper) : "";
}

}  // namespace rung
