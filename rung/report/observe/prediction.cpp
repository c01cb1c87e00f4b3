#include "rung/report/observe/prediction.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/report/fit_json.hpp"
#include "rung/report/interval.hpp"
#include "rung/report/observe/format.hpp"

namespace rung::observational {
namespace {

using Part = MetricFit::Part;
using Row = MetricFit::Row;

std::string status_of(const Prediction& prediction) {
  if (!prediction.has_fit()) return "failed";
  return std::string(status_name(prediction.fit.regression.fit.status));
}

// ---- text

TextTable fits_table(const Predictions& found) {
  TextTable table;
  table.add_column("metric");
  table.add_column("from");
  for (const char* part : {"learnt from", "tried"}) {
    table.begin_group(part);
    table.add_column("models", "", decimals(0));
    table.add_column("MSE");
    table.add_column("MAE");
  }
  table.add_column("R2", "", decimals(3));
  table.add_column("rank r", "", decimals(3));
  table.begin_group("");
  table.add_column("status");
  for (const Prediction& each : found.all) {
    if (!each.has_fit()) {
      table.add_row({each.y, each.x, {}, {}, {}, {}, {}, {}, {}, {}, status_of(each)});
      continue;
    }
    const Quality &train = each.fit.train, &test = each.fit.test;
    table.add_row({each.y, each.x, static_cast<double>(train.n), number_cell(train.mse),
                   number_cell(train.mae), static_cast<double>(test.n), number_cell(test.mse),
                   number_cell(test.mae), number_cell(test.r2), number_cell(test.spearman),
                   status_of(each)});
  }
  return table;
}

std::string formulas(const Predictions& found) {
  std::string text;
  const bool single = found.all.size() == 1;
  for (const Prediction& each : found.all) {
    if (!each.has_fit()) continue;
    text += (single ? "" : each.y + " from " + each.x + ": ") + each.formula + "\n";
    if (each.scale && single) text += each.scale->text() + "\n";
  }
  return text;
}

std::string interval_text(const Prediction& prediction, std::size_t row) {
  if (prediction.intervals.rows.empty()) return "";
  const PredictionInterval& interval = prediction.intervals.rows[row];
  return fixed(interval.lower, 3) + " to " + fixed(interval.upper, 3);
}

/// Models that were not learnt from.
TextTable predictions_table(const Prediction& prediction) {
  TextTable table;
  const bool has_intervals = !prediction.intervals.rows.empty();
  table.add_column("model");
  table.add_column("family");
  table.add_column("split");
  table.add_column("actual", "", decimals(3));
  table.add_column("predicted", "", decimals(3));
  if (has_intervals) table.add_column(percent(prediction.intervals.level, 0) + " interval");
  for (std::size_t i = 0; i < prediction.fit.rows.size(); ++i) {
    const Row& row = prediction.fit.rows[i];
    if (row.part == Part::train) continue;
    std::vector<TextCell> cells = {
        prediction.model_of(i), prediction.sample.models.families[row.model],
        std::string(part_name(row.part)), number_cell(row.actual), row.predicted};
    if (has_intervals) cells.push_back(interval_text(prediction, i));
    table.add_row(std::move(cells));
  }
  return table;
}

/// How many of the models that were not learnt from lie inside their interval.
std::string coverage_note(const Prediction& prediction) {
  std::size_t n = 0, held = 0;
  for (std::size_t i = 0; i < prediction.intervals.rows.size(); ++i) {
    const Row& row = prediction.fit.rows[i];
    if (row.part == Part::train || std::isnan(row.actual)) continue;
    ++n;
    const PredictionInterval& interval = prediction.intervals.rows[i];
    held += interval.lower <= row.actual && row.actual <= interval.upper;
  }
  if (n == 0) return "";
  return std::to_string(held) + " of " + std::to_string(n) +
         " models that were not learnt from lie in their " +
         percent(prediction.intervals.level, 0) + " interval (" +
         std::to_string(prediction.intervals.n_refits) + " refits on resampled families)";
}

TextTable weights_table(const Predictions& found) {
  TextTable table;
  table.add_column("weight of a benchmark");
  const Prediction* first = nullptr;
  for (const Prediction& each : found.all) {
    if (!each.has_fit() || each.metric_weights.empty()) continue;
    if (!first) first = &each;
    table.add_column(found.request.metrics.size() > 1 ? each.y + " (" + each.x + ")" : each.x, "",
                     decimals(2));
  }
  if (!first) return table;
  for (std::size_t j = 0; j < first->metric_weights.size(); ++j) {
    std::vector<TextCell> row = {first->sample.models.metrics[j]};
    for (const Prediction& each : found.all) {
      if (each.has_fit() && !each.metric_weights.empty()) row.push_back(each.metric_weights[j]);
    }
    table.add_row(std::move(row));
  }
  return table;
}

TextTable csv_rows(const Predictions& found) {
  TextTable table;
  for (const char* name : {"metric", "x", "model", "family", "split", "actual", "predicted",
                           "lower", "upper", "index", "equivalent_log10"})
    table.add_column(name);
  for (const Prediction& each : found.all) {
    for (std::size_t i = 0; each.has_fit() && i < each.fit.rows.size(); ++i) {
      const Row& row = each.fit.rows[i];
      std::vector<TextCell> cells = {each.y,
                                     each.x,
                                     each.model_of(i),
                                     each.sample.models.families[row.model],
                                     std::string(part_name(row.part)),
                                     number_cell(row.actual),
                                     row.predicted};
      const bool has_interval = !each.intervals.rows.empty();
      cells.push_back(has_interval ? TextCell(each.intervals.rows[i].lower) : TextCell());
      cells.push_back(has_interval ? TextCell(each.intervals.rows[i].upper) : TextCell());
      cells.push_back(row.index);
      cells.push_back(each.scale ? TextCell(each.scale->log10_scale[i]) : TextCell());
      table.add_row(std::move(cells));
    }
  }
  return table;
}

// ---- JSON

Json quality_json(const Quality& quality) {
  return {{"n", quality.n},
          {"mse", json_number(quality.mse)},
          {"mae", json_number(quality.mae)},
          {"r2", json_number(quality.r2)},
          {"pearson", json_number(quality.pearson)},
          {"spearman", json_number(quality.spearman)}};
}

Json scale_json(const std::optional<EquivalentScale>& scale) {
  if (!scale) return nullptr;
  return {{"family", scale->family},
          {"scale", scale->scale},
          {"n_models", scale->n_models},
          {"slope", json_number(scale->slope)},
          {"intercept", json_number(scale->intercept)},
          {"formula", scale->text()}};
}

Json predictions_json(const Prediction& prediction) {
  Json all = Json::array();
  for (std::size_t i = 0; i < prediction.fit.rows.size(); ++i) {
    const Row& row = prediction.fit.rows[i];
    const rung::Prediction beside = prediction.beside_actual(i);
    Json json = {{"model", prediction.model_of(i)},
                 {"family", prediction.sample.models.families[row.model]},
                 {"split", part_name(row.part)},
                 {"actual", json_number(beside.actual)},
                 {"predicted", json_number(beside.predicted)},
                 {"interval", json_interval(beside.interval)},
                 {"index", json_number(row.index)},
                 {"equivalent_log10", nullptr},
                 {"highlighted", bool(prediction.highlighted[i])}};
    if (prediction.scale) json["equivalent_log10"] = json_number(prediction.scale->log10_scale[i]);
    all.push_back(std::move(json));
  }
  return all;
}

Json prediction_json(const Prediction& prediction) {
  if (!prediction.has_fit())
    return {{"metric", prediction.y}, {"x", prediction.x}, {"problem", prediction.problem}};
  Json weights = Json::object();
  for (std::size_t j = 0; j < prediction.metric_weights.size(); ++j)
    weights[prediction.sample.models.metrics[j]] = json_number(prediction.metric_weights[j]);
  return {{"metric", prediction.y},
          {"transformed", prediction.sample.metric},
          {"x", prediction.x},
          {"predictors", prediction.fit.predictors.names},
          {"fit", json_fit(prediction.fit.regression.fit,
                           std::string(link_name(prediction.fit.regression.options.link)))},
          {"train", quality_json(prediction.fit.train)},
          {"test", quality_json(prediction.fit.test)},
          {"held_out", quality_json(prediction.fit.held_out)},
          {"predictions", predictions_json(prediction)},
          {"formula", prediction.formula},
          {"equivalent_scale", scale_json(prediction.scale)},
          {"benchmark_weights", weights}};
}

Notes notes(const Predictions& found) {
  Notes notes;
  for (const Prediction& each : found.all) {
    if (!each.has_fit()) continue;
    const std::string which = found.all.size() == 1 ? "" : each.y + " from " + each.x + ": ";
    if (const std::string note = coverage_note(each); !note.empty())
      notes.notes.push_back(which + note);
    for (const std::string& note : each.fit.regression.fit.notes)
      notes.notes.push_back(which + note);
  }
  return notes;
}

}  // namespace

Document describe(const Predictions& found) {
  Document document;
  document.add(fits_table(found)).add(Paragraph{formulas(found)});
  if (found.all.size() == 1) document.add(predictions_table(found.all.front()));
  document.add(weights_table(found)).add(notes(found));
  document.rows = csv_rows(found);
  document.usable = found.any_fit();
  Json results = Json::array();
  for (const Prediction& each : found.all) results.push_back(prediction_json(each));
  return document.set_results(std::move(results));
}

}  // namespace rung::observational
