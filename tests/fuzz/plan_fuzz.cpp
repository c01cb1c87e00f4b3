// Grids, budgets and hardware tables: either what they say or an InputError, never anything else.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "rung/core/error.hpp"
#include "rung/study/plan/grid.hpp"
#include "rung/study/plan/hardware.hpp"
#include "tests/fuzz/by_turns.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  static const rung::plan::HardwareTable kTable = rung::plan::HardwareTable::embedded();
  static const rung::plan::Hardware kHardware(kTable, {.name = "h100"});
  try {
    switch (fuzz::turn_of(text, 3)) {
      case 0:
        if (!(kHardware.flops_for(text) > 0)) std::abort();
        break;
      case 1:
        rung::plan::HardwareTable(kTable).add_text(text, "mine.toml");
        break;
      default:
        // A million rows take the fuzzer's time, not the parser's.
        if (text.size() < 60 && rung::plan::candidate_grid(text).n_rows() == 0) std::abort();
    }
  } catch (const rung::InputError&) {
  }
  return 0;
}
