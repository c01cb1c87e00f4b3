#include "rung/app/observe/model_inputs.hpp"

#include <algorithm>
#include <filesystem>

#include "rung/app/table/table_request.hpp"
#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/join.hpp"
#include "rung/data/select.hpp"
#include "rung/data/sources.hpp"
#include "rung/study/observational/further_metrics.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

namespace fs = std::filesystem;
using observational::Models;
using observational::ModelSet;
using observational::ModelSets;

constexpr const char* kSource = "obs-scaling";
constexpr const char* kUsualSet = "base";
constexpr const char* kEveryRow = "rows of a table";

/// Where the tables lie; the file itself where --data is one.
struct Place {
  fs::path folder, file;

  bool is_file() const { return !file.empty(); }
  fs::path table(const std::string& name) const { return folder / name; }
};

Place place_of(const std::string& data) {
  const DataSource& source = data_source(kSource);
  if (data.empty()) return {data_folder(source, data_places_of_environment()), {}};
  if (file_exists(data) || data == "-") return {fs::path(data).parent_path(), data};
  if (const auto found = data_within(source, data)) return {*found, {}};
  if (path_exists(data)) return {data, {}};
  throw InputError(Location{data}, "there is no such folder or table",
                   "rung data get obs-scaling --to DIR brings the published ones; without --data "
                   "rung takes its own");
}

ModelSets read_sets(const ModelInputs& given, CommandContext& context) {
  if (given.sets_path.empty()) return observational::builtin_model_sets();
  context.note_input(given.sets_path);
  return observational::parse_model_sets(read_file(given.sets_path), given.sets_path,
                                         observational::builtin_model_sets());
}

/// The set that is asked for; of a table of one's own without one, all of its rows.
ModelSet set_of(const ModelInputs& given, const ModelSets& sets, const Place& place) {
  if (!given.set.empty() || !place.is_file())
    return sets.set(given.set.empty() ? kUsualSet : given.set);
  ModelSet set = sets.set(kUsualSet);
  set.title = kEveryRow;
  set.families.clear();
  set.without_families.clear();
  set.without_models.clear();
  return set;
}

std::vector<std::string> metrics_of(const ModelInputs& given, const ModelSets& sets,
                                    const ModelSet& set, MetricsFor use, const Table& table) {
  if (given.metrics.empty()) return use == MetricsFor::fits ? set.fit_metrics : set.metrics;
  std::vector<std::string> metrics;
  for (const std::string& text : given.metrics) {
    if (table.has(text)) {  // a name may have commas in it
      metrics.push_back(text);
      continue;
    }
    const std::vector<std::string> columns = sets.metric_columns(text);
    metrics.insert(metrics.end(), columns.begin(), columns.end());
  }
  return metrics;
}

Table with_downstream(Table table, const ModelInputs& given, const ModelSets& sets,
                      const Place& place, CommandContext& context) {
  const std::string model = observational::ModelColumns{}.model;
  for (const std::string& name : given.downstream) {
    const auto listed = sets.downstream.find(name);
    std::string path = listed == sets.downstream.end() ? name : listed->second;
    const bool is_beside = !file_exists(path) && path_exists(place.table(path).string());
    if (is_beside) path = place.table(path).string();
    if (listed != sets.downstream.end() && !is_beside)
      path = (shipped_data(data_source(kSource)) / listed->second).string();
    const auto* names = std::get_if<std::vector<std::string>>(&table.column(model).values);
    Joined joined =
        join(table,
             observational::further_metrics(read_noted(path, context), model,
                                            names ? *names : std::vector<std::string>{}),
             model);
    if (!joined.right_only.empty()) {
      context.warn("left out, without benchmark scores: " +
                   counted(joined.right_only.size(), "model") + " of " + path + ", " +
                   joined.right_only.front() + (joined.right_only.size() > 1 ? ", …" : ""));
    }
    table = std::move(joined.table);
  }
  return table;
}

}  // namespace

