#pragma once
/// From FLOPs to hours, money and energy, by an editable table of accelerators
/// (rung/study/plan/hardware.toml).

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "rung/core/error.hpp"

namespace rung::plan {

struct Accelerator {
  std::string name;   // "h100"
  std::string title;  // "NVIDIA H100 SXM5 80 GB"
  std::string source;
  std::map<std::string, double> peak_flops_per_second;  // dense, by number format: "bf16"
  std::string number_format;                            // what one trains in
  std::optional<double> utilization;                    // of the peak; absent: the table's
  std::optional<double> power_watts, price_per_hour;
};

class HardwareTable {
 public:
  /// What Rung brings along.
  static HardwareTable embedded();
  static std::string_view embedded_text();

  /// Merges a table of the user's own: of an accelerator in both, the fields that it states replace
  /// those here. InputError with every problem and its place; the table then stays as it was.
  void add_text(std::string_view toml, const std::string& source);

  /// InputError with the nearest names.
  const Accelerator& accelerator(const std::string& name) const;
  const std::map<std::string, Accelerator>& accelerators() const { return accelerators_; }

  double utilization() const { return utilization_; }
  double power_overhead() const { return power_overhead_; }
  const std::string& currency() const { return currency_; }

 private:
  std::map<std::string, Accelerator> accelerators_;
  double utilization_ = 0, power_overhead_ = 1;
  std::string currency_;
};

/// What a training run takes.
struct Bill {
  double accelerator_hours = 0;
  double wall_hours = 0;        // on all accelerators at once
  std::optional<double> money;  // in the table's currency; absent without a price
  std::optional<double> energy_kwh;
};

struct HardwareChoice {
  std::string name;
  std::string number_format;          // "": the accelerator's own
  std::optional<double> utilization;  // absent: the accelerator's, else the table's
  double n_accelerators = 1;
};

/// One accelerator of a table, and how it is used.
class Hardware {
 public:
  /// InputError for an unknown accelerator or a number format that it has no rate for.
  Hardware(const HardwareTable& table, const HardwareChoice& choice);

  Bill bill(double flops) const;

  /// FLOPs that a budget buys: "1e21", "1e21 flops", "500h" (accelerator hours), "1000 usd" (the
  /// table's currency) or "300kwh". InputError for another unit, and for one that the accelerator
  /// has no price or no power for.
  double flops_for(std::string_view budget) const;

  const Accelerator& accelerator() const { return accelerator_; }
  const std::string& number_format() const { return number_format_; }
  const std::string& currency() const { return currency_; }
  double utilization() const { return utilization_; }
  double flops_per_hour() const { return flops_per_hour_; }  // one accelerator, at its utilization
  double n_accelerators() const { return n_accelerators_; }

 private:
  double hours_for(double value, const std::string& unit) const;

  Accelerator accelerator_;
  std::string number_format_, currency_;
  double utilization_, power_overhead_, n_accelerators_;
  double flops_per_hour_ = 0;
};

/// A budget without hardware: a number, or one with "flops" behind it. InputError otherwise.
double flops_of_budget(std::string_view budget);
/// Or in hours, money or energy, which hardware turns into FLOPs. InputError for what is no budget.
bool is_in_flops(std::string_view budget);
/// With it where there is hardware, else without.
double budget_flops(std::string_view budget, const std::optional<Hardware>& hardware);

}  // namespace rung::plan
