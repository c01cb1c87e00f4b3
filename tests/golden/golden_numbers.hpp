#pragma once
/// Numbers of the published programs, tests/golden/numbers (derive_numbers.py says from where).

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace rung {

inline nlohmann::json golden_numbers(const std::string& name) {
  std::ifstream file(RUNG_SOURCE_DIR "/tests/golden/numbers/" + name + ".json");
  return nlohmann::json::parse(file);
}

}  // namespace rung
