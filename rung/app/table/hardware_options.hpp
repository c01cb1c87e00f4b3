#pragma once
/// The options by which a command is told what runs are made on.

#include <optional>
#include <string>

#include "rung/app/context.hpp"
#include "rung/core/options.hpp"
#include "rung/study/plan/hardware.hpp"

namespace rung::app {

struct HardwareOptions {
  plan::HardwareChoice choice;
  double utilization = 0;  // 0: the table's
  std::string table_path;
};

void add_hardware_options(Options& command, HardwareOptions& options);

/// The embedded table with the user's over it.
plan::HardwareTable hardware_table(const std::string& path, CommandContext& context);

/// Absent without --hardware. InputError for options that need it.
std::optional<plan::Hardware> hardware_of(const HardwareOptions& options, CommandContext& context);

}  // namespace rung::app
