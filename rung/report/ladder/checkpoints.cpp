#include "rung/report/ladder/checkpoints.hpp"

#include <nlohmann/json.hpp>

namespace rung::ladder {

Json json_checkpoints(const std::vector<WrongCheckpoint>& checkpoints) {
  Json array = Json::array();
  for (const WrongCheckpoint& one : checkpoints) {
    array.push_back({{"model", one.origin.model},
                     {"length", one.origin.length},
                     {"column", one.what},
                     {"file", one.location.file},
                     {"line", one.location.line > 0 ? Json(one.location.line) : Json()},
                     {"checkpoint", one.name},
                     {"d", json_number(one.n_tokens)},
                     {"value", json_number(one.value)},
                     {"by_others", json_number(one.by_others)}});
  }
  return array;
}

}  // namespace rung::ladder
