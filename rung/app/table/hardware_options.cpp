#include "rung/app/table/hardware_options.hpp"

#include "rung/core/error.hpp"
#include "rung/core/options.hpp"
#include "rung/core/text.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

std::string amount(double x) { return x < 1e4 ? significant(x, 3) : short_count(x); }

}  // namespace

void add_hardware_options(Options& command, HardwareOptions& options) {
  command
      .add("--hardware", options.choice.name,
           "hours, money and energy on this accelerator (rung hardware)")
      .value_name("NAME");
  command.add("--hardware-table", options.table_path, "accelerators and prices of your own")
      .value_name("FILE");
  command.add("--number-format", options.choice.number_format,
              "that is computed in; default: the accelerator's own");
  command.add("--utilization", options.utilization, "share of the peak that 6 N D reaches")
      .range(0.0001, 1.0);
  command.add("--accelerators", options.choice.n_accelerators, "how many work at once").positive();
}

plan::HardwareTable hardware_table(const std::string& path, CommandContext& context) {
  plan::HardwareTable table = plan::HardwareTable::embedded();
  if (!path.empty()) {
    const std::string text = read_file(path);
    context.note_input(path, text);
    table.add_text(text, path);
  }
  return table;
}

std::optional<plan::Hardware> hardware_of(const HardwareOptions& options, CommandContext& context) {
  plan::HardwareChoice choice = options.choice;
  if (options.utilization > 0) choice.utilization = options.utilization;
  if (choice.name.empty()) {
    if (!options.table_path.empty() || choice.utilization || !choice.number_format.empty() ||
        choice.n_accelerators != 1)
      throw InputError("which accelerator?", "name it with --hardware; rung hardware lists them");
    return std::nullopt;
  }
  return plan::Hardware(hardware_table(options.table_path, context), choice);
}

double budget_flops(const std::string& budget, const std::optional<plan::Hardware>& hardware) {
  return hardware ? hardware->flops_for(budget) : plan::flops_of_budget(budget);
}

void add_bill_columns(TextTable& table, const std::optional<plan::Hardware>& hardware) {
  if (!hardware) return;
  table.add_column("accelerator hours", "accelerator_hours", amount);
  if (hardware->n_accelerators() != 1) table.add_column("hours", "wall_hours", amount);
  if (hardware->accelerator().price_per_hour)
    table.add_column(hardware->currency(), "money", amount);
  if (hardware->accelerator().power_watts) table.add_column("kWh", "energy_kwh", amount);
}

void add_bill_cells(std::vector<TextCell>& row, const std::optional<plan::Hardware>& hardware,
                    double flops) {
  if (!hardware) return;
  const plan::Bill bill = hardware->bill(flops);
  row.push_back(bill.accelerator_hours);
  if (hardware->n_accelerators() != 1) row.push_back(bill.wall_hours);
  if (bill.money) row.push_back(*bill.money);
  if (bill.energy_kwh) row.push_back(*bill.energy_kwh);
}

std::string hardware_words(const plan::Hardware& hardware) {
  const plan::Accelerator& accelerator = hardware.accelerator();
  const double peak = accelerator.peak_flops_per_second.at(hardware.number_format());
  std::string text = "On ";
  if (hardware.n_accelerators() != 1) text += shortest(hardware.n_accelerators()) + " x ";
  text += (accelerator.title.empty() ? accelerator.name : accelerator.title) + " at " +
          percent(hardware.utilization(), 0) + " of " + significant(peak / 1e12, 4) +
          " TFLOPS in " + hardware.number_format();
  if (accelerator.price_per_hour)
    text += ", " + shortest(*accelerator.price_per_hour) + " " + hardware.currency() +
            " an hour (an assumption: rung hardware)";
  return text + ".\n";
}

std::string bill_words(const plan::Hardware& hardware, double flops) {
  const plan::Bill bill = hardware.bill(flops);
  std::string text = "That is " + amount(bill.accelerator_hours) + " accelerator hours";
  if (hardware.n_accelerators() != 1) text += ", " + amount(bill.wall_hours) + " hours in all";
  if (bill.money) text += ", " + amount(*bill.money) + " " + hardware.currency();
  if (bill.energy_kwh) text += ", " + amount(*bill.energy_kwh) + " kWh";
  return text + ".\n";
}

Json bill_json(const std::optional<plan::Hardware>& hardware, double flops) {
  if (!hardware) return nullptr;
  const plan::Bill bill = hardware->bill(flops);
  return {{"accelerator_hours", json_number(bill.accelerator_hours)},
          {"wall_hours", json_number(bill.wall_hours)},
          {"money", json_number(bill.money)},
          {"energy_kwh", json_number(bill.energy_kwh)}};
}

Json hardware_json(const std::optional<plan::Hardware>& hardware) {
  if (!hardware) return nullptr;
  return {{"accelerator", hardware->accelerator().name},
          {"number_format", hardware->number_format()},
          {"utilization", hardware->utilization()},
          {"flops_per_hour", hardware->flops_per_hour()},
          {"n_accelerators", hardware->n_accelerators()},
          {"currency", hardware->currency()}};
}

}  // namespace rung::app
