#include "rung/study/decide/primary_metrics.hpp"

#include <map>
#include <stdexcept>
#include <string>

#include "rung/core/embedded.hpp"
#include "rung/core/fields.hpp"
#include "rung/core/numbers.hpp"

namespace rung::decide {
namespace {

using MetricByTask = std::map<std::string, std::string, std::less<>>;

const MetricByTask& primary_metrics() {
  static const MetricByTask kMetrics = [] {
    constexpr std::string_view kPath = "rung/study/decide/primary_metrics.toml";
    MetricByTask metrics;
    for (const EmbeddedFile& file : embedded_files()) {
      if (file.path != kPath) continue;
      read_toml_fields(file.content, std::string(kPath), [&](Fields& top) {
        top.table("tasks", [&](Fields& tasks) {
          for (const std::string& task : tasks.keys())
            metrics[task] = tasks.require<std::string>(task);
        });
      });
      return metrics;
    }
    throw std::logic_error("the tasks' metrics are not embedded");
  }();
  return kMetrics;
}

}  // namespace

Table with_primary_metric(Table table) {
  const Column* const tasks = table.find("task");
  if (!tasks || tasks->is_number() || table.has("primary_metric")) return table;
  std::vector<double> values;
  const auto& names = std::get<std::vector<std::string>>(tasks->values);
  for (std::size_t row = 0; row < names.size(); ++row) {
    const auto known = primary_metrics().find(names[row].substr(0, names[row].find(':')));
    const Column* const metric =
        table.find(known == primary_metrics().end() ? "acc_raw" : known->second);
    values.push_back(
        metric && metric->is_number() ? std::get<std::vector<double>>(metric->values)[row] : kNaN);
  }
  table.add({"primary_metric", std::move(values)});
  return table;
}

}  // namespace rung::decide
