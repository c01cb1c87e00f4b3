#include "rung/data/model/recipe.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "rung/core/error.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/require.hpp"
#include "rung/core/text.hpp"

namespace rung::model {
namespace {

// Constants of the published rule, fitted on models of 108 M parameters.
constexpr double kRuleParams = 108e6, kRuleBatch = 160, kRuleLength = 2048, kRuleRate = 0.0047;
constexpr double kRuleDivisor = 32;
constexpr double kLongLength = 4096, kLongLengthShare = 0.25;
constexpr double kWarmupStart = 0.1;  // of the peak
constexpr double kDecayShare = 0.2;   // of the steps, of constant_then_decay

constexpr std::string_view kSchedulers[] = {"cosine_with_warmup", "linear_with_warmup",
                                            "constant_then_decay"};

}  // namespace

double length_tokens(std::string_view length, double n_params_non_embedding) {
  const std::string_view text = trimmed(length);
  std::optional<double> tokens;
  if (text.ends_with("xC")) {
    tokens = parse_double(text.substr(0, text.size() - 2));
    if (tokens) *tokens *= kTokensPerParameter * n_params_non_embedding;
  } else {
    tokens = parse_quantity(text);
  }
  if (!tokens || !(*tokens >= 1) || !std::isfinite(*tokens))
    throw InputError("--length: '" + std::string(length) + "' is no length of training",
                     "such as 1xC (20 tokens a parameter), 0.5xC, 300M, 10B");
  return *tokens;
}

std::string_view scheduler_name(Scheduler scheduler) {
  return kSchedulers[static_cast<std::size_t>(scheduler)];
}

std::vector<std::string> scheduler_names() {
  return {std::begin(kSchedulers), std::end(kSchedulers)};
}

Scheduler parse_scheduler(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kSchedulers); ++i) {
    if (name == kSchedulers[i]) return static_cast<Scheduler>(i);
  }
  throw InputError("--scheduler_type: there is no '" + std::string(name) + "'",
                   "one of " + join(scheduler_names(), ", "));
}

void RecipeChoice::validate() const {
  if (batch_sequences) require_whole("--batch_size", *batch_sequences, 1);
  if (batch_size_divisor) require_whole("--batch_size_divisor", *batch_size_divisor, 1);
  if (batch_sequences && batch_size_divisor &&
      std::fmod(*batch_sequences, *batch_size_divisor) != 0)
    throw InputError("--batch_size: " + shortest(*batch_sequences) +
                         " is no multiple of --batch_size_divisor, " +
                         shortest(*batch_size_divisor),
                     "give one of the two");
  if (learning_rate) require_positive("--lr", *learning_rate);
  if (warmup_tokens) require_at_least("--warmup", *warmup_tokens, 0);
  require_within("--alpha_f", alpha_f, 0, 1);
  require_within("--beta1", beta1, 0, 0.999999);
  require_within("--beta2", beta2, 0, 0.999999);
  require_positive("--adam-eps", adam_epsilon);
  require_at_least("--weight-decay", weight_decay, 0);
  require_at_least("--clip", clip_norm, 0);
  require_at_least("--z-loss", z_loss, 0);
}

double ladder_batch_sequences(double n_params, double sequence_length, double divisor) {
  const double sequences =
      kRuleBatch * std::pow(n_params / kRuleParams, 2.0 / 3) * kRuleLength / sequence_length;
  return std::max(1.0, std::nearbyint(sequences / divisor)) * divisor;
}

double ladder_learning_rate(double n_params, double sequence_length) {
  const double rate = kRuleRate * std::pow(n_params / kRuleParams, -1.0 / 3);
  return sequence_length == kLongLength ? rate * kLongLengthShare : rate;
}

Recipe recipe_for(const Config& config, const RecipeChoice& choice) {
  choice.validate();
  const double n = config.n_params_non_embedding();
  const PublishedRecipe& published = config.recipe;
  Recipe recipe{.choice = choice, .sequence_length = config.sequence_length};
  recipe.n_tokens = length_tokens(choice.length, n);
  const double divisor =
      choice.batch_size_divisor.value_or(published.batch_size_divisor.value_or(kRuleDivisor));
  const double by_rule = published.batch_sequences && !choice.batch_size_divisor
                             ? *published.batch_sequences
                             : ladder_batch_sequences(n, config.sequence_length, divisor);
  // Counts that a double tells apart, so that all below are whole numbers.
  constexpr double kMostCount = 9e15;
  const double sequences = choice.batch_sequences.value_or(by_rule);
  if (!(sequences * config.sequence_length < kMostCount) || !(recipe.n_tokens < kMostCount))
    throw InputError("a run of '" + choice.length + "' in steps of " + significant(sequences) +
                     " sequences is larger than any");
  recipe.batch_sequences = static_cast<std::int64_t>(sequences);
  recipe.learning_rate = choice.learning_rate.value_or(
      published.learning_rate.value_or(ladder_learning_rate(n, config.sequence_length)));
  recipe.n_steps = static_cast<std::int64_t>(std::ceil(recipe.n_tokens / recipe.batch_tokens()));
  if (choice.warmup_tokens && *choice.warmup_tokens > recipe.trained_tokens())
    throw InputError("--warmup: " + significant(*choice.warmup_tokens) +
                         " tokens are more than the run's " + significant(recipe.trained_tokens()),
                     "of less, or a longer --length");
  const double warmup = choice.warmup_tokens.value_or(n) / recipe.batch_tokens();
  recipe.n_warmup_steps =
      static_cast<std::int64_t>(std::min(std::nearbyint(warmup), double(recipe.n_steps)));
  return recipe;
}

double Recipe::learning_rate_at(std::int64_t step) const {
  const double at = static_cast<double>(std::min(step, n_steps));
  const double warmup = static_cast<double>(n_warmup_steps), all = static_cast<double>(n_steps);
  if (at < warmup) return learning_rate * (kWarmupStart + (1 - kWarmupStart) * at / warmup);
  const double last = choice.alpha_f;
  double done = all > warmup ? (at - warmup) / (all - warmup) : 1;  // share of the way down
  if (choice.scheduler == Scheduler::cosine)
    return learning_rate * (last + (1 - last) * (1 + std::cos(std::numbers::pi * done)) / 2);
  if (choice.scheduler == Scheduler::constant_then_decay) {
    const double begin = std::max(warmup, (1 - kDecayShare) * all);
    done = at <= begin ? 0 : (at - begin) / (all - begin);
  }
  return learning_rate * (1 - (1 - last) * done);
}

}  // namespace rung::model
