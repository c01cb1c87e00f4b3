#include "rung/report/ladder/configuration.hpp"

#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"

namespace rung::ladder {
namespace {

std::string mode_name(const LadderRun& run) { return run.mode == Mode::eval ? "eval" : "train"; }

/// A TOML string; JSON's escapes are TOML's.
std::string quoted(const std::string& text) { return Json(text).dump(); }

}  // namespace

std::string configuration_text(const Ladder& ladder, const std::string& table_name) {
  Json entries = Json::object();
  for (const LadderRun& run : ladder.runs) {
    Json entry = {{"paths", {table_name + "#" + run.model}},
                  {"mode", mode_name(run)},
                  {"n", n_params(run)},
                  {"label", run.label}};
    if (run.flops_per_token) entry["flops"] = *run.flops_per_token;
    entries[run.model] = std::move(entry);
  }
  return json_text(entries);
}

std::string tasks_text(const std::vector<Task>& tasks) {
  std::string text;
  for (const Task& task : tasks) {
    text += "[tasks." + quoted(task.key) + "]\n";
    for (const Metric metric : kMetrics) {
      if (task.has(metric))
        text += std::string(metric_name(metric)) + " = " +
                quoted(task.columns(metric).front().name) + "\n";
    }
    text += task.chance_is_assumed
                ? "# Nobody says how often a guess is right; " + shortest(task.chance) +
                      " is assumed. chance or n_choices says it.\n"
                : "chance = " + shortest(task.chance) + "\n";
    if (task.n_examples) text += "n_examples = " + shortest(*task.n_examples) + "\n";
    text += "\n";
  }
  return text;
}

Document describe_configuration(const Ladder& ladder, const std::string& line) {
  TextTable table;
  table.add_column("run", "model");
  table.add_column("mode");
  table.add_column("parameters", "n_params", short_count);
  table.add_column("tokens", "n_tokens", short_count);
  table.add_column("checkpoints", "n_checkpoints", shortest);
  Json results = Json::array();
  for (const LadderRun& run : ladder.runs) {
    table.add_row({run.model, mode_name(run), n_params(run), run.n_tokens.back(),
                   static_cast<double>(run.n_rows())});
    results.push_back({{"model", run.model},
                       {"mode", mode_name(run)},
                       {"n_params", n_params(run)},
                       {"n_tokens", run.n_tokens.back()},
                       {"n_checkpoints", run.n_rows()}});
  }
  Document document;
  document.rows = table;
  return document.add(std::move(table)).add(Paragraph{line}).set_results(std::move(results));
}

}  // namespace rung::ladder
