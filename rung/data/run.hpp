#pragma once
/// One training run, whoever trained it: what a trainer writes, an importer makes of another
/// program's files, and a study reads.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/data/units.hpp"

namespace rung {

/// A model's size in each convention of counting; absent where it is not known.
struct ParameterCounts {
  std::optional<double> total, non_embedding, active;

  const std::optional<double>& in(ParameterCount convention) const;
  bool operator==(const ParameterCounts&) const = default;
};

struct Run {
  // Who. Names may be empty, and several runs may share them.
  std::string model;   // "7B-4T"
  std::string label;   // for pictures and tables; often the model
  std::string family;  // what runs of one recipe share: a training set, an architecture: "c4"
  std::string length;  // how long for its size, as its source says it: "1xC"
  std::optional<double> seed;
  std::string file;  // where it was read from

  // How it was trained.
  ParameterCounts n_params;
  std::optional<double> flops_per_token;   // forward and backward
  std::optional<double> total_flops;       // where the source says it; else see compute_flops
  std::map<std::string, double> settings;  // "learning_rate"
  std::map<std::string, std::string> descriptions;  // settings and facts in words: "optimizer"

  // A value a checkpoint, in the order of training; NaN where it is missing.
  std::vector<double> n_tokens;                        // of training, so far
  std::map<std::string, std::vector<double>> metrics;  // by column name
  std::string table;               // that checkpoints are rows of, where they are of one table
  std::vector<std::size_t> lines;  // of `table`, [checkpoints]; empty elsewhere

  std::size_t n_rows() const { return n_tokens.size(); }

  /// Where a checkpoint stands, for errors.
  Location location(std::size_t checkpoint) const;

  /// The run's size in this convention. InputError where it is not known.
  double params(ParameterCount convention) const;

  /// Training FLOPs up to a checkpoint: tokens times FLOPs per token, which may come from the
  /// total. Absent where neither is known: 6 N D is a rule of the reader's choice
  /// (training_flops in units.hpp).
  std::optional<double> compute_flops(std::size_t checkpoint) const;
  /// At the end: the total as the source says it, else by the last checkpoint.
  std::optional<double> compute_flops() const;
};

}  // namespace rung
