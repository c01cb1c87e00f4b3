#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/table/hardware_options.hpp"
#include "rung/core/text.hpp"

namespace rung::app {
namespace {

struct HardwareCommand {
  std::string table_path;
  bool toml = false;
};

Json accelerator_json(const plan::Accelerator& accelerator, const plan::HardwareTable& table) {
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

int list(CommandContext& context, const HardwareCommand& given) {
  const plan::HardwareTable table = hardware_table(given.table_path, context);
  TextTable text;
  text.add_column("accelerator");
  text.add_column("");
  text.add_column("in", "number_format");
  text.add_column("peak TFLOPS", "peak_flops_per_second",
                  [](double x) { return significant(x / 1e12); });
  text.add_column("W", "power_watts");
  text.add_column(table.currency() + "/h", "price_per_hour");
  text.add_column(table.currency() + " for 1e21 FLOPs", "price_of_1e21_flops",
                  [](double x) { return significant(x, 3); });
  Json results = Json::array();
  for (const auto& [name, accelerator] : table.accelerators()) {
    const plan::Hardware hardware(table, {.name = name});
    text.add_row({name, accelerator.title, accelerator.number_format,
                  accelerator.peak_flops_per_second.at(accelerator.number_format),
                  number_cell(accelerator.power_watts), number_cell(accelerator.price_per_hour),
                  number_cell(hardware.bill(1e21).money)});
    results.push_back(accelerator_json(accelerator, table));
  }
  context.emit({text.text() + "\nPeaks are dense and the vendors'; prices and " +
                    percent(table.utilization(), 0) +
                    " utilization are assumptions: rung hardware --toml > mine.toml, edit, and "
                    "give\n--hardware-table mine.toml.\n",
                text.csv(), std::move(results)});
  return kUsable;
}

Action hardware(Options& command) {
  const auto given = std::make_shared<HardwareCommand>();
  command.add("--hardware-table", given->table_path, "accelerators and prices of your own")
      .value_name("FILE");
  command.add_flag("--toml", given->toml, "the table that Rung brings along, to copy and edit");
  command.footer(
      "Results: accelerator, title, number_format, peak_flops_per_second, utilization,\n"
      "power_watts, price_per_hour, currency, source.");
  return [given](CommandContext& context) {
    if (!given->toml) return list(context, *given);
    context.emit({std::string(plan::HardwareTable::embedded_text()), "", Json::array()});
    return kUsable;
  };
}

}  // namespace

std::vector<Command> table_hardware_commands() {
  return {{.name = "hardware",
           .summary = "accelerators: what training costs on them",
           .group = "table",
           .place = 70,
           .declare = hardware}};
}

}  // namespace rung::app
