#include "rung/report/imports.hpp"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "rung/core/counted.hpp"
#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/report/table_rows.hpp"

namespace rung::imports {
namespace {

/// Tables for people end here; the file has every row.
constexpr std::size_t kMostRows = 40;

std::optional<double> size_of(const Run& run) {
  return run.n_params.total ? run.n_params.total : run.n_params.non_embedding;
}

std::optional<double> tokens_of(const Run& run) {
  const double tokens = run.n_tokens.back();
  return std::isnan(tokens) ? std::nullopt : std::optional(tokens);
}

std::optional<double> last_step_of(const Run& run) {
  const auto steps = run.metrics.find(kStep);
  if (steps == run.metrics.end() || std::isnan(steps->second.back())) return {};
  return steps->second.back();
}

Paragraph more_than_shown(std::size_t n, const std::string& what) {
  return {n > kMostRows ? "and " + counted(n - kMostRows, what) + " more" : ""};
}

void describe_runs(const Result& result, Document& document) {
  TextTable table;
  table.add_column("run");
  table.add_column("parameters", "", short_count);
  table.add_column("tokens", "", short_count);
  table.add_column("last step", "", shortest);
  table.add_column("rows", "", shortest);
  std::set<std::string> metrics;
  for (const Run& run : result.runs) {
    for (const auto& [metric, values] : run.metrics) metrics.insert(metric);
    if (table.n_rows() == kMostRows) continue;
    table.add_row({run.model, number_cell(size_of(run)), number_cell(tokens_of(run)),
                   number_cell(last_step_of(run)), static_cast<double>(run.n_rows())});
  }
  for (const char* place : {kStep, kSeconds}) metrics.erase(place);
  document.add(
      Heading{counted(result.runs.size(), "run") + ", " + counted(result.table.n_rows(), "row")});
  document.add(std::move(table)).add(more_than_shown(result.runs.size(), "run"));
  std::vector<std::string> names;
  for (const std::string& metric : metrics) names.push_back(shown(metric, false));
  std::string text = "Metrics:";
  constexpr std::size_t kWidth = 80;
  std::size_t width = text.size();
  for (const std::string& name : names) {
    const bool wraps = width + name.size() + 1 > kWidth;
    text += (wraps ? "\n  " : " ") + name;
    width = (wraps ? 2 : width + 1) + name.size();
  }
  document.add(Paragraph{text});
}

void describe_scores(const Result& result, Document& document) {
  std::set<std::string> models, tasks;
  TextTable table;
  for (const char* header : {"model", "task", "metric"}) table.add_column(header);
  for (const char* header : {"value", "stderr"}) table.add_column(header);
  table.add_column("n", "", shortest);
  for (const Score& score : result.scores) {
    models.insert(score.model);
    tasks.insert(score.task);
    if (table.n_rows() < kMostRows)
      table.add_row({score.model, score.task, score.metric, score.value,
                     number_cell(score.stderror), number_cell(score.n)});
  }
  document.add(Heading{counted(result.scores.size(), "score") + " of " +
                       counted(models.size(), "model") + " on " + counted(tasks.size(), "task")});
  document.add(std::move(table)).add(more_than_shown(result.scores.size(), "score"));
}

Json json_of(const Run& run) {
  Json metrics = Json::array();
  for (const auto& [metric, values] : run.metrics) metrics.push_back(metric);
  return {{"model", run.model},
          {"n_rows", run.n_rows()},
          {"n_params", json_number(run.n_params.total)},
          {"n_params_non_embedding", json_number(run.n_params.non_embedding)},
          {"n_tokens", json_number(tokens_of(run))},
          {"last_step", json_number(last_step_of(run))},
          {"metrics", std::move(metrics)}};
}

Json json_of(const Score& score) {
  return {{"model", score.model},
          {"step", json_number(score.step)},
          {"task", score.task},
          {"metric", score.metric},
          {"value", json_number(score.value)},
          {"stderr", json_number(score.stderror)},
          {"n", json_number(score.n)}};
}

}  // namespace

Document describe(const Result& result) {
  Document document;
  Json results = Json::array();
  if (result.is_of_runs) {
    describe_runs(result, document);
    for (const Run& run : result.runs) results.push_back(json_of(run));
  } else {
    describe_scores(result, document);
    for (const Score& score : result.scores) results.push_back(json_of(score));
  }
  document.add(Notes{result.notes});
  document.rows = rows_of(result.table);
  document.set_results(std::move(results));
  return document;
}

}  // namespace rung::imports
