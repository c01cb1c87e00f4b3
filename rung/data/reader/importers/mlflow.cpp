// MLflow's folder of runs: EXPERIMENT/RUN/metrics/NAME with a line "milliseconds value step" each,
// RUN/params/NAME with a value, RUN/tags/mlflow.runName with the run's name; or it stands in
// RUN/meta.yaml as run_name.
#include <cctype>
#include <cmath>
#include <filesystem>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/run_log.hpp"

namespace rung {
namespace {

namespace fs = std::filesystem;

enum class Part { none, metric, param, name, meta };

struct Place {
  Part part = Part::none;
  std::string run;   // MLflow's identifier
  std::string name;  // of the metric or parameter, which may have slashes
};

/// Identifiers of runs are 32 hexadecimal digits.
bool is_run_id(const std::string& folder) {
  constexpr std::size_t kLength = 32;
  return folder.size() == kLength && folder.find_first_not_of("0123456789abcdef") == folder.npos;
}

Place place_of(const std::string& path) {
  const std::vector<std::string> parts = split(fs::path(path).generic_string(), '/');
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (!is_run_id(parts[i])) continue;
    const std::string rest =
        join({parts.begin() + static_cast<std::ptrdiff_t>(i) + 2, parts.end()}, "/");
    const std::string& kind = parts[i + 1];
    if (kind == "meta.yaml" && rest.empty()) return {Part::meta, parts[i], ""};
    if (kind == "metrics" && !rest.empty()) return {Part::metric, parts[i], rest};
    if (kind == "params" && !rest.empty()) return {Part::param, parts[i], rest};
    if (kind == "tags" && rest == "mlflow.runName") return {Part::name, parts[i], rest};
  }
  return {};
}

Likeness likeness(const ImportedFile& head) {
  return place_of(head.path).part == Part::none ? Likeness::none : Likeness::certain;
}

void read_metric(const ImportedFile& file, const std::string& metric, Run& run) {
  const std::string name = known_name(metric);
  std::vector<double> seconds, steps, values;
  std::vector<Problem> problems;
  std::size_t number = 0;
  for (const std::string& line : split(file.content, '\n')) {
    ++number;
    if (trimmed(line).empty()) continue;
    const std::vector<std::string> words = split(trimmed(line), ' ');
    const auto milliseconds = parse_double(words[0]);
    const auto value = words.size() >= 2 ? parse_double(words[1]) : std::nullopt;
    const auto step = words.size() >= 3 ? parse_double(words[2]) : std::optional(0.0);
    if (!value || !step) {
      problems.push_back({{file.path, number},
                          "is no line of an MLflow metric",
                          "such a line holds milliseconds, value and step"});
      continue;
    }
    seconds.push_back(milliseconds.value_or(kNaN) / 1e3);
    steps.push_back(*step);
    values.push_back(*value);
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  run.n_tokens.assign(steps.size(), kNaN);
  (name == "n_tokens" ? run.n_tokens : run.metrics[name]) = std::move(values);
  run.metrics[kStep] = std::move(steps);
  run.metrics[kSeconds] = std::move(seconds);
}

/// Of a line "run_name: NAME", which may stand in quotes; "" where there is none.
std::string name_in_meta(const std::string& content) {
  constexpr std::string_view kKey = "run_name:";
  for (const std::string& line : split(content, '\n')) {
    if (!line.starts_with(kKey)) continue;
    std::string_view name = trimmed(std::string_view(line).substr(kKey.size()));
    const bool is_quoted = name.size() >= 2 && (name[0] == '\'' || name[0] == '"');
    if (is_quoted && name.back() == name[0]) name = name.substr(1, name.size() - 2);
    return name == "null" ? "" : std::string(name);
  }
  return "";
}

void read(const ImportedFile& file, Imported& imported) {
  const Place place = place_of(file.path);
  Run run;
  run.model = place.run;
  run.file = file.path;
  const std::string text(trimmed(file.content));
  switch (place.part) {
    case Part::metric:
      read_metric(file, place.name, run);
      break;
    case Part::param:
      if (const auto number = parse_double(text)) {
        run.settings[known_name(place.name)] = *number;
      } else {
        run.descriptions[place.name] = text;
      }
      break;
    case Part::name:
      run.label = text;
      break;
    case Part::meta:
      run.label = name_in_meta(file.content);
      break;
    case Part::none:
      throw InputError(Location{file.path}, "lies in no folder RUN/metrics, RUN/params or RUN/tags",
                       "name the folder that MLflow keeps its runs in (mlruns)");
  }
  imported.runs.push_back(std::move(run));
}

}  // namespace

Importer importer_mlflow();
Importer importer_mlflow() {
  return {"mlflow", "MLflow's folder of runs (mlruns)", likeness, read};
}

}  // namespace rung
