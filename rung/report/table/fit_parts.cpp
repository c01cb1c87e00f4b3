#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"
#include "rung/report/fit_json.hpp"
#include "rung/report/table/fit.hpp"

namespace rung::table {
namespace {

/// The row's line in the file; null where there is none.
Json json_line(const Table& table, std::size_t row) {
  return row < table.lines().size() ? Json(table.lines()[row]) : Json(nullptr);
}

Json json_alternatives(const Fitted& fitted) {
  Json json = Json::array();
  for (const Alternative& alternative : fitted.fit.alternatives) {
    Json parameters = Json::object();
    for (std::size_t p = 0; p < alternative.theta.size(); ++p)
      parameters[fitted.law->info.parameters[p].name] = json_number(alternative.theta[p]);
    json.push_back({{"parameters", parameters}, {"objective", json_number(alternative.objective)}});
  }
  return json;
}

}  // namespace

Json json_diagnosis(const FittedGroup& group, const Prepared& prepared, const Sample& sample) {
  const Diagnosis& found = group.diagnosis;
  Json rows = Json::array();
  for (std::size_t i = 0; i < found.points.size(); ++i) {
    const PointDiagnosis& point = found.points[i];
    if (!point.outlier && !point.influential) continue;
    rows.push_back({{"line", json_line(prepared.table, sample.rows[i])},
                    {"residual", json_number(point.residual)},
                    {"leverage", json_number(point.leverage)},
                    {"studentized", json_number(point.studentized)},
                    {"cooks_distance", json_number(point.cooks_distance)},
                    {"outlier", point.outlier},
                    {"influential", point.influential}});
  }
  Json correlated = nullptr;
  if (!found.correlated_first.empty())
    correlated = {{"parameters", {found.correlated_first, found.correlated_second}},
                  {"correlation", json_number(found.correlation)}};
  return {{"condition_number", json_number(found.condition_number)},
          {"most_correlated", correlated},
          {"at_bounds", found.at_bounds},
          {"alternatives", json_alternatives(group.fitted)},
          {"alternatives_spread", json_number(found.alternatives_spread)},
          {"rows", rows}};
}

Json json_sweeps(const FitResult& result, const std::string& group) {
  Json sweeps = Json::array();
  for (const Sweep& sweep : result.sweeps.sweeps) {
    if (sweep.group != group) continue;
    Json held = Json::object();
    for (const auto& [name, value] : sweep.held) held[name] = value;
    Json runs = Json::array();
    for (const SweptRun& run : sweep.runs) {
      runs.push_back({{"line", json_line(result.prepared.table, run.row)},
                      {"value", run.value},
                      {"y", json_number(run.loss)},
                      {"given_away", json_number(run.given_away)},
                      {"away", run.away}});
    }
    sweeps.push_back({{"of", sweep.column},
                      {"inputs", json_inputs(*result.law, sweep.inputs)},
                      {"held", held},
                      {"best", sweep.runs[sweep.best].value},
                      {"optimum", json_number(sweep.optimum)},
                      {"bottom", json_number(sweep.bottom)},
                      {"at_edge", sweep.at_edge},
                      {"runs", runs}});
  }
  return sweeps;
}

TextTable sweep_table(const SweepReport& report, const Law& law) {
  TextTable table;
  const auto share = [](double x) { return percent(x, 2); };
  const auto rounded = [](double x) { return significant(x, 3); };
  const auto any = [&](auto what) {
    return std::any_of(report.sweeps.begin(), report.sweeps.end(), what);
  };
  const bool grouped = any([](const Sweep& sweep) { return !sweep.group.empty(); });
  const bool holds = any([](const Sweep& sweep) { return !sweep.held.empty(); });
  if (grouped) table.add_column("group");
  table.add_column("sweep of");
  for (const InputInfo& input : law.info.inputs) table.add_column(input.name, "", short_quantity);
  if (holds) table.add_column("held");
  table.begin_details(grouped || holds);
  table.add_column("runs");
  table.begin_details(false);
  table.add_column("best run", "best", rounded);
  table.add_column("optimum", "", rounded);
  table.add_column("best run gives away", "best_given_away", share);
  table.add_column("worst", "worst_given_away", share);
  table.add_column("");
  for (const Sweep& sweep : report.sweeps) {
    std::vector<TextCell> row;
    if (grouped) row.emplace_back(sweep.group);
    row.emplace_back(sweep.column);
    row.insert(row.end(), sweep.inputs.begin(), sweep.inputs.end());
    std::vector<std::string> held;
    for (const auto& [name, value] : sweep.held) held.push_back(name + " " + rounded(value));
    if (holds) row.emplace_back(join(held, ", "));
    double worst = 0;
    for (const SweptRun& run : sweep.runs)
      worst = std::max(worst, run.given_away / std::abs(run.loss));
    const SweptRun& best = sweep.runs[sweep.best];
    row.insert(row.end(), {static_cast<double>(sweep.runs.size()), best.value,
                           number_cell(sweep.optimum), best.given_away / std::abs(best.loss), worst,
                           std::string(sweep.at_edge ? "at its edge" : "")});
    table.add_row(std::move(row));
  }
  return table;
}

}  // namespace rung::table
