#pragma once
/// The over-training testbed: models trained at several sizes and token-per-parameter ratios on
/// several training sets, each with its losses on held-out sets and its accuracies on downstream
/// tasks, as published with Gadre et al. 2024, arXiv:2403.08540.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/core/error.hpp"

namespace rung {

/// Mean loss on a held-out set, nats per token, with the file's 95% bootstrap intervals over
/// sequences and tokens, where it has them.
struct LossEvaluation {
  double loss_nats = 0;  // NaN: not measured
  std::optional<double> lower_by_sequences, upper_by_sequences;
  std::optional<double> lower_by_tokens, upper_by_tokens;
  std::optional<double> n_sequences, n_tokens;

  bool operator==(const LossEvaluation&) const = default;
};

/// What a run was trained with, as far as its `hyperparameters` say.
struct TrainingSettings {
  std::optional<double> learning_rate, final_learning_rate, weight_decay, z_loss;
  std::optional<double> n_warmup_steps, batch_sequences, n_accumulation_steps;
  std::optional<bool> qk_norm;
  std::optional<double> seed;

  bool operator==(const TrainingSettings&) const = default;
};

struct TestbedModel {
  std::string name;       // the file's stem: TRAIN_SET-ARCHITECTURE-MULTIPLIER
  std::string train_set;  // such as c4_original, rpj, rw_original
  std::string architecture;
  double n_params = 0;                           // both embedding matrices counted
  std::optional<double> n_params_non_embedding;  // input embedding left out, head counted
  double n_tokens = 0;                           // nominal: 20 n_params chinchilla_multiplier
  double chinchilla_multiplier = 0;              // where not given, from the two
  TrainingSettings settings;
  std::string uuid, train_set_uuid, created, code_version;  // "": not known
  std::vector<LossEvaluation> losses;                       // by Testbed::loss_sets
  std::vector<double> accuracies;                           // by Testbed::tasks; NaN: not measured

  double tokens_per_parameter() const { return 20 * chinchilla_multiplier; }
  static double multiplier_of(double n_params, double n_tokens) {
    return n_tokens / (20 * n_params);
  }

  /// 6 N D. A double, since it passes 2^63 for the largest runs.
  double compute_flops() const { return 6 * n_params * n_tokens; }

  bool operator==(const TestbedModel&) const = default;
};

/// A row of eval_metadata.csv, which describes more tasks than the models were evaluated on.
struct TaskInfo {
  std::string name, category, type, description;
  std::optional<double> n_shots;
  double n_examples = 0;
  double chance_accuracy = 0;  // a ratio; the file has percent
};

/// A run of the hyperparameter search. Every one has 20 tokens per parameter or close to it.
struct GridRun {
  std::string key;
  std::string architecture;
  double hidden_dim = 0, n_layers = 0, n_heads = 0;
  double batch_sequences = 0, learning_rate = 0, final_learning_rate = 0, weight_decay = 0;
  double n_tokens = 0, n_warmup_steps = 0;
  double loss_nats = 0;  // on C4

  double n_params() const;
  double compute_flops() const { return 6 * n_params() * n_tokens; }
};

/// A loss or an accuracy that a run lacks.
struct Unmeasured {
  std::string model;
  std::string column;  // "loss/SET" or "accuracy/TASK"
  Location where;

  std::string text() const { return "run '" + model + "' has no " + column; }
};

struct Testbed {
  std::vector<std::string> loss_sets;  // in the files' order
  std::vector<std::string> tasks;      // in the files' order
  std::vector<TestbedModel> models;    // by name
  std::vector<TaskInfo> task_infos;    // in the file's order
  std::vector<GridRun> grid;           // in the file's order
  std::vector<Unmeasured> unmeasured;  // by model
  std::vector<Problem> warnings;  // metadata that contradicts itself; nothing here depends on it

  /// InputError with the nearest names when there is none of that name.
  std::size_t loss_set_index(std::string_view name) const;
  std::size_t task_index(std::string_view name) const;
  const TestbedModel& model(std::string_view name) const;
  const TaskInfo& task_info(std::string_view name) const;

  /// In order of first appearance.
  std::vector<std::string> train_sets() const;
};

/// Parameters of the testbed's decoder: embedding and head of `vocabulary` rows, `n_layers` blocks
/// of attention and SwiGLU (hidden width 8/3 of hidden_dim, rounded up to a multiple of 256),
/// layer-norm gains but not those of the query and key norms, which the testbed's own counts leave
/// out.
double open_lm_params(double hidden_dim, double n_layers, double vocabulary = 50432);

}  // namespace rung
