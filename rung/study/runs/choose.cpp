#include "rung/study/runs/choose.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "rung/core/error.hpp"
#include "rung/core/known_names.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"

namespace rung::runs {
namespace {

/// A row a run, for conditions and sorting.
Table table_of_runs(const std::vector<Run>& runs, const std::vector<RunSummary>& summaries) {
  std::vector<std::string> models, states;
  std::vector<double> n_params, n_tokens, steps, finals, spikes;
  std::set<std::string> settings;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const RunSummary& summary = summaries[i];
    models.push_back(summary.model);
    states.emplace_back(state_name(summary.state));
    n_params.push_back(summary.n_params.value_or(kNaN));
    n_tokens.push_back(summary.n_tokens);
    steps.push_back(summary.n_steps);
    finals.push_back(summary.final_value.value_or(kNaN));
    spikes.push_back(static_cast<double>(summary.spikes.size()));
    for (const auto& [name, value] : runs[i].settings) settings.insert(name);
  }
  Table table("the runs");
  table.add({"model", std::move(models)});
  table.add({"state", std::move(states)});
  table.add({"n_params", std::move(n_params)});
  table.add({"n_tokens", std::move(n_tokens)});
  table.add({"step", std::move(steps)});
  table.add({"final", std::move(finals)});
  table.add({"spikes", std::move(spikes)});
  for (const std::string& name : settings) {
    std::vector<double> values;
    for (const Run& run : runs) {
      const auto found = run.settings.find(name);
      values.push_back(found == run.settings.end() ? kNaN : found->second);
    }
    if (!table.has(name)) table.add({name, std::move(values)});
  }
  return table;
}

}  // namespace

std::vector<std::size_t> chosen_runs(const Request& request, const std::vector<Run>& runs,
                                     const std::vector<RunSummary>& summaries) {
  const Table table = table_of_runs(runs, summaries);
  std::vector<std::size_t> rows;
  std::vector<double> keeps(table.n_rows(), 1);
  if (!request.where.empty()) keeps = evaluate(parse_expression(request.where, "--where"), table);
  for (std::size_t i = 0; i < table.n_rows(); ++i) {
    if (keeps[i] == 1) rows.push_back(i);
  }
  if (rows.empty()) throw InputError("--where leaves no run over");
  if (!request.sort.empty()) {
    const bool descending = request.sort.starts_with('-');
    const std::string name = request.sort.substr(descending ? 1 : 0);
    if (!table.has(name))
      throw InputError("--sort: there is no column '" + name + "'",
                       close_or_all("columns are ", name, table.column_names()));
    const Column& column = table.column(name);
    const auto is_before = [&](std::size_t a, std::size_t b) {
      if (descending) std::swap(a, b);
      if (!column.is_number()) {
        const auto& texts = std::get<std::vector<std::string>>(column.values);
        return texts[a] < texts[b];
      }
      const auto& numbers = std::get<std::vector<double>>(column.values);
      return numbers[a] < numbers[b];
    };
    // What is missing goes last, either way.
    const auto known_end = std::stable_partition(rows.begin(), rows.end(), [&](std::size_t row) {
      return !column.is_number() || !std::isnan(std::get<std::vector<double>>(column.values)[row]);
    });
    std::stable_sort(rows.begin(), known_end, is_before);
  }
  if (request.first > 0 && rows.size() > request.first) rows.resize(request.first);
  return rows;
}

}  // namespace rung::runs
