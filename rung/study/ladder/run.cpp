#include "rung/study/ladder/run.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/csv.hpp"
#include "rung/system/file.hpp"

namespace rung::ladder {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTotalTokens = "throughput/total_tokens";
constexpr const char* kStep = "_step";
constexpr const char* kBatchTokens = "batch_size_in_tokens";

/// "190M-1xC-rerun.csv" -> "1xC".
std::string length_of(const fs::path& path) {
  const std::string name = path.filename().string();
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
  if (!table.has(kStep) || !table.has(kBatchTokens)) {
    throw InputError(Location{table.source(), 1}, "the run has no training tokens",
                     std::string("a column ") + kTotalTokens + ", or " + kStep + " and " +
                         kBatchTokens + ", is needed");
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
    const Location where{table.source(), table.lines()[i]};
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

ExternalPoint read_external(const fs::path& path, std::span<const std::string> columns) {
  const auto object = nlohmann::json::parse(read_file(path), nullptr, false);
  if (!object.is_object()) {
    throw InputError(Location{path.string()},
                     "a point of \"external\" is a JSON object: column names to numbers");
  }
  ExternalPoint point;
  point.file = path.string();
  const Location where{point.file};
  std::vector<Problem> problems;
  std::vector<std::string> known;
  for (const auto& item : object.items()) known.push_back(item.key());
  for (const std::string& column : columns) {
    const auto found = object.find(column);
    if (found == object.end()) {
      problems.push_back({where, "there is no '" + column + "'", did_you_mean(column, known)});
    } else if (!found->is_number() || !std::isfinite(found->get<double>())) {
      problems.push_back({where, "'" + column + "' is no number", ""});
    } else {
      point.columns[column] = found->get<double>();
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return point;
}

/// A file that some request names, and what all of them want from it.
struct Source {
  fs::path path;
  bool external = false;
  std::set<std::string> columns, optional_columns;
  Run run;
  ExternalPoint point;
  std::vector<Problem> problems;

  void read() {
    const std::vector<std::string> wanted(columns.begin(), columns.end());
    try {
      if (external) {
        point = read_external(path, wanted);
      } else {
        for (const std::string& column : wanted) optional_columns.erase(column);
        run = read_run(path, wanted,
                       std::vector<std::string>(optional_columns.begin(), optional_columns.end()));
      }
    } catch (const InputError& error) {
      problems = error.problems();
    }
  }
};

using Sources = std::map<fs::path, Source>;

Sources read_sources(std::span<const LadderRequest> requests, int n_threads) {
  Sources sources;
  for (const LadderRequest& request : requests) {
    for (const ModelConfig& model : request.config.models) {
      for (const fs::path& path : model.paths) {
        Source& source = sources[fs::weakly_canonical(path)];
        source.path = path;
        source.external = model.is_external();
        source.columns.insert(request.columns.begin(), request.columns.end());
        source.optional_columns.insert(request.optional_columns.begin(),
                                       request.optional_columns.end());
      }
    }
  }
  std::vector<Source*> all;
  for (auto& [path, source] : sources) all.push_back(&source);
  parallel_for(all.size(), n_threads, [&](std::size_t i) { all[i]->read(); });
  std::vector<Problem> problems;
  for (const Source* source : all) {
    problems.insert(problems.end(), source->problems.begin(), source->problems.end());
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
      if (run.n_tokens == other.n_tokens && run.columns == other.columns) {
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

Ladder assemble(const LadderRequest& request, const Sources& sources, const Catalogue& catalogue) {
  Ladder ladder;
  for (const ModelConfig& model : request.config.models) {
    const ModelSize* size = catalogue.model(model.name);
    for (const fs::path& path : model.paths) {
      const Source& source = sources.at(fs::weakly_canonical(path));
      if (model.is_external()) {
        ladder.external_points.push_back(source.point);
        ladder.external_points.back().label = model.label;
        ladder.external_points.back().mode = model.mode;
        continue;
      }
      Run& run = ladder.runs.emplace_back(source.run);
      run.model = model.name;
      run.label = model.label;
      run.mode = model.mode;
      run.n_params = model.n_params;
      run.flops_per_token = model.flops_per_token;
      if (!run.flops_per_token && size) run.flops_per_token = size->flops_per_token;
    }
  }
  check_twins(request.config, ladder);
  return ladder;
}

/// get(column) -> the value(s) of one column, as a range of n values.
template <class Get>
std::vector<double> weighted_mean(const Task& task, Metric metric, std::size_t n, Get get) {
  std::vector<double> mean(n, 0);
  double total_weight = 0;
  for (const WeightedColumn& column : task.columns(metric)) {
    const double* values = get(column.name);
    for (std::size_t i = 0; i < n; ++i) mean[i] += column.weight * values[i];
    total_weight += column.weight;
  }
  for (double& m : mean) m *= stored_sign(metric) / total_weight;
  return mean;
}

}  // namespace

Run read_run(const fs::path& path, std::span<const std::string> columns,
             std::span<const std::string> optional_columns) {
  CsvOptions options;
  options.columns.assign(columns.begin(), columns.end());
  options.optional_columns = {kTotalTokens, kStep, kBatchTokens};
  options.optional_columns.insert(options.optional_columns.end(), optional_columns.begin(),
                                  optional_columns.end());
  options.number_columns = options.columns;
  for (const std::string& column : options.optional_columns)
    options.number_columns.push_back(column);
  const Table table = read_csv(path, options);
  if (table.n_rows() == 0)
    throw InputError(Location{path.string(), 1}, "the run has no checkpoint");
  Run run;
  run.file = path.string();
  run.length = length_of(path);
  run.n_tokens = tokens_of(table);
  check_tokens(table, run.n_tokens);
  for (const std::string& column : columns) run.columns[column] = table.numbers(column);
  for (const std::string& column : optional_columns) {
    if (table.has(column)) run.columns[column] = table.numbers(column);
  }
  return run;
}

std::vector<Ladder> read_ladders(std::span<const LadderRequest> requests,
                                 const Catalogue& catalogue, int n_threads) {
  const Sources sources = read_sources(requests, n_threads);
  std::vector<Ladder> ladders;
  for (const LadderRequest& request : requests)
    ladders.push_back(assemble(request, sources, catalogue));
  return ladders;
}

Ladder read_ladder(const Config& config, std::vector<std::string> columns,
                   const Catalogue& catalogue, int n_threads) {
  const LadderRequest request{config, std::move(columns)};
  return std::move(read_ladders({&request, 1}, catalogue, n_threads).front());
}

std::vector<double> series(const Run& run, const Task& task, Metric metric) {
  return weighted_mean(task, metric, run.n_rows(),
                       [&](const std::string& column) { return run.columns.at(column).data(); });
}

double value(const ExternalPoint& point, const Task& task, Metric metric) {
  return weighted_mean(task, metric, 1,
                       [&](const std::string& column) { return &point.columns.at(column); })
      .front();
}

}  // namespace rung::ladder
