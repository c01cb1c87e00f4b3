#pragma once
/// A ladder's runs: one CSV a training run, one row an evaluated checkpoint.

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rung/data/ladder.hpp"

namespace rung::ladder {

/// What to read of each run. Columns are metrics, by their names in the files.
struct MetricColumns {
  std::vector<std::string> required;
  std::vector<std::string> optional = {};  // left out of a run whose file has none
};

struct LadderRequest {
  Config config;
  MetricColumns columns;
};

/// Reads each file once however many requests name it, several at a time. Size and label are the
/// configuration's. InputError with every problem of every file: those of parse_csv; no tokens
/// column; tokens that are negative or don't increase; a run that is there twice.
std::vector<Ladder> read_ladders(std::span<const LadderRequest> requests, int n_threads = 0);
Ladder read_ladder(const Config& config, std::vector<std::string> columns, int n_threads = 0);

/// Whether each run's file has all these columns, as far as their headers say. A file without a
/// header that can be read counts as having them: reading it whole says what is wrong.
bool have_columns(const Config& config, std::span<const std::string> columns);

/// One file. Tokens are throughput/total_tokens or n_tokens where there is such a column, else
/// _step x batch_size_in_tokens, each cut to a whole number; they increase strictly, and the first
/// may be 0 (step 0). Length is "1xC" of "190M-1xC.csv", "" where the name says none. Model, label
/// and size stay unset.
Run parse_run(std::string_view csv, const std::string& file, const MetricColumns& columns);
/// One of the runs of a table as `rung import` writes it, by its name in the column "model": those
/// of its rows that have all that is required. InputError also where it has none. `lost_end` says
/// it where rows behind the last of these have some of the metrics.
Run parse_run_of_table(std::string_view csv, const std::string& file, const std::string& run,
                       const MetricColumns& columns, std::string* lost_end = nullptr);
/// A file, or "TABLE#RUN": one of the runs of a table.
Run read_run(const std::filesystem::path& path, const MetricColumns& columns,
             std::string* lost_end = nullptr);

/// A point of "external": a JSON object of column names to numbers.
Run parse_external_point(std::string_view json, const std::string& file,
                         std::span<const std::string> columns);

}  // namespace rung::ladder
