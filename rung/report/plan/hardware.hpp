#pragma once
/// What runs cost on accelerators, as columns, words and JSON. Without hardware there is nothing of
/// it in tables, and null in JSON.

#include <optional>
#include <string>
#include <vector>

#include "rung/report/document.hpp"
#include "rung/study/plan/hardware.hpp"

namespace rung::plan {

/// Columns of hours, money and energy, and their cells. `of` begins their headers where not all of
/// what is spent is billed: "training ". Empty cells where it is not known what is spent.
void add_bill_columns(TextTable& table, const std::optional<Hardware>& hardware,
                      const std::string& of = "");
void add_bill_cells(std::vector<TextCell>& row, const std::optional<Hardware>& hardware,
                    std::optional<double> flops);

/// "On 8 x NVIDIA H100 … at 40% of 989 TFLOPS in bf16, 2.5 USD an hour", ended by a newline.
std::string hardware_words(const Hardware& hardware);

/// "That is 12 accelerator hours, 30 USD, 13 kWh.", ended by a newline.
std::string bill_words(const Hardware& hardware, double flops);

/// {"accelerator_hours", "wall_hours", "money", "energy_kwh"}
Json json_bill(const std::optional<Hardware>& hardware, double flops);
/// What the bills assume.
Json json_hardware(const std::optional<Hardware>& hardware);

/// What rung hardware says.
Document describe(const HardwareTable& table);

}  // namespace rung::plan
