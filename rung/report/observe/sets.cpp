#include "rung/report/observe/sets.hpp"

#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"

namespace rung::observational {
namespace {

TextTable sets_table(const ModelSets& sets) {
  TextTable table;
  for (const char* name : {"set (--models)", "table", "families", "benchmarks", "title"})
    table.add_column(name);
  for (const auto& [name, set] : sets.sets) {
    table.add_row({name, set.table,
                   set.families.empty() ? TextCell(std::string("all"))
                                        : TextCell(static_cast<double>(set.families.size())),
                   static_cast<double>(set.metrics.size()), set.title});
  }
  return table;
}

TextTable lists_table(const ModelSets& sets) {
  TextTable table;
  table.add_column("list");
  table.add_column("names");
  for (const auto& [name, metrics] : sets.metrics)
    table.add_row({"--metrics " + name, join(metrics, " · ")});
  for (const auto& [name, file] : sets.downstream) table.add_row({"--downstream " + name, file});
  for (const auto& [name, models] : sets.models)
    table.add_row({"--hold-out " + name, std::to_string(models.size()) + " models"});
  return table;
}

}  // namespace

Document describe(const ModelSets& sets) {
  Document document;
  document.add(sets_table(sets)).add(lists_table(sets));
  document.rows = sets_table(sets);
  Json results = Json::array();
  for (const auto& [name, set] : sets.sets)
    results.push_back({{"set", name},
                       {"title", set.title},
                       {"table", set.table},
                       {"metrics", set.metrics},
                       {"fit_metrics", set.fit_metrics},
                       {"families", set.families},
                       {"without_families", set.without_families},
                       {"without_models", set.without_models}});
  return document.set_results(std::move(results));
}

}  // namespace rung::observational
