// Files of tasks and configurations: either what they say or an InputError, never anything else.
#include <cstddef>
#include <cstdint>
#include <string>

#include "rung/core/error.hpp"
#include "rung/study/ladder/config.hpp"
#include "rung/study/ladder/task.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    rung::ladder::Catalogue().add_text(text, "tasks.toml");
  } catch (const rung::InputError&) {
  }
  try {
    rung::ladder::parse_config(text, "config.json");
  } catch (const rung::InputError&) {
  }
  return 0;
}
