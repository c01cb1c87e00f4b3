#include "rung/app/table/predictions.hpp"

#include "rung/app/table/table_request.hpp"
#include "rung/core/text.hpp"

namespace rung::app {
namespace {

bool belongs(const Query& query, const Fitted& fitted) {
  return query.group.empty() || query.group == fitted.label;
}

}  // namespace

void Queries::add(std::vector<double> inputs, std::optional<double> actual, std::string group) {
  rows.push_back({std::move(inputs), actual, std::move(group)});
}

void Queries::add(const table::Queries& queries) {
  for (std::size_t i = 0; i < queries.inputs.size(); ++i)
    add(queries.inputs[i], queries.actual[i], queries.group[i]);
}

Json predictions_json(const Fitted& fitted, const Queries& queries) {
  std::vector<const Query*> rows;
  for (const Query& query : queries.rows) {
    if (belongs(query, fitted)) rows.push_back(&query);
  }
  // Nobody asked for the fitted rows' own: no time is spent on checking them one by one.
  std::vector<std::optional<Interval>> intervals;
  if (queries.of_the_fit && !rows.empty()) {
    Points points(rows.front()->inputs.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
      points.set(i, rows[i]->inputs, rows[i]->actual.value_or(0));
    intervals = fitted.intervals(points);
  }
  Json json = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::vector<double>& inputs = rows[i]->inputs;
    json.push_back(
        {{"inputs", inputs_json(*fitted.law, inputs)},
         {"actual", json_number(rows[i]->actual)},
         {"predicted", json_number(fitted.predict(inputs))},
         {"interval", interval_json(queries.of_the_fit ? intervals[i] : fitted.interval(inputs))},
         {"extrapolation", json_number(fitted.extrapolation(inputs))}});
  }
  return json;
}

TextTable predictions_table(const std::vector<const Fitted*>& fits, const Queries& queries) {
  TextTable table;
  const bool grouped = fits.size() > 1 || !fits.front()->label.empty();
  bool any_actual = false;
  for (const Query& query : queries.rows) any_actual = any_actual || query.actual;
  if (grouped) table.add_column("group");
  const Law& law = *fits.front()->law;
  for (const InputInfo& input : law.info.inputs) table.add_column(input.name);
  if (any_actual) table.add_column("actual");
  table.add_column("predicted");
  if (any_actual)
    table.add_column("error", "relative_error", [](double x) { return percent(x, 2, true); });
  table.add_column("lower");
  table.add_column("upper");
  table.add_column("beyond data", "extrapolation",
                   [](double x) { return x > 1 ? significant(x, 2) + "x" : ""; });
  for (const Fitted* fitted : fits) {
    for (const Query& query : queries.rows) {
      if (!belongs(query, *fitted)) continue;
      std::vector<TextCell> row;
      if (grouped) row.push_back(fitted->label);
      for (const double input : query.inputs) row.push_back(input);
      const double predicted = fitted->predict(query.inputs);
      if (any_actual) row.push_back(number_cell(query.actual));
      row.push_back(predicted);
      if (any_actual)
        row.push_back(number_cell(query.actual ? std::optional(predicted / *query.actual - 1)
                                               : std::nullopt));
      const std::optional<Interval> interval = fitted->interval(query.inputs);
      row.push_back(number_cell(interval ? std::optional(interval->lower) : std::nullopt));
      row.push_back(number_cell(interval ? std::optional(interval->upper) : std::nullopt));
      row.push_back(fitted->extrapolation(query.inputs));
      table.add_row(std::move(row));
    }
  }
  return table;
}

Json multipliers_json(const std::vector<table::Multiplier>& multipliers) {
  Json json = Json::array();
  for (const table::Multiplier& multiplier : multipliers) {
    json.push_back({{"input", multiplier.input},
                    {"group", multiplier.group},
                    {"reference", multiplier.reference},
                    {"value", json_number(multiplier.value)},
                    {"interval", interval_json(multiplier.interval)}});
  }
  return json;
}

std::string multiplier_words(const table::Multiplier& multiplier) {
  const std::string what = multiplier.input == "C" ? "compute" : multiplier.input;
  std::string text = "'" + multiplier.group + "' does with 1 of " + what + " what '" +
                     multiplier.reference + "' does with " + significant(multiplier.value);
  if (multiplier.interval)
    text += " (" + percent(multiplier.interval->level, 0) + ": " +
            interval_words(multiplier.interval) + ")";
  return text + "\n";
}

}  // namespace rung::app
