#include "rung/report/ladder/tasks.hpp"

#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/core/wrapped.hpp"

namespace rung::ladder {
namespace {

constexpr const char* kAssumed = " (?)";

std::vector<std::string> metrics_of(const Task& task) {
  std::vector<std::string> names;
  for (const Metric metric : kMetrics) {
    if (task.has(metric)) names.emplace_back(metric_name(metric));
  }
  return names;
}

}  // namespace

Document describe_tasks(const Catalogue& catalogue) {
  Document document;
  Json results = Json::array();
  bool any_assumed = false;
  std::vector<std::string> of_runs;
  TextTable table;
  table.add_column("task");
  table.add_column("key");
  table.add_column("chance", "chance", decimals(2));
  table.add_column("questions", "n_examples");
  for (const auto& [key, task] : catalogue.tasks()) {
    any_assumed = any_assumed || task.chance_is_assumed;
    table.add_row({task.name, key,
                   task.chance_is_assumed ? TextCell(fixed(task.chance, 2) + kAssumed)
                                          : TextCell(task.chance),
                   number_cell(task.n_examples)});
    if (!task.has_columns()) of_runs.push_back(key);
    results.push_back({{"key", key},
                       {"name", task.name},
                       {"metrics", metrics_of(task)},
                       {"chance", task.chance},
                       {"chance_is_assumed", task.chance_is_assumed},
                       {"maximum", task.maximum},
                       {"n_examples", json_number(task.n_examples)}});
  }
  std::string sets;
  for (const auto& [name, keys] : catalogue.sets()) {
    sets += name + ":\n" + wrapped_text(join(keys, " "), kTextWidth, 2);
    results.push_back({{"set", name}, {"tasks", keys}});
  }
  document.rows = table;
  document.add(std::move(table));
  if (any_assumed)
    document.add(
        Paragraph{"(?) nobody says how often a guess is right, of it or of a part: chance or "
                  "n_choices does"});
  if (!of_runs.empty())
    document.add(Paragraph{(of_runs.size() == 1 ? "Column of RUNS, which --accuracy names: "
                                                : "Columns of RUNS, which --accuracy names: ") +
                           join(of_runs, ", ")});
  document.add(Heading{"Sets of tasks"});
  document.add(Preformatted{std::move(sets)});
  document.set_results(std::move(results));
  return document;
}

}  // namespace rung::ladder
