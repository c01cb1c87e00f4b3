#include "rung/report/plan/hardware.hpp"

#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"

namespace rung::plan {
namespace {

std::string amount(double x) {
  if (x < 999.5) return significant(x, 3);
  return x < 1e4 ? fixed(x, 0) : short_count(x);
}

Json json_accelerator(const Accelerator& accelerator, const HardwareTable& table) {
  Json peaks = Json::object();
  for (const auto& [format, rate] : accelerator.peak_flops_per_second) peaks[format] = rate;
  return {{"accelerator", accelerator.name},
          {"title", accelerator.title},
          {"number_format", accelerator.number_format},
          {"peak_flops_per_second", peaks},
          {"utilization", accelerator.utilization.value_or(table.utilization())},
          {"power_watts", json_number(accelerator.power_watts)},
          {"price_per_hour", json_number(accelerator.price_per_hour)},
          {"currency", table.currency()},
          {"source", accelerator.source}};
}

}  // namespace

void add_bill_columns(TextTable& table, const std::optional<Hardware>& hardware,
                      const std::string& of) {
  if (!hardware) return;
  table.add_column(of + "accelerator hours", "accelerator_hours", amount);
  if (hardware->n_accelerators() != 1) table.add_column(of + "hours", "wall_hours", amount);
  if (hardware->accelerator().price_per_hour)
    table.add_column(of + hardware->currency(), "money", amount);
  table.begin_details();
  if (hardware->accelerator().power_watts) table.add_column(of + "kWh", "energy_kwh", amount);
  table.begin_details(false);
}

void add_bill_cells(std::vector<TextCell>& row, const std::optional<Hardware>& hardware,
                    std::optional<double> flops) {
  if (!hardware) return;
  const Bill bill = hardware->bill(flops.value_or(0));
  const auto add = [&](double cost) { row.push_back(flops ? TextCell(cost) : TextCell()); };
  add(bill.accelerator_hours);
  if (hardware->n_accelerators() != 1) add(bill.wall_hours);
  if (bill.money) add(*bill.money);
  if (bill.energy_kwh) add(*bill.energy_kwh);
}

std::string hardware_words(const Hardware& hardware) {
  const Accelerator& accelerator = hardware.accelerator();
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

std::string bill_words(const Hardware& hardware, double flops) {
  const Bill bill = hardware.bill(flops);
  std::string text = "That is " + amount(bill.accelerator_hours) + " accelerator hours";
  if (hardware.n_accelerators() != 1) text += ", " + amount(bill.wall_hours) + " hours in all";
  if (bill.money) text += ", " + amount(*bill.money) + " " + hardware.currency();
  if (bill.energy_kwh) text += ", " + amount(*bill.energy_kwh) + " kWh";
  return text + ".\n";
}

Json json_bill(const std::optional<Hardware>& hardware, double flops) {
  if (!hardware) return nullptr;
  const Bill bill = hardware->bill(flops);
  return {{"accelerator_hours", json_number(bill.accelerator_hours)},
          {"wall_hours", json_number(bill.wall_hours)},
          {"money", json_number(bill.money)},
          {"energy_kwh", json_number(bill.energy_kwh)}};
}

Json json_hardware(const std::optional<Hardware>& hardware) {
  if (!hardware) return nullptr;
  return {{"accelerator", hardware->accelerator().name},
          {"number_format", hardware->number_format()},
          {"utilization", hardware->utilization()},
          {"flops_per_hour", hardware->flops_per_hour()},
          {"n_accelerators", hardware->n_accelerators()},
          {"currency", hardware->currency()}};
}

Document describe(const HardwareTable& table) {
  TextTable rows;
  rows.add_column("accelerator");
  rows.add_column("", "title");
  rows.add_column("in", "number_format");
  rows.add_column("peak TFLOPS", "peak_flops_per_second",
                  [](double x) { return significant(x / 1e12); });
  rows.add_column("W", "power_watts");
  rows.add_column(table.currency() + "/h", "price_per_hour");
  rows.add_column(table.currency() + " for 1e21 FLOPs", "price_of_1e21_flops",
                  [](double x) { return significant(x); });
  Json results = Json::array();
  for (const auto& [name, accelerator] : table.accelerators()) {
    const Hardware hardware(table, {.name = name});
    rows.add_row({name, accelerator.title, accelerator.number_format,
                  accelerator.peak_flops_per_second.at(accelerator.number_format),
                  number_cell(accelerator.power_watts), number_cell(accelerator.price_per_hour),
                  number_cell(hardware.bill(1e21).money)});
    results.push_back(json_accelerator(accelerator, table));
  }
  Document document;
  document.rows = rows;
  return document.add(std::move(rows))
      .add(Paragraph{"Peaks are dense and the vendors'; prices and " +
                     percent(table.utilization(), 0) +
                     " utilization are assumptions: rung hardware --toml > mine.toml, edit, and "
                     "give --hardware-table mine.toml."})
      .set_results(std::move(results));
}

}  // namespace rung::plan
