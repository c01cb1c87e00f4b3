#include "rung/data/reader/ladder_runs.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "rung/core/counted.hpp"
#include "rung/core/json.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/data/imported.hpp"
#include "rung/data/reader/csv.hpp"
#include "rung/data/reader/ladder_config.hpp"
#include "rung/data/run_names.hpp"
#include "rung/data/select.hpp"
#include "rung/system/file.hpp"

namespace rung::ladder {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTotalTokens = "throughput/total_tokens";
constexpr const char* kStep = "_step";
constexpr const char* kBatchTokens = "batch_size_in_tokens";
// As `rung import` writes them, with rung::kStep.
constexpr const char* kTokens = "n_tokens";
constexpr const char* kModel = "model";
constexpr const char* kFlopsPerToken = "flops_per_token";
constexpr const char* kTotalFlops = "total_flops";

/// "190M-1xC-rerun.csv" -> "1xC", and "runs.csv#190M-1xC", too.
std::string length_of(const fs::path& path) {
  std::string name = path.filename().string();
  name = name.substr(name.rfind('#') + 1);
  const std::vector<std::string> parts = split(name.substr(0, name.find(".csv")), '-');
  return parts.size() > 1 ? parts[1] : "";
}

std::vector<double> tokens_of(const Table& table) {
  std::vector<double> n_tokens;
  if (table.has(kTotalTokens)) {
    n_tokens = table.numbers(kTotalTokens);
    for (double& d : n_tokens) d = std::trunc(d);
    return n_tokens;
  }
  if (table.has(kTokens)) return table.numbers(kTokens);
  if (!table.has(kStep) || !table.has(kBatchTokens)) {
    throw InputError(Location{table.source(), 1}, "the run has no training tokens",
                     std::string("a column ") + kTotalTokens + " or " + kTokens + ", or " + kStep +
                         " and " + kBatchTokens + ", is needed");
  }
  n_tokens = table.numbers(kStep);
  const std::vector<double>& batch = table.numbers(kBatchTokens);
  for (std::size_t i = 0; i < n_tokens.size(); ++i)
    n_tokens[i] = std::trunc(n_tokens[i]) * std::trunc(batch[i]);
  return n_tokens;
}

void check_tokens(const Table& table, const std::vector<double>& n_tokens) {
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < n_tokens.size(); ++i) {
    const Location where = table.location(i);
    if (n_tokens[i] < 0) {
      problems.push_back({where, "training tokens are " + shortest(n_tokens[i]) + ", below 0", ""});
    } else if (i > 0 && n_tokens[i] <= n_tokens[i - 1]) {
      problems.push_back(
          {where,
           "training tokens are " + shortest(n_tokens[i]) + " after " + shortest(n_tokens[i - 1]),
           "checkpoints must stand in the order of training, none twice"});
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

/// A file that some request names, and what all of them want from it.
struct Source {
  fs::path path;
  bool external = false;
  std::set<std::string> required, optional;
  Run run;
  std::string lost_end;
  std::vector<Problem> problems;

  void read() {
    for (const std::string& column : required) optional.erase(column);
    const MetricColumns wanted{{required.begin(), required.end()},
                               {optional.begin(), optional.end()}};
    try {
      run = external ? parse_external_point(read_file(path), path.string(), wanted.required)
                     : read_run(path, wanted, &lost_end);
    } catch (const InputError& error) {
      problems = error.problems();
    }
  }
};

/// Runs of one table have what is wrong with it in common.
void add_once(const Problem& problem, std::vector<Problem>& problems) {
  const bool told = std::any_of(problems.begin(), problems.end(), [&](const Problem& other) {
    return other.text() == problem.text();
  });
  if (!told) problems.push_back(problem);
}

using Sources = std::map<fs::path, Source>;

Sources read_sources(std::span<const LadderRequest> requests, int n_threads) {
  Sources sources;
  for (const LadderRequest& request : requests) {
    for (const ModelConfig& model : request.config.models) {
      for (const fs::path& path : model.paths) {
        Source& source = sources[fs::weakly_canonical(path)];
        source.path = path;
        source.external = model.is_external();
        const auto& [required, optional] = request.columns;
        source.required.insert(required.begin(), required.end());
        source.optional.insert(optional.begin(), optional.end());
      }
    }
  }
  std::vector<Source*> all;
  for (auto& [path, source] : sources) all.push_back(&source);
  parallel_for(all.size(), n_threads, [&](std::size_t i) { all[i]->read(); });
  std::vector<Problem> problems;
  for (const Source* source : all) {
    for (const Problem& problem : source->problems) add_once(problem, problems);
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return sources;
}

/// The same numbers under two names are a slip of the hand; two trainings of one length are not.
void check_twins(const Config& config, Ladder& ladder) {
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < ladder.runs.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const Run& run = ladder.runs[i];
      const Run& other = ladder.runs[j];
      if (run.n_params != other.n_params || run.n_tokens.back() != other.n_tokens.back()) continue;
      if (run.n_tokens == other.n_tokens && run.metrics == other.metrics) {
        const auto entry =
            std::find_if(config.models.begin(), config.models.end(),
                         [&](const ModelConfig& model) { return model.name == run.model; });
        problems.push_back(
            {entry->where, run.file + " and " + other.file + " are the same run", ""});
      } else if (run.model == other.model) {
        ladder.warnings.push_back(run.file + " and " + other.file +
                                  " are of one model and length; both count");
      }
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

void warn_of_names(Ladder& ladder) {
  std::vector<NamedSize> sizes;
  std::vector<NamedLength> lengths;
  for (const LadderRun& run : ladder.runs) {
    sizes.push_back({run.model, n_params(run), false});
    lengths.push_back({run.model + "-" + run.length, n_params(run), run.n_tokens.back()});
  }
  for (std::string doubt : {doubt_of_named_sizes(sizes), doubt_of_named_lengths(lengths)})
    if (!doubt.empty()) ladder.warnings.push_back(std::move(doubt));
}

/// In one sentence for all runs.
void warn_of_lost_ends(const std::vector<std::string>& lost_ends, Ladder& ladder) {
  if (lost_ends.empty()) return;
  const std::size_t n_more = lost_ends.size() - 1;
  ladder.warnings.push_back(lost_ends.front() +
                            (n_more > 0 ? "; likewise " + counted(n_more, "more run") : ""));
}

Ladder assemble(const LadderRequest& request, const Sources& sources) {
  Ladder ladder;
  std::vector<std::string> lost_ends;
  for (const ModelConfig& model : request.config.models) {
    for (const fs::path& path : model.paths) {
      auto& runs = model.is_external() ? ladder.external_points : ladder.runs;
      const Source& source = sources.at(fs::weakly_canonical(path));
      if (!source.lost_end.empty()) lost_ends.push_back(source.lost_end);
      LadderRun& run = runs.emplace_back(LadderRun{source.run});
      run.model = model.name;
      run.label = model.label;
      run.mode = model.mode;
      if (!model.is_external()) run.n_params.non_embedding = model.n_params;
      if (model.flops_per_token) run.flops_per_token = model.flops_per_token;
    }
  }
  check_twins(request.config, ladder);
  warn_of_lost_ends(lost_ends, ladder);
  warn_of_names(ladder);
  return ladder;
}

CsvOptions options_for(const MetricColumns& columns) {
  CsvOptions options;
  options.columns = columns.required;
  options.optional_columns = {kTotalTokens, kStep,          kBatchTokens, kTokens,
                              rung::kStep,  kFlopsPerToken, kTotalFlops};
  options.optional_columns.insert(options.optional_columns.end(), columns.optional.begin(),
                                  columns.optional.end());
  return options;
}

/// The rows of one run of a table that holds several.
Table rows_of_run(const Table& table, const std::string& name) {
  if (!table.has(kModel))
    throw InputError(Location{table.source(), 1},
                     "there is no column 'model', which says whose checkpoint a row is",
                     "'#RUN' asks for those of one run; rung import writes such tables");
  const auto* models = std::get_if<std::vector<std::string>>(&table.column(kModel).values);
  std::vector<std::size_t> rows;
  std::vector<std::string> others;
  for (std::size_t i = 0; i < table.n_rows(); ++i) {
    const std::string model = models ? (*models)[i] : shortest(table.numbers(kModel)[i]);
    if (model == name) {
      rows.push_back(i);
    } else {
      others.push_back(model);
    }
  }
  if (rows.empty())
    throw InputError(Location{table.source()}, "there is no run '" + name + "'",
                     did_you_mean(name, others));
  return select_rows(table, rows);
}

/// Of the first row behind the last evaluated one that has some of the metrics: what it lacks of
/// all that is needed.
std::string lost_end_of(const Table& run, const std::string& name, std::size_t last,
                        const std::vector<std::string>& metrics,
                        const std::vector<std::string>& needed) {
  for (std::size_t i = last + 1; i < run.n_rows(); ++i) {
    const auto lacks = [&](const std::string& column) {
      return !std::isfinite(run.numbers(column)[i]);
    };
    std::vector<std::string> missing;
    std::copy_if(needed.begin(), needed.end(), std::back_inserter(missing), lacks);
    if (!std::all_of(metrics.begin(), metrics.end(), lacks))
      return run.source() + ":" + std::to_string(run.location(i).line) + ": run '" + name +
             "' goes on without " + join(missing, ", ") + ", and ends before this row";
  }
  return "";
}

/// The rows that say their tokens and all that is required: evaluated checkpoints.
Table evaluated_rows(const Table& run, const std::string& name, const MetricColumns& columns,
                     std::string& lost_end) {
  std::vector<std::string> needed = columns.required;
  for (const char* column : {kTotalTokens, kStep, kBatchTokens, kTokens}) {
    if (run.has(column)) needed.emplace_back(column);
  }
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < run.n_rows(); ++i) {
    const bool evaluated = std::all_of(
        needed.begin(), needed.end(),
        [&](const std::string& column) { return std::isfinite(run.numbers(column)[i]); });
    if (evaluated) rows.push_back(i);
  }
  if (rows.empty())
    throw InputError(Location{run.source()},
                     "run '" + name + "' has no checkpoint with " + join(needed, ", "));
  lost_end = lost_end_of(run, name, rows.back(), columns.required, needed);
  return select_rows(run, rows);
}

/// false where the header of the run's file can be read and lacks one of the columns.
bool may_have(const fs::path& path, std::span<const std::string> columns) {
  const fs::path file = run_of_table(path).file;
  try {
    const std::vector<std::string> names = csv_column_names(read_file(file), file.string());
    return std::all_of(columns.begin(), columns.end(),
                       [&](const std::string& name) { return contains(names, name); });
  } catch (const InputError&) {
    return true;
  }
}

std::optional<double> last_above_zero(const Table& table, const char* column) {
  if (!table.has(column)) return std::nullopt;
  const std::vector<double>& values = table.numbers(column);
  for (auto value = values.rbegin(); value != values.rend(); ++value) {
    if (std::isfinite(*value) && *value > 0) return *value;
  }
  return std::nullopt;
}

/// As the run's own rows say them, or their total over its last tokens.
std::optional<double> stated_flops_per_token(const Table& run) {
  if (const auto stated = last_above_zero(run, kFlopsPerToken)) return stated;
  const auto total = last_above_zero(run, kTotalFlops);
  const auto n_tokens = last_above_zero(run, run.has(kTotalTokens) ? kTotalTokens : kTokens);
  if (!total || !n_tokens) return std::nullopt;
  return *total / *n_tokens;
}

Run run_of(const Table& table, const std::string& file, const MetricColumns& columns) {
  if (table.n_rows() == 0) throw InputError(Location{file, 1}, "the run has no checkpoint");
  Run run;
  run.file = file;
  run.length = length_of(file);
  run.flops_per_token = stated_flops_per_token(table);
  run.n_tokens = tokens_of(table);
  run.table = table.source();
  run.lines = table.lines();
  for (const char* step : {rung::kStep, kStep}) {
    if (table.has(step)) run.metrics[rung::kStep] = table.numbers(step);
  }
  check_tokens(table, run.n_tokens);
  for (const std::string& column : columns.required) run.metrics[column] = table.numbers(column);
  for (const std::string& column : columns.optional) {
    if (table.has(column)) run.metrics[column] = table.numbers(column);
  }
  return run;
}

}  // namespace

Run parse_run(std::string_view csv, const std::string& file, const MetricColumns& columns) {
  CsvOptions options = options_for(columns);
  options.number_columns = options.columns;
  for (const std::string& column : options.optional_columns)
    options.number_columns.push_back(column);
  return run_of(parse_csv(csv, file, options), file, columns);
}

Run parse_run_of_table(std::string_view csv, const std::string& file, const std::string& run,
                       const MetricColumns& columns, std::string* lost_end) {
  CsvOptions options = options_for(columns);
  options.optional_columns.push_back(kModel);
  const Table rows = rows_of_run(parse_csv(csv, file, options), run);
  std::string lost;
  Run read = run_of(evaluated_rows(rows, run, columns, lost), file + "#" + run, columns);
  if (lost_end) *lost_end = std::move(lost);
  read.flops_per_token = stated_flops_per_token(rows);
  return read;
}

Run read_run(const fs::path& path, const MetricColumns& columns, std::string* lost_end) {
  const RunOfTable named = run_of_table(path);
  if (named.run.empty()) return parse_run(read_file(path), path.string(), columns);
  return parse_run_of_table(read_file(named.file), named.file.string(), named.run, columns,
                            lost_end);
}

Run parse_external_point(std::string_view json, const std::string& file,
                         std::span<const std::string> columns) {
  const nlohmann::ordered_json object = parse_json(json, file);
  if (!object.is_object()) {
    throw InputError(Location{file},
                     "a point of \"external\" is a JSON object: column names to numbers");
  }
  Run point;
  point.file = file;
  point.n_tokens = {kNaN};
  std::vector<Problem> problems;
  std::vector<std::string> known;
  for (const auto& item : object.items()) known.push_back(item.key());
  for (const std::string& column : columns) {
    const auto found = object.find(column);
    if (found == object.end()) {
      problems.push_back({{file}, "there is no '" + column + "'", did_you_mean(column, known)});
    } else if (!found->is_number() || !std::isfinite(found->get<double>())) {
      problems.push_back({{file}, "'" + column + "' is no number", ""});
    } else {
      point.metrics[column] = {found->get<double>()};
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return point;
}

std::vector<Ladder> read_ladders(std::span<const LadderRequest> requests, int n_threads) {
  const Sources sources = read_sources(requests, n_threads);
  std::vector<Ladder> ladders;
  for (const LadderRequest& request : requests) ladders.push_back(assemble(request, sources));
  return ladders;
}

bool have_columns(const Config& config, std::span<const std::string> columns) {
  return std::all_of(config.models.begin(), config.models.end(), [&](const ModelConfig& model) {
    return model.is_external() ||
           std::all_of(model.paths.begin(), model.paths.end(),
                       [&](const fs::path& path) { return may_have(path, columns); });
  });
}

Ladder read_ladder(const Config& config, std::vector<std::string> columns, int n_threads) {
  const LadderRequest request{config, {std::move(columns)}};
  return std::move(read_ladders({&request, 1}, n_threads).front());
}

}  // namespace rung::ladder
