#pragma once
/// Ladder runs: one CSV a training run, one row an evaluated checkpoint.

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rung/study/ladder/config.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::ladder {

struct Run {
  std::string model;  // the configuration's entry
  std::string label;
  Mode mode = Mode::train;
  std::string file;
  std::string length;                     // "1xC", from "190M-1xC.csv"; "" where the name says none
  double n_params = 0;                    // without the embedding
  std::optional<double> flops_per_token;  // absent: laws in compute can't use the run

  // A value a checkpoint, in the file's order.
  std::vector<double> n_tokens;  // strictly increasing; the first may be 0 (step 0)
  std::map<std::string, std::vector<double>> columns;  // those asked for, by name

  std::size_t n_rows() const { return n_tokens.size(); }
};

/// A point of step 2 from elsewhere: a JSON object of the "external" entry.
struct ExternalPoint {
  std::string label;
  Mode mode = Mode::train;
  std::string file;
  std::map<std::string, double> columns;
};

/// All that a configuration names, in its order.
struct Ladder {
  std::vector<Run> runs;
  std::vector<ExternalPoint> external_points;
  std::vector<std::string> warnings;
};

struct LadderRequest {
  Config config;
  std::vector<std::string> columns;                // as columns_of gives them
  std::vector<std::string> optional_columns = {};  // left out of a run whose file has none
};

/// Reads each file once however many requests name it, several at a time. FLOPs per token are the
/// configuration's "flops", else the catalogue's for the entry's name. InputError with every
/// problem of every file: those of read_csv; no tokens column; tokens that are negative or don't
/// increase; a run that is there twice.
std::vector<Ladder> read_ladders(std::span<const LadderRequest> requests,
                                 const Catalogue& catalogue, int n_threads = 0);
Ladder read_ladder(const Config& config, std::vector<std::string> columns,
                   const Catalogue& catalogue, int n_threads = 0);

/// One file. Tokens are throughput/total_tokens where there is such a column, else _step x
/// batch_size_in_tokens, each cut to a whole number. Model, label, mode, n_params and
/// flops_per_token stay unset.
Run read_run(const std::filesystem::path& path, std::span<const std::string> columns,
             std::span<const std::string> optional_columns = {});

/// A metric of a task at every checkpoint: the weighted mean of its columns, with the metric's
/// sign.
std::vector<double> series(const Run& run, const Task& task, Metric metric);
double value(const ExternalPoint& point, const Task& task, Metric metric);

}  // namespace rung::ladder
