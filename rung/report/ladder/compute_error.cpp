#include "rung/report/ladder/compute_error.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/report/ladder/shared.hpp"

namespace rung::ladder {
namespace {

struct Step {
  const char* option;
  const char* title;
  std::optional<double> TaskError::*error;
};
constexpr Step kSteps[] = {{"step1", "step 1: loss", &TaskError::step1},
                           {"step2", "step 2: accuracy from loss", &TaskError::step2},
                           {"stacked", "chained: accuracy", &TaskError::chained}};

std::vector<Step> steps_of(const ErrorSelection& selection) {
  std::vector<Step> steps;
  for (const Step& step : kSteps) {
    if (selection.which_step == "all" || selection.which_step == step.option) steps.push_back(step);
  }
  return steps;
}

/// Only the steps that rest on step 1 suffer where its law is not identified.
TextCell error_cell(const TaskError& task, const Step& step) {
  const std::optional<double> error = task.*(step.error);
  if (!error) return {};
  // The error of one optimum among others moves by half with as little as the rounding.
  if (!task.identified && step.error != &TaskError::step2) return "(!)";
  return percent(*error, 1);
}

void add_key_columns(TextTable& table) {
  table.add_column("up to");
  table.add_column("runs", "", [](double x) { return fixed(x, 0); });
  table.add_column("FLOPs so far", "", [](double x) { return significant(x, 3); });
}

std::vector<TextCell> key_cells(const ComputeError& entry) {
  return {entry.key, static_cast<double>(entry.n_runs), entry.cumulative_flops};
}

std::string_view growth_words(Vary vary) {
  if (vary == Vary::model_size) return "model size";
  return vary == Vary::run_length ? "run length" : "training compute";
}

/// A row a key. Ladders that don't identify the law have "(!)" instead of a number.
std::vector<TextTable> error_tables(const ComputeErrors& found, const ErrorSelection& selection) {
  const std::vector<ComputeError>& errors = found.errors;
  std::vector<TextTable> tables;
  const std::vector<Step> steps = steps_of(selection);
  if (selection.do_average || errors.front().tasks.size() == 1) {
    TextTable& table = tables.emplace_back();
    add_key_columns(table);
    const std::size_t n_tasks = errors.front().tasks.size();
    if (n_tasks > 1) table.begin_group("mean of " + std::to_string(n_tasks) + " tasks");
    for (const Step& step : steps) table.add_column(step.title, step.option, {}, Align::right);
    for (const ComputeError& entry : errors) {
      std::vector<TextCell> row = key_cells(entry);
      row[0] = shown_key(entry, found.vary);
      for (const Step& step : steps) row.push_back(error_cell(entry.mean, step));
      table.add_row(std::move(row));
    }
    return tables;
  }
  for (const Step& step : steps) {
    TextTable& table = tables.emplace_back();
    table.begin_group("");
    table.add_column("up to");
    table.begin_group(step.title);
    for (const TaskError& task : errors.front().tasks)
      table.add_column(task.task.name, "", {}, Align::right);
    table.add_column("mean", "", {}, Align::right);
    for (const ComputeError& entry : errors) {
      std::vector<TextCell> row = {shown_key(entry, found.vary)};
      for (const TaskError& task : entry.tasks) row.push_back(error_cell(task, step));
      row.push_back(error_cell(entry.mean, step));
      table.add_row(std::move(row));
    }
  }
  return tables;
}

TextTable error_rows(const std::vector<ComputeError>& errors, Vary vary) {
  TextTable table;
  for (const char* name :
       {"vary", "key", "task", "step1", "step2", "chained", "identified", "cumulative_flops"})
    table.add_column(name);
  for (const ComputeError& entry : errors) {
    for (const TaskError& task : entry.tasks) {
      table.add_row({std::string(vary_name(vary)), entry.key, task.task.key,
                     number_cell(task.step1), number_cell(task.step2), number_cell(task.chained),
                     task.identified ? "yes" : "no", entry.cumulative_flops});
    }
  }
  return table;
}

Json error_results(const std::vector<ComputeError>& errors, Vary vary) {
  Json results = Json::array();
  for (const ComputeError& entry : errors) {
    for (const TaskError& task : entry.tasks) {
      results.push_back({{"vary", vary_name(vary)},
                         {"key", entry.key},
                         {"task", task.task.key},
                         {"step1", json_number(task.step1)},
                         {"step2", json_number(task.step2)},
                         {"chained", json_number(task.chained)},
                         {"identified", task.identified},
                         {"n_runs", entry.n_runs},
                         {"cumulative_flops", json_number(entry.cumulative_flops)}});
    }
  }
  return results;
}

/// Which keys the law is not identified at, in words; "" where it always is.
std::string unidentified_text(const ComputeErrors& found) {
  std::vector<std::string> keys;
  for (const ComputeError& entry : found.errors) {
    if (!entry.mean.identified) keys.push_back(shown_key(entry, found.vary));
  }
  if (keys.empty()) return "";
  return std::string("(!) Not identified up to ") + join(keys, ", ") +
         ": these runs fit other parameters of step 1 as well, which predict differently.\n";
}

}  // namespace

Document describe(const ComputeErrors& found, const ErrorSelection& selection) {
  Document document;
  document.add(Paragraph{"|Relative error| at " + found.target + " of a ladder that grows by " +
                         std::string(growth_words(found.vary))});
  for (TextTable& table : error_tables(found, selection)) document.add(std::move(table));
  document.add(Paragraph{unidentified_text(found)});
  document.rows = error_rows(found.errors, found.vary);
  document.set_results(error_results(found.errors, found.vary));
  return document;
}

}  // namespace rung::ladder
