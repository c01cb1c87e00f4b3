#include "rung/report/model/planned.hpp"

#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/report/plan/hardware.hpp"

namespace rung::model {
namespace {

TextTable rung_table(const LadderRows& ladder) {
  bool has_hours = false, has_states = false;
  for (const RungRow& rung : ladder.rungs) {
    has_hours = has_hours || rung.hours;
    has_states = has_states || !rung.state.empty();
  }
  TextTable table;
  table.add_column("rung", "model");
  table.add_column("params", "n_params", short_count);
  table.add_column("tokens", "n_tokens", short_count);
  table.add_column("FLOPs", "flops");
  if (has_hours) table.add_column("hours here", "hours");
  plan::add_bill_columns(table, ladder.hardware);
  table.add_column("held out", "held_out");
  if (has_states) table.add_column("state");
  for (const RungRow& rung : ladder.rungs) {
    std::vector<TextCell> row = {rung.name, rung.n_params, rung.n_tokens, rung.flops};
    if (has_hours) row.push_back(number_cell(rung.hours));
    plan::add_bill_cells(row, ladder.hardware, rung.flops);
    row.push_back(rung.is_target ? "yes" : "");
    if (has_states) row.push_back(rung.state);
    table.add_row(std::move(row));
  }
  return table;
}

}  // namespace

Document describe(const LadderRows& ladder) {
  Document document;
  Json results = Json::array();
  double flops = 0, hours = 0;
  std::size_t n_done = 0;
  bool has_hours = true;
  for (const RungRow& rung : ladder.rungs) {
    flops += rung.flops;
    hours += rung.hours.value_or(0);
    has_hours = has_hours && rung.hours;
    n_done += rung.state == "done";
    results.push_back({{"name", rung.name},
                       {"n_params", rung.n_params},
                       {"n_tokens", rung.n_tokens},
                       {"flops", rung.flops},
                       {"hours", json_number(rung.hours)},
                       {"held_out", rung.is_target},
                       {"state", json_label(rung.state)}});
  }
  document.rows = rung_table(ladder);
  document.add(document.rows);
  std::vector<std::string> notes = {
      std::to_string(ladder.rungs.size()) + " rungs, " + significant(flops, 3) + " FLOPs in all" +
      (has_hours ? ", about " + significant(hours, 2) + " hours on this machine" : "")};
  if (!ladder.table_path.empty())
    notes.push_back(std::to_string(n_done) + " are done; their checkpoints are in " +
                    ladder.table_path + ", for rung ladder predict");
  document.add(Notes{std::move(notes)});
  document.usable = ladder.table_path.empty() || n_done == ladder.rungs.size();
  document.set_results(std::move(results));
  return document;
}

}  // namespace rung::model
