#include "rung/report/ladder/compute_error.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/report/ladder/shared.hpp"

namespace rung::ladder {
namespace {

struct Step {
  const char* option;
  const char* title;
  ErrorOfStep of;
};
constexpr Step kSteps[] = {{"step1", "step 1: loss", kErrorOfStep1},
                           {"step2", "step 2: accuracy from loss", kErrorOfStep2},
                           {"stacked", "chained: accuracy", kErrorOfChain}};

std::vector<Step> steps_of(const ErrorSelection& selection) {
  std::vector<Step> steps;
  for (const Step& step : kSteps) {
    if (selection.which_step == "all" || selection.which_step == step.option) steps.push_back(step);
  }
  return steps;
}

TextCell error_cell(const TaskError& task, const Step& step) {
  const std::optional<double> error = task.*step.of.error;
  // The error of one optimum among others moves by half with as little as the rounding.
  if (error && !step.of.is_known(task)) return "(!)";
  return marked_cell(error, percents(1), step.of.in_doubt(task));
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

/// A row a key. Ladders that don't identify the law have "(!)" instead of a number, and numbers in
/// doubt have it behind them.
std::vector<TextTable> error_tables(const ComputeErrors& found, const ErrorSelection& selection) {
  const std::vector<ComputeError>& errors = found.errors;
  std::vector<TextTable> tables;
  const std::vector<Step> steps = steps_of(selection);
  if (selection.do_average || errors.front().tasks.size() == 1) {
    TextTable& table = tables.emplace_back();
    add_key_columns(table);
    const std::size_t n_tasks = errors.front().tasks.size();
    if (n_tasks > 1) table.begin_group("mean of " + std::to_string(n_tasks) + " tasks");
    for (const Step& step : steps)
      table.add_column(step.title, step.option, percents(1), Align::right);
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
      table.add_column(task.task.name, "", percents(1), Align::right);
    table.add_column("mean", "", percents(1), Align::right);
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
  for (const char* name : {"vary", "key", "task", "step1", "step2", "chained", "identified",
                           "cumulative_flops", "doubts"})
    table.add_column(name);
  for (const ComputeError& entry : errors) {
    for (const TaskError& task : entry.tasks) {
      table.add_row({std::string(vary_name(vary)), entry.key, task.task.key,
                     number_cell(task.step1), number_cell(task.step2), number_cell(task.chained),
                     task.identified ? "yes" : "no", entry.cumulative_flops,
                     join(task.chained_doubts, "; ")});
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
                         {"doubts", task.chained_doubts},
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

/// A reason not to trust what is shown, and of what.
struct DoubtOfParts {
  std::string text;
  std::vector<std::string> tasks{};
  std::vector<std::size_t> parts{};  // of the ladder, falling
};

/// Of the steps that are shown; those of the chain have the others' in them.
std::vector<std::string> shown_doubts(const TaskError& task, const std::vector<Step>& steps) {
  std::vector<std::string> doubts;
  for (const Step& step : steps) {
    if (!step.of.is_known(task)) continue;
    if (step.of.error == &TaskError::chained) return task.chained_doubts;
    for (const std::string& text : task.*step.of.doubts) doubts.push_back(text);
  }
  return doubts;
}

/// Of one task each, those of the largest part first.
std::vector<DoubtOfParts> doubts_of_parts(const ComputeErrors& found,
                                          const ErrorSelection& selection) {
  const std::vector<Step> steps = steps_of(selection);
  std::vector<DoubtOfParts> doubts;
  for (std::size_t i = found.errors.size(); i-- > 0;) {
    for (const TaskError& task : found.errors[i].tasks) {
      for (const std::string& text : shown_doubts(task, steps)) {
        auto known = std::find_if(doubts.begin(), doubts.end(), [&](const DoubtOfParts& one) {
          return one.text == text && one.tasks[0] == task.task.name;
        });
        if (known == doubts.end())
          known = doubts.insert(known, DoubtOfParts{text, {task.task.name}});
        known->parts.push_back(i);
      }
    }
  }
  return doubts;
}

/// Tasks that share a text in the same parts stand together.
std::vector<DoubtOfParts> with_tasks_together(const std::vector<DoubtOfParts>& doubts) {
  std::vector<DoubtOfParts> together;
  for (const DoubtOfParts& doubt : doubts) {
    auto same = std::find_if(together.begin(), together.end(), [&](const DoubtOfParts& one) {
      return one.text == doubt.text && one.parts == doubt.parts;
    });
    if (same == together.end())
      together.push_back(doubt);
    else
      same->tasks.push_back(doubt.tasks[0]);
  }
  return together;
}

/// ", by all runs", ", from 370M on" or ", up to 370M, 760M"; "" of all parts.
std::string where_words(const DoubtOfParts& doubt, const ComputeErrors& found) {
  const std::size_t n = doubt.parts.size(), n_all = found.errors.size();
  if (n == n_all) return "";
  if (doubt.parts.back() + n == n_all)
    return n == 1 ? ", by all runs"
                  : ", from " + shown_key(found.errors[doubt.parts.back()], found.vary) + " on";
  std::vector<std::string> keys;
  for (const std::size_t i : doubt.parts) keys.push_back(shown_key(found.errors[i], found.vary));
  std::reverse(keys.begin(), keys.end());
  return ", up to " + join(keys, ", ");
}

/// Numbers in them differ a little from part to part: of many the first few.
std::string doubts_of_errors(const ComputeErrors& found, const ErrorSelection& selection) {
  constexpr std::size_t kMostShown = 6;
  const std::vector<DoubtOfParts> doubts = with_tasks_together(doubts_of_parts(found, selection));
  const std::size_t n_shown = doubts.size() > kMostShown + 1 ? kMostShown : doubts.size();
  std::string text;
  for (std::size_t i = 0; i < n_shown; ++i)
    text +=
        "(!) " +
        shown(join(doubts[i].tasks, ", ") + where_words(doubts[i], found) + ": " + doubts[i].text,
              false) +
        "\n";
  if (n_shown < doubts.size())
    text += "(!) " + std::to_string(doubts.size() - n_shown) +
            " more reasons, most of smaller parts of the ladder: doubts in JSON and CSV\n";
  return text;
}

}  // namespace

Document describe(const ComputeErrors& found, const ErrorSelection& selection) {
  Document document;
  document.add(Paragraph{"|Relative error| at " + found.target + " of a ladder that grows by " +
                         std::string(growth_words(found.vary))});
  for (TextTable& table : error_tables(found, selection)) document.add(std::move(table));
  document.add(Paragraph{unidentified_text(found) + doubts_of_errors(found, selection)});
  document.rows = error_rows(found.errors, found.vary);
  document.set_results(error_results(found.errors, found.vary));
  return document;
}

}  // namespace rung::ladder
