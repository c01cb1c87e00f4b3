#include "rung/app/table/hardware_options.hpp"

#include "rung/core/error.hpp"
#include "rung/core/options.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
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

}  // namespace rung::app
