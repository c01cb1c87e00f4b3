#include "rung/report/ladder_studies.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/report/fit_json.hpp"
#include "rung/report/ladder.hpp"

namespace rung::ladder {
namespace {

const char* const kInDoubt = " (!)";

NumberFormat percents(int decimals) {
  return [decimals](double x) { return percent(x, decimals); };
}

std::optional<double> magnitude(const std::optional<double>& value) {
  return value ? std::optional(std::abs(*value)) : std::nullopt;
}

template <class Entry>
std::vector<Task> tasks_of(const std::vector<Entry>& entries) {
  std::vector<Task> tasks;
  for (const Entry& entry : entries) {
    if (std::none_of(tasks.begin(), tasks.end(),
                     [&](const Task& task) { return task.key == entry.task.key; }))
      tasks.push_back(entry.task);
  }
  return tasks;
}

// ---- compute-error

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
  const bool doubtful = !task.identified && step.error != &TaskError::step2;
  return percent(*error, 1) + (doubtful ? kInDoubt : "");
}

void add_key_columns(TextTable& table) {
  table.add_column("up to");
  table.add_column("runs", "", [](double x) { return fixed(x, 0); });
  table.add_column("FLOPs so far", "", [](double x) { return significant(x, 3); });
}

std::vector<TextCell> key_cells(const ComputeError& entry) {
  return {entry.key, static_cast<double>(entry.n_runs), entry.cumulative_flops};
}

std::string shown_key(const ComputeError& entry) {
  return entry.key.size() > 9 ? significant(entry.x, 3) + " FLOPs" : entry.key;
}

// ---- compare

const Comparison* find(const ComparisonResult& result, const std::string& task,
                       const std::string& target, const std::string& feature) {
  for (const Comparison& entry : result.entries) {
    if (entry.task.key == task && entry.target == target && entry.feature == feature) return &entry;
  }
  return nullptr;
}

std::vector<const Feature*> features_of(const ComparisonResult& result) {
  std::vector<const Feature*> present;
  for (const Feature& feature : features()) {
    if (std::any_of(result.entries.begin(), result.entries.end(),
                    [&](const Comparison& entry) { return entry.feature == feature.name; }))
      present.push_back(&feature);
  }
  return present;
}

Json json_or_null(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return json_interval(interval->level, interval->lower, interval->upper, interval->method);
}

std::string interval_text(const std::optional<Interval>& interval) {
  return interval ? fixed(interval->lower, 3) + "–" + fixed(interval->upper, 3) : "";
}

}  // namespace

std::vector<TextTable> compute_error_tables(const std::vector<ComputeError>& errors,
                                            const ErrorSelection& selection) {
  std::vector<TextTable> tables;
  const std::vector<Step> steps = steps_of(selection);
  if (selection.do_average || errors.front().tasks.size() == 1) {
    TextTable& table = tables.emplace_back();
    add_key_columns(table);
    for (const Step& step : steps) table.add_column(step.title, step.option, {}, Align::right);
    for (const ComputeError& entry : errors) {
      std::vector<TextCell> row = key_cells(entry);
      row[0] = shown_key(entry);
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
      std::vector<TextCell> row = {shown_key(entry)};
      for (const TaskError& task : entry.tasks) row.push_back(error_cell(task, step));
      row.push_back(error_cell(entry.mean, step));
      table.add_row(std::move(row));
    }
  }
  return tables;
}

