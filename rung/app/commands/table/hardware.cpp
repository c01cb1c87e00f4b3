#include "rung/report/plan/hardware.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/table/hardware_options.hpp"
#include "rung/core/error.hpp"

namespace rung::app {
namespace {

struct HardwareCommand {
  std::string table_path;
  bool toml = false;
};

Answer run_hardware(CommandContext& context, const HardwareCommand& given) {
  if (given.toml) {
    if (!given.table_path.empty())
      throw InputError("--toml prints the table that Rung brings along, not --hardware-table",
                       "leave out one of them");
    Document document;
    document.add(Preformatted{std::string(plan::HardwareTable::embedded_text())});
    return Answer(document);
  }
  return Answer(plan::describe(hardware_table(given.table_path, context)));
}

Action hardware(Options& command) {
  const auto given = std::make_shared<HardwareCommand>();
  command.add("--hardware-table", given->table_path, "accelerators and prices of your own")
      .value_name("FILE");
  command.add_flag("--toml", given->toml, "the table that Rung brings along, to copy and edit");
  command.footer(
      "Results: accelerator, title, number_format, peak_flops_per_second, utilization,\n"
      "power_watts, price_per_hour, currency, source.");
  return [given](CommandContext& context) { return run_hardware(context, *given); };
}

}  // namespace

std::vector<Command> table_hardware_commands() {
  return {{.name = "hardware",
           .summary = "accelerators: what training costs on them",
           .example = "rung hardware --toml",
           .group = "table",
           .place = 70,
           .declare = hardware}};
}

}  // namespace rung::app
