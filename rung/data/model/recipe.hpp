#pragma once
/// How a model is trained: rules for length, batch, learning rate and schedule, as the OLMo ladder
/// has them (arXiv 2412.04403), each of which may be overridden.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rung/data/model/model.hpp"

namespace rung::model {

/// 20 tokens a parameter are 1xC, by N without the embedding.
inline constexpr double kTokensPerParameter = 20;

/// Tokens of "2xC" (40 N), "10B", "300M", "400K", "1T", "1e9". InputError for anything else.
double length_tokens(std::string_view length, double n_params_non_embedding);

enum class Scheduler {
  cosine,               // to alpha_f of the peak
  linear,               // the same, in a straight line
  constant_then_decay,  // constant, then a straight line over the last fifth
};
std::string_view scheduler_name(Scheduler scheduler);
std::vector<std::string> scheduler_names();
/// InputError with the names.
Scheduler parse_scheduler(std::string_view name);

/// What is asked for; what is absent follows from the rules.
struct RecipeChoice {
  std::string length = "1xC";
  std::optional<double> batch_sequences;
  std::optional<double> batch_size_divisor;
  std::optional<double> learning_rate;
  std::optional<double> warmup_tokens;
  Scheduler scheduler = Scheduler::cosine;
  double alpha_f = 0.1;
  double beta1 = 0.9, beta2 = 0.95, adam_epsilon = 1e-8, weight_decay = 0.1;
  double clip_norm = 1.0;  // of the whole gradient; 0: none
  double z_loss = 1e-5;    // weight of mean(logsumexp(logits)^2); 0: none
  bool filters_repetition = true;

  /// InputError naming the option, its value and the constraint.
  void validate() const;
};

/// The settings in force.
struct Recipe {
  RecipeChoice choice;
  double n_tokens = 0;  // asked for; training ends with the step that reaches it
  std::int64_t batch_sequences = 0, sequence_length = 0;
  std::int64_t n_steps = 0, n_warmup_steps = 0;
  double learning_rate = 0;  // at its peak

  double batch_tokens() const { return static_cast<double>(batch_sequences * sequence_length); }
  double trained_tokens() const { return batch_tokens() * static_cast<double>(n_steps); }
  /// Of this step, from 1 on. During warm-up it rises in a straight line from a tenth of the peak.
  double learning_rate_at(std::int64_t step) const;
};

/// What the rules make of the choice. A size whose publication says batch or learning rate has
/// those.
Recipe recipe_for(const Config& config, const RecipeChoice& choice);

/// 160 (N / 108e6)^(2/3) sequences of 2048 tokens, as sequences of `sequence_length`, rounded to a
/// multiple of `divisor`, and at least that.
double ladder_batch_sequences(double n_params, double sequence_length, double divisor);
/// 0.0047 (N / 108e6)^(-1/3), a quarter of it for sequences of 4096.
double ladder_learning_rate(double n_params, double sequence_length);

}  // namespace rung::model
