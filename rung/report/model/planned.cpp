#include "rung/report/model/planned.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/report/fit_json.hpp"
#include "rung/report/interval.hpp"
#include "rung/report/plan/hardware.hpp"

namespace rung::model {
namespace {

TextTable rung_table(const LadderRows& ladder) {
  bool has_hours = false, has_states = false, has_losses = false;
  for (const RungRow& rung : ladder.rungs) {
    has_hours = has_hours || rung.hours;
    has_states = has_states || !rung.state.empty();
    has_losses = has_losses || rung.loss;
  }
  has_hours = has_hours && !has_states;  // what it was to take, not what it took
  TextTable table;
  table.add_column("rung", "model");
  table.add_column("params", "n_params", short_count);
  table.add_column("tokens", "n_tokens", short_count);
  table.add_column("FLOPs", "flops");
  if (has_hours) table.add_column("hours here", "hours");
  plan::add_bill_columns(table, ladder.hardware);
  table.add_column("held out", "held_out");
  if (has_losses) table.add_column("loss");
  if (has_states) table.add_column("state");
  for (const RungRow& rung : ladder.rungs) {
    std::vector<TextCell> row = {rung.name, rung.n_params, rung.n_tokens, rung.flops};
    if (has_hours) row.push_back(number_cell(rung.hours));
    plan::add_bill_cells(row, ladder.hardware, rung.flops);
    row.push_back(rung.is_target ? "yes" : "");
    if (has_losses) row.push_back(number_cell(rung.loss));
    if (has_states) row.push_back(rung.state);
    table.add_row(std::move(row));
  }
  return table;
}

Json json_prediction(const std::optional<Prediction>& prediction) {
  if (!prediction) return nullptr;
  return {{"predicted", json_number(prediction->predicted)},
          {"interval", json_interval(prediction->interval)},
          {"actual", json_number(prediction->actual)},
          {"covered", prediction->covered() ? Json(*prediction->covered()) : Json()}};
}

Json json_forecasts(const LadderRows& ladder, const RungRow& rung) {
  Json forecasts = Json::array();
  for (const TargetForecast& forecast : ladder.forecasts) {
    if (forecast.after != rung.name) continue;
    Json entry = json_prediction(forecast.prediction);
    entry["target"] = forecast.target;
    entry["n_rungs"] = forecast.n_rungs;
    forecasts.push_back(std::move(entry));
  }
  return forecasts;
}

/// How what was said of the held-out rungs went as the others came in.
TextTable forecast_table(const LadderRows& ladder) {
  TextTable table;
  table.add_column("predicted after");
  table.add_column("rungs");
  table.add_column("held out");
  table.add_column("loss");
  table.add_column(percent(ladder.forecasts.front().prediction.interval->level, 0) + " interval");
  for (const TargetForecast& forecast : ladder.forecasts)
    table.add_row({forecast.after, static_cast<double>(forecast.n_rungs), forecast.target,
                   number_cell(forecast.prediction.predicted),
                   interval_words(*forecast.prediction.interval)});
  return table;
}

}  // namespace

std::string progress_words(const LadderRows& ladder, std::size_t rung) {
  const RungRow& row = ladder.rungs[rung];
  std::string text;
  if (row.loss) text = row.name + ": loss " + significant(*row.loss);
  if (row.expected)
    text += ", expected " + significant(*row.expected->predicted) + ", " +
            percent(row.expected->interval->level, 0) + " interval " +
            interval_words(*row.expected->interval);
  if (!text.empty()) text += "\n";
  for (const TargetForecast& forecast : ladder.forecasts) {
    if (forecast.after == row.name)
      text += forecast.target + " by " + std::to_string(forecast.n_rungs) + " rungs: loss " +
              significant(*forecast.prediction.predicted) + ", " +
              percent(forecast.prediction.interval->level, 0) + " interval " +
              interval_words(*forecast.prediction.interval) + "\n";
  }
  return text;
}

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
                       {"state", json_label(rung.state)},
                       {"loss", json_number(rung.loss)},
                       {"expected", json_prediction(rung.expected)},
                       {"forecasts", json_forecasts(ladder, rung)}});
  }
  document.rows = rung_table(ladder);
  document.add(document.rows);
  if (!ladder.forecasts.empty()) document.add(forecast_table(ladder));
  std::vector<std::string> notes = {
      std::to_string(ladder.rungs.size()) + " rungs, " + significant(flops, 3) + " FLOPs in all" +
      (has_hours ? ", about " + significant(hours, 2) + " hours on this machine" : "")};
  if (!ladder.table_path.empty())
    notes.push_back(std::to_string(n_done) + " are done; their checkpoints are in " +
                    ladder.table_path + ", for rung ladder predict");
  document.add(Notes{std::move(notes)});
  const bool any_failed =
      std::any_of(ladder.rungs.begin(), ladder.rungs.end(),
                  [](const RungRow& rung) { return !rung.state.empty() && rung.state != "done"; });
  document.usable = !any_failed && (ladder.table_path.empty() || n_done == ladder.rungs.size());
  document.set_results(std::move(results));
  return document;
}

}  // namespace rung::model
