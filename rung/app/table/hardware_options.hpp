#pragma once
/// The options by which a command is told what runs are made on, and what it then says of cost.

#include <optional>
#include <string>
#include <vector>

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

/// FLOPs of "1e21" or, with hardware, "1000usd".
double budget_flops(const std::string& budget, const std::optional<plan::Hardware>& hardware);

/// Columns of hours, money and energy, and their cells; none without hardware.
void add_bill_columns(TextTable& table, const std::optional<plan::Hardware>& hardware);
void add_bill_cells(std::vector<TextCell>& row, const std::optional<plan::Hardware>& hardware,
                    double flops);

/// "On 8 x NVIDIA H100 … at 40% of 989 TFLOPS in bf16, 2.5 USD an hour", ended by a newline.
std::string hardware_words(const plan::Hardware& hardware);

/// "That is 12 accelerator hours, 30 USD, 13 kWh.", ended by a newline.
std::string bill_words(const plan::Hardware& hardware, double flops);

/// {"accelerator_hours", "wall_hours", "money", "energy_kwh"}; null without hardware.
Json bill_json(const std::optional<plan::Hardware>& hardware, double flops);
/// What the bills assume; null without hardware.
Json hardware_json(const std::optional<plan::Hardware>& hardware);

}  // namespace rung::app