void add_model_inputs(Options& command, ModelInputs& given) {
  command
      .add("--data", given.data,
           "a folder of published tables, or a table of your own (else see help data-folders)")
      .value_name("DIR");
  command.add("--models", given.set, "set of models: base, base-compute, base-all-later, instruct")
      .value_name("SET");
  command.add("--sets", given.sets_path, "sets, metrics and lists of your own, as TOML")
      .value_name("FILE");
  command
      .add("--metrics", given.metrics,
           "benchmarks to take components of: default, no-gsm8k, instruct, or columns")
      .one_value_each()
      .value_name("LIST");
  command
      .add("--downstream", given.downstream,
           "a table of further metrics, joined on Model: emergent, post-training, agents, "
           "leaderboard-v2, or a file")
      .one_value_each()
      .value_name("FILE");
  command.add("--families", given.families, "only these").comma_separated().value_name("LIST");
  command.add("--where", given.where, "only these models: \"`Model Size (B)` < 20\"")
      .value_name("EXPR");
  command
      .add("--score-range", given.score_range,
           "where scores lie, and imputed ones are kept; none: anywhere")
      .value_name("LOW,HIGH");
}

void add_component_options(Options& command, observational::ImputeOptions& impute,
                           observational::PcaOptions& pca) {
  command.add("--impute-rank", impute.rank, "components that missing scores are filled in from")
      .value_name("N")
      .range(1, 1000);
  command.add_flag("--standardize", pca.standardize,
                   "divide each benchmark by its standard deviation first");
  command.add_flag("--sparse", pca.sparse, "components of which many loadings are zero");
  command.add("--alpha", pca.alpha, "what a loading costs (--sparse)")
      .needs("--sparse")
      .value_name("COST")
      .positive();
}

std::pair<double, double> parse_range(const std::string& option, const std::string& text) {
  const std::vector<std::string> parts = split(text, ',');
  if (parts.size() == 2) {
    const auto low = parse_double(parts[0]), high = parse_double(parts[1]);
    if (low && high && *low < *high) return {*low, *high};
  }
  throw InputError(option + " '" + text + "' is no range", "two ascending numbers: 0,1");
}

std::string ReadModels::condition_of(const std::string& text) const {
  const auto list = sets.models.find(text);
  if (list == sets.models.end()) return text;
  std::string condition = models.columns.model + " in (";
  for (std::size_t i = 0; i < list->second.size(); ++i)
    condition += (i > 0 ? ", '" : "'") + list->second[i] + "'";
  return condition + ")";
}

ReadModels read_models(const ModelInputs& given, MetricsFor use, CommandContext& context) {
  const Place place = place_of(given.data);
  ReadModels result{.sets = read_sets(given, context), .set = {}, .models = {}, .impute = {}};
  result.set = set_of(given, result.sets, place);
  const std::string path = (place.is_file() ? place.file : place.table(result.set.table)).string();
  Table table = read_noted(path, context);
  const std::vector<std::string> metrics = metrics_of(given, result.sets, result.set, use, table);
  table = with_downstream(std::move(table), given, result.sets, place, context);
  observational::ScoreOptions scores;
  scores.range.reset();
  if (given.score_range != "none") scores.range = parse_range("--score-range", given.score_range);
  result.impute.boundary = scores.range;
  std::vector<std::string> warnings;
  const observational::ModelColumns columns;
  if (!table.has(columns.family))
    warnings.push_back("there is no column '" + columns.family +
                       "': every model stands for itself, without a family");
  Models models = observational::models_of(table, metrics, columns, scores, warnings);
  models = observational::models_of_set(models, result.set);
  if (!given.families.empty()) models = observational::with_families(models, given.families);
  for (const std::string& warning : warnings) context.warn(warning);
  if (!given.where.empty()) {
    const std::vector<double> kept =
        evaluate(parse_expression(given.where, "--where"), models.table);
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (kept[i] > 0 || kept[i] < 0) rows.push_back(i);
    }
    if (rows.empty())
      throw InputError("--where leaves none of the " + std::to_string(models.size()) + " models");
    models = models.rows(rows);
  }
  result.models = std::move(models);
  return result;
}

}  // namespace rung::app
