#pragma once
/// What the fuzz targets of runs ask of all that they read.

#include "rung/data/imported.hpp"

namespace fuzz {

/// Every metric of a run has a value, or none, a checkpoint.
inline void trap_unless_whole(const rung::Imported& imported) {
  for (const rung::Run& run : imported.runs) {
    for (const auto& [metric, values] : run.metrics) {
      if (values.size() != run.n_rows()) __builtin_trap();
    }
  }
}

}  // namespace fuzz
