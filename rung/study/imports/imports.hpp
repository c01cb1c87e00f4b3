#pragma once
/// Runs and scores of other programs' files as one tidy table.

#include <optional>
#include <string>
#include <vector>

#include "rung/data/imported.hpp"
#include "rung/data/table.hpp"

namespace rung::imports {

/// What a checkpoint counts that was logged more than once, as in a run that was resumed.
enum class Repeated { last, mean };

/// What the table holds: a row a checkpoint of a run, or a row a score.
enum class Kind { automatic, runs, scores };

struct Request {
  std::string runs;                 // regular expression, found anywhere in the name; "": all
  std::string metrics;              // the same for metrics, and for "TASK_METRIC" of scores
  std::vector<std::string> groups;  // of metrics, by name: those of any; empty: all
  Repeated repeated = Repeated::last;
  Kind kind = Kind::automatic;         // runs, where there are any
  std::optional<double> batch_tokens;  // tokens a step, of runs that don't say

  /// InputError naming option, value and constraint.
  void validate() const;
};

/// What is known of models besides: a column "model" (or "run", …), and some of n_params,
/// n_params_non_embedding, n_tokens (at the end), flops_per_token, batch_tokens.
using Facts = Table;

struct Result {
  std::vector<Run> runs;
  std::vector<Score> scores;  // each once: the newest
  bool is_of_runs = false;
  Table table;
  std::vector<std::string> notes;  // what was decided on the way
  std::vector<std::string> warnings;
};

/// Parts of one run become one, rows of one step (else of one number of tokens) one row. Scores go
/// to the run of their model, at their step or else at its last row, as metrics TASK_METRIC, with
/// TASK_METRIC_stderr and TASK_n. Of scores of one model, task and metric the newest counts, else
/// the last by the file's name.
///
/// InputError where nothing is left.
Result run(const Request& request, Imported imported, const Facts* facts = nullptr);

}  // namespace rung::imports