TextTable compute_error_rows(const std::vector<ComputeError>& errors, Vary vary) {
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

Json json_results(const std::vector<ComputeError>& errors, Vary vary) {
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

std::string unidentified_text(const std::vector<ComputeError>& errors) {
  std::vector<std::string> keys;
  for (const ComputeError& entry : errors) {
    if (!entry.mean.identified) keys.push_back(shown_key(entry));
  }
  if (keys.empty()) return "";
  return std::string("(!) Not identified up to ") + join(keys, ", ") +
         ": these runs fit other parameters of step 1 as well, which predict differently.\n";
}

TextTable comparison_table(const ComparisonResult& result, const std::string& target,
                           bool relative) {
  const std::vector<const Feature*> columns = features_of(result);
  const NumberFormat format =
      relative ? percents(1) : NumberFormat([](double x) { return fixed(100 * x, 1); });
  TextTable table;
  table.add_column("task");
  table.add_column("examples", "", [](double x) { return fixed(x, 0); });
  table.begin_group(target + (relative ? ": relative error" : ": absolute error, points"));
  for (const Feature* feature : columns) table.add_column(feature->title, feature->name, format);
  table.add_column("average", "", format);
  std::vector<RunningMean> means(columns.size() + 1);
  for (const Task& task : tasks_of(result.entries)) {
    std::vector<TextCell> row = {task.name, number_cell(task.n_examples)};
    RunningMean of_row;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const Comparison* entry = find(result, task.key, target, columns[c]->name);
      const auto error = entry ? magnitude(relative ? entry->relative_error : entry->absolute_error)
                               : std::nullopt;
      row.push_back(number_cell(error));
      of_row.add(error);
      means[c].add(error);
    }
    row.push_back(number_cell(of_row.value()));
    means.back().add(of_row.value());
    table.add_row(std::move(row));
  }
  table.add_rule();
  std::vector<TextCell> last = {"average", {}};
  for (const RunningMean& mean : means) last.push_back(number_cell(mean.value()));
  table.add_row(std::move(last));
  return table;
}

TextTable comparison_rows(const ComparisonResult& result) {
  TextTable table;
  for (const char* name : {"task", "n_examples", "target", "feature", "actual", "predicted",
                           "absolute_error", "relative_error"})
    table.add_column(name);
  for (const Comparison& entry : result.entries) {
    table.add_row({entry.task.key, number_cell(entry.task.n_examples), entry.target, entry.feature,
                   number_cell(entry.actual), number_cell(entry.predicted),
                   number_cell(entry.absolute_error), number_cell(entry.relative_error)});
  }
  return table;
}

Json json_results(const ComparisonResult& result) {
  Json results = Json::array();
  for (const Comparison& entry : result.entries) {
    results.push_back({{"task", entry.task.key},
                       {"target", entry.target},
                       {"feature", entry.feature},
                       {"n_examples", json_number(entry.task.n_examples)},
                       {"actual", json_number(entry.actual)},
                       {"predicted", json_number(entry.predicted)},
                       {"absolute_error", json_number(entry.absolute_error)},
                       {"relative_error", json_number(entry.relative_error)}});
  }
  return results;
}

TextTable variance_table(const std::vector<VarianceResult>& results) {
  TextTable table;
  table.add_column("task");
  const auto four = [](double x) { return fixed(x, 4); };
  table.begin_group("loss");
  table.add_column("SD", "loss_sd", four);
  table.add_column("relative", "loss_relative_sd", percents(2));
  table.begin_group("accuracy");
  table.add_column("SD", "accuracy_sd", four);
  table.add_column("relative", "accuracy_relative_sd", percents(2));
  table.begin_group("loss with accuracy");
  table.add_column("Pearson r", "pearson", [](double x) { return fixed(x, 2); });
  table.add_column("p", "p_value", [](double x) { return significant(x, 2); });
  const bool predicted = std::any_of(results.begin(), results.end(), [](const VarianceResult& r) {
    return r.errors.loss || r.errors.accuracy || r.errors.chained;
  });
  if (predicted) {
    const auto signed_percent = [](double x) { return percent(x, 1, true); };
    table.begin_group("prediction error");
    table.add_column("loss", "relative_error_loss", signed_percent);
    table.add_column("accuracy", "relative_error_accuracy", signed_percent);
    table.add_column("chained", "relative_error_chained", signed_percent);
  }
  for (const VarianceResult& r : results) {
    std::vector<TextCell> row = {r.task.name,
                                 r.loss_sd,
                                 r.loss_relative_sd,
                                 r.accuracy_sd,
                                 r.accuracy_relative_sd,
                                 number_cell(r.pearson),
                                 number_cell(r.p_value)};
    if (predicted) {
      row.push_back(number_cell(r.errors.loss));
      row.push_back(number_cell(r.errors.accuracy));
      row.push_back(number_cell(r.errors.chained));
    }
    table.add_row(std::move(row));
  }
  return table;
}

TextTable correlation_table(const std::vector<VarianceResult>& results) {
  const std::vector<ColumnCorrelation> correlations = column_correlations(results);
  TextTable table;
  table.add_column("r (p)");
  std::vector<std::string> names;
  for (const ColumnCorrelation& one : correlations) {
    if (names.empty() || names.back() != one.first) names.push_back(one.first);
  }
  for (const std::string& name : names) table.add_column(name, "", {}, Align::right);
  for (const std::string& name : names) {
    std::vector<TextCell> row = {name};
    for (const ColumnCorrelation& one : correlations) {
      if (one.first != name) continue;
      if (one.correlation) {
        row.emplace_back(fixed(one.correlation->r, 2) + " (" +
                         significant(one.correlation->p_value, 2) + ")");
      } else {
        row.emplace_back();
      }
    }
    table.add_row(std::move(row));
  }
  return table;
}

Json json_results(const std::vector<VarianceResult>& results) {
  Json json = Json::array();
  for (const VarianceResult& r : results) {
    json.push_back({{"task", r.task.key},
                    {"task_name", r.task.name},
                    {"model", r.model},
                    {"n_checkpoints", std::min(r.settings.last_n_points, r.losses.size())},
                    {"loss_sd", json_number(r.loss_sd)},
                    {"loss_relative_sd", json_number(r.loss_relative_sd)},
                    {"accuracy_sd", json_number(r.accuracy_sd)},
                    {"accuracy_relative_sd", json_number(r.accuracy_relative_sd)},
                    {"pearson", json_number(r.pearson)},
                    {"p_value", json_number(r.p_value)},
                    {"relative_error",
                     {{"loss", json_number(r.errors.loss)},
                      {"accuracy", json_number(r.errors.accuracy)},
                      {"chained", json_number(r.errors.chained)}}}});
  }
  return json;
}

TextTable extrapolation_table(const std::vector<ExtrapolateDResult>& results) {
  TextTable table;
  const bool in_nats = results.front().settings.metric == Metric::c4;
  const auto three = [](double x) { return fixed(x, 3); };
  const auto count = [](double x) { return short_count(x); };
  table.add_column("task");
  table.add_column("run");
  table.add_column("fit error", "fitting_error", percents(2));
  table.add_column("check error", "check_error", percents(2));
  table.add_column("tokens", "", count);
  table.add_column("predicted", "", three);
  table.add_column("interval", "", {}, Align::right);
  if (in_nats) table.add_column("perplexity", "", [](double x) { return fixed(x, 2); });
  for (const ExtrapolateDResult& r : results) {
    std::vector<TextCell> row = {
        r.task.name,
        std::filesystem::path(r.file).stem().string() + (r.fit.identified ? "" : kInDoubt),
        r.fitting_error,
        number_cell(r.check_error),
        r.final_tokens,
        number_cell(r.predicted),
        interval_text(r.interval)};
    if (in_nats) row.push_back(number_cell(perplexity(r.settings.metric, r.predicted)));
    table.add_row(std::move(row));
  }
  return table;
}

Json json_result(const ExtrapolateDResult& r) {
  const auto n_fitted = std::count_if(r.points.begin(), r.points.end(),
                                      [](const ExtrapolationPoint& point) { return point.in_fit; });
  return {{"task", r.task.key},
          {"model", r.model},
          {"file", r.file},
          {"fit", json_ladder_fit(r.fit)},
          {"fitting_error", json_number(r.fitting_error)},
          {"check_error", json_number(r.check_error)},
          {"n_check", r.points.size() - static_cast<std::size_t>(n_fitted)},
          {"d", json_number(r.final_tokens)},
          {"predicted", json_number(r.predicted)},
          {"interval", json_or_null(r.interval)},
          {"perplexity", json_number(perplexity(r.settings.metric, r.predicted))},
          {"notes", r.notes}};
}

TextTable extrapolation_table(const std::vector<ExtrapolateNResult>& results) {
  TextTable table;
  const bool in_nats = results.front().settings.metric == Metric::c4;
  const auto three = [](double x) { return fixed(x, 3); };
  table.add_column("task");
  table.add_column("tokens", "", [](double x) { return short_count(x); });
  table.add_column("sizes", "", [](double x) { return fixed(x, 0); });
  table.add_column("target");
  table.add_column("actual", "", three);
  table.add_column("predicted", "", three);
  table.add_column("error", "", [](double x) { return percent(x, 1, true); });
  if (in_nats) table.add_column("perplexity", "", [](double x) { return fixed(x, 2); });
  for (const ExtrapolateNResult& r : results) {
    for (const ExtrapolateNAtD& at : r.at) {
      for (const ExtrapolateNAtD::Prediction& p : at.predictions) {
        std::vector<TextCell> row = {r.task.name,
                                     at.n_tokens,
                                     static_cast<double>(at.fit->n_points),
                                     p.label + (at.fit->identified ? "" : kInDoubt),
                                     number_cell(p.actual),
                                     number_cell(p.predicted),
                                     number_cell(p.relative_error())};
        if (in_nats) row.push_back(number_cell(perplexity(r.settings.metric, p.predicted)));
        table.add_row(std::move(row));
      }
    }
  }
  return table;
}

Json json_result(const ExtrapolateNResult& r) {
  Json by_d = Json::array();
  for (const ExtrapolateNAtD& at : r.at) {
    Json targets = Json::array();
    for (const ExtrapolateNAtD::Prediction& p : at.predictions) {
      targets.push_back({{"name", p.model},
                         {"n", json_number(p.n_params)},
                         {"actual", json_number(p.actual)},
                         {"predicted", json_number(p.predicted)},
                         {"relative_error", json_number(p.relative_error())},
                         {"interval", json_or_null(p.interval)},
                         {"perplexity", json_number(perplexity(r.settings.metric, p.predicted))}});
    }
    by_d.push_back({{"d", json_number(at.n_tokens)},
                    {"fit", at.fit ? json_fit(*at.fit) : Json(nullptr)},
                    {"targets", std::move(targets)}});
  }
  return {{"task", r.task.key},
          {"metric", metric_name(r.settings.metric)},
          {"mean_error", json_number(r.mean_error)},
          {"at", std::move(by_d)},
          {"notes", r.notes}};
}

TextTable sensitivity_table(const SensitivityResult& result, const std::string& target) {
  const std::vector<Task> tasks = tasks_of(result.entries);
  const NumberFormat points = [](double x) { return (x > 0 ? "+" : "") + fixed(100 * x, 1); };
  TextTable table;
  table.add_column("choice");
  table.begin_group(target + ": change of the prediction, points");
  for (const Task& task : tasks) table.add_column(task.name, "", points);
  table.begin_group("mean magnitude");
  table.add_column("change", "", [](double x) { return fixed(100 * x, 1); });
  table.add_column("error", "", percents(1));
  for (const Choice& choice : result.choices) {
    std::vector<TextCell> row = {choice.meaning};
    RunningMean change, error;
    for (const SensitivityEntry& entry : result.entries) {
      if (entry.choice.name != choice.name || entry.target != target) continue;
      row.push_back(number_cell(entry.change));
      change.add(magnitude(entry.change));
      error.add(magnitude(entry.relative_error));
    }
    row.push_back(number_cell(change.value()));
    row.push_back(number_cell(error.value()));
    table.add_row(std::move(row));
  }
  return table;
}

TextTable sensitivity_rows(const SensitivityResult& result) {
  TextTable table;
  for (const char* name :
       {"choice", "task", "target", "actual", "predicted", "change", "relative_error"})
    table.add_column(name);
  for (const SensitivityEntry& entry : result.entries) {
    table.add_row({entry.choice.name, entry.task.key, entry.target, number_cell(entry.actual),
                   number_cell(entry.predicted), number_cell(entry.change),
                   number_cell(entry.relative_error)});
  }
  return table;
}

Json json_results(const SensitivityResult& result) {
  Json results = Json::array();
  for (const SensitivityEntry& entry : result.entries) {
    results.push_back({{"choice", entry.choice.name},
                       {"meaning", entry.choice.meaning},
                       {"task", entry.task.key},
                       {"target", entry.target},
                       {"actual", json_number(entry.actual)},
                       {"predicted", json_number(entry.predicted)},
                       {"change", json_number(entry.change)},
                       {"relative_error", json_number(entry.relative_error)}});
  }
  return results;
}

}  // namespace rung::ladder
