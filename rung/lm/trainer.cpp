#include "rung/lm/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "rung/core/failure.hpp"
#include "rung/core/text.hpp"
#include "rung/lm/batches.hpp"
#include "rung/lm/checkpoint.hpp"
#include "rung/lm/event_file.hpp"
#include "rung/lm/layout.hpp"
#include "rung/lm/log_check.hpp"
#include "rung/lm/run_log.hpp"

namespace rung::lm {
namespace {

using Clock = std::chrono::steady_clock;

/// What a step came to.
struct StepResult {
  double cross_entropy = 0, z_squared = 0;  // means over its targets
  double gradient_norm = 0;                 // before clipping
};

/// Where in training a step is, as columns.
LogRow place_in_training(const Settings& settings, std::int64_t step) {
  const model::Recipe recipe = settings.recipe_in_force();
  const double n_tokens = recipe.batch_tokens() * static_cast<double>(step);
  return {{kStepColumn, static_cast<double>(step)},
          {"throughput/total_tokens", n_tokens},
          {"throughput/total_training_Gflops", n_tokens * settings.model.flops_per_token() / 1e9},
          {"batch_size_in_tokens", recipe.batch_tokens()},
          {"optim/learning_rate_group0", recipe.learning_rate_at(step)}};
}

class Trainer {
 public:
  Trainer(const Settings& settings, std::filesystem::path folder, const TrainTools& tools,
          const TrainWatch& watch)
      : settings_(settings),
        recipe_(settings.recipe_in_force()),
        folder_(std::move(folder)),
        tools_(tools),
        watch_(watch),
        layout_(layout_of(settings.model)),
        model_text_(model::toml_of(settings.model)),
        batches_(tools.mix,
                 {.length = static_cast<std::size_t>(settings.model.sequence_length),
                  .vocab_size = static_cast<std::size_t>(settings.model.padded_vocab_size),
                  .filters_repetition = settings.recipe.filters_repetition,
                  .seed = settings.data_seed}),
        metrics_(folder_ / kMetricsFile),
        steps_(folder_ / kStepsFile) {}

  std::int64_t run() {
    begin();
    agree_on_step();
    try {
      take_steps();
    } catch (const LostProcess&) {
      throw;
    } catch (const InputError& error) {  // of what was begun: no input's fault
      throw Failure(error);
    }
    return step_;
  }

 private:
  void take_steps() {
    const std::int64_t first = step_;
    const Clock::time_point start = Clock::now();
    bool stops = false;
    while (step_ < recipe_.n_steps && !stops) {
      const StepResult result = step_or_rescue();
      if (is_writer()) log_step(result);
      const std::chrono::duration<double> taken = Clock::now() - start;
      if (watch_.on_step)
        watch_.on_step(
            {step_, recipe_.n_steps, result.cross_entropy, recipe_.learning_rate_at(step_),
             static_cast<double>(step_ - first) * recipe_.batch_tokens() / taken.count()});
      stops = stops_;
      const bool last = step_ == recipe_.n_steps;
      if (!is_writer()) continue;
      // First the numbers: a checkpoint says that all before it is there.
      if (last || step_ % settings_.eval_interval == 0) evaluate_now(result.cross_entropy);
      if (last || stops || step_ % settings_.save_interval == 0) save();
    }
  }

  void begin() {
    const std::vector<std::int64_t> saved = checkpoint_steps(folder_);
    if (!saved.empty()) {
      load(checkpoint_path(folder_, saved.back()),
           "take it away to go on from the one before it, or begin anew with --save_overwrite");
    } else if (!settings_.load_path.empty()) {
      load(settings_.load_path, "--load_path takes a checkpoint of a run of the same model");
    } else {
      initialize(layout_, settings_.seed, tools_.network.weights());
      adam_.mean.assign(layout_.n_weights, 0);
      adam_.square.assign(layout_.n_weights, 0);
    }
    const bool is_whole = step_ == recipe_.n_steps;
    refuse_past_end();
    if (!is_writer()) return;
    if (!saved.empty()) {
      for (const std::string& sentence : missing_from_logs(settings_, folder_, step_))
        notice("warning: " + sentence);
    }
    metrics_.keep_to(step_);
    steps_.keep_to(step_);
    if (settings_.writes_tensorboard) events_.emplace(folder_, step_);
    if (is_whole)
      notice("step " + std::to_string(step_) +
             " is the last of this run: nothing is left to train");
    if (saved.empty() && step_ > 0 && (settings_.eval_on_load || is_whole))
      evaluate_now(std::nan(""));
    if (saved.empty() && is_whole) save();
  }

  void notice(const std::string& sentence) const {
    if (watch_.on_notice) watch_.on_notice(sentence);
  }

  void refuse_past_end() const {
    if (step_ <= recipe_.n_steps) return;
    throw InputError(Location{loaded_.string()},
                     "it is of step " + std::to_string(step_) + ", past this run's last, " +
                         std::to_string(recipe_.n_steps) + ": there is nothing left to train",
                     "a run goes on from its checkpoint's step: a longer --length");
  }

  void load(const std::filesystem::path& path, const char* hint) {
    loaded_ = path;
    Checkpoint checkpoint = read_checkpoint(path, model_text_, hint);
    std::copy(checkpoint.weights.begin(), checkpoint.weights.end(),
              tools_.network.weights().begin());
    adam_ = std::move(checkpoint.adam);
    step_ = checkpoint.step;
  }

  bool is_writer() const { return !tools_.group || tools_.group->rank() == 0; }

  void add_up(auto numbers) const {
    if (tools_.group) tools_.group->add_up(numbers);
  }

  /// Processes that went on from different checkpoints would train no model at all.
  void agree_on_step() {
    double sum[] = {static_cast<double>(step_)};
    add_up(std::span<double>(sum));
    const int size = tools_.group ? tools_.group->size() : 1;
    if (sum[0] != static_cast<double>(step_) * size)
      throw InputError(Location{folder_.string()},
                       "the processes of this job see different checkpoints in it",
                       "it must be one folder for all, on a shared file system");
  }

  /// Where another process is gone, what this one has is kept.
  StepResult step_or_rescue() {
    const std::int64_t before = step_;
    try {
      return take_step();
    } catch (const LostProcess&) {
      step_ = before;  // weights change only after the last sum over the processes
      const std::vector<std::int64_t> saved = checkpoint_steps(folder_);
      if (is_writer() && step_ > 0 && (saved.empty() || saved.back() < step_)) save();
      throw;
    }
  }

  StepResult take_step() {
    const auto n_all = static_cast<std::size_t>(recipe_.batch_sequences);
    // This process's share of the batch.
    const auto rank = static_cast<std::size_t>(tools_.group ? tools_.group->rank() : 0);
    const auto size = static_cast<std::size_t>(tools_.group ? tools_.group->size() : 1);
    const std::size_t first = n_all * rank / size, n = n_all * (rank + 1) / size - first;
    const std::uint64_t begin = static_cast<std::uint64_t>(step_) * n_all + first;
    const auto at_once = static_cast<std::size_t>(settings_.device_batch_size);
    std::vector<Batch> parts;
    stops_ = watch_.should_stop && watch_.should_stop();
    double counts[] = {0, stops_ ? 1.0 : 0.0};  // targets; processes that are to stop
    for (std::size_t i = 0; i < n; i += at_once) {
      parts.push_back(batches_.at(begin + i, std::min(at_once, n - i)));
      counts[0] += static_cast<double>(parts.back().n_counted_targets());
    }
    add_up(std::span<double>(counts));
    const double n_targets = counts[0];
    stops_ = counts[1] > 0;
    ++step_;
    std::span<float> gradients = tools_.network.gradients();
    std::fill(gradients.begin(), gradients.end(), 0.0F);
    if (n_targets == 0) return {};  // every sequence was filtered
    const double per_target = 1 / n_targets;
    StepResult result;
    for (const Batch& part : parts) {
      const LossSums sums = tools_.network.add_gradients(
          part, {.scale = per_target, .z_loss = recipe_.choice.z_loss});
      result.cross_entropy += sums.cross_entropy * per_target;
      result.z_squared += sums.z_squared * per_target;
    }
    double sums[] = {result.cross_entropy, result.z_squared};
    add_up(std::span<double>(sums));
    result.cross_entropy = sums[0];
    result.z_squared = sums[1];
    add_up(gradients);
    result.gradient_norm = clip_gradients(gradients, recipe_.choice.clip_norm);
    if (!std::isfinite(result.gradient_norm))
      throw InputError("step " + std::to_string(step_) + ": the gradient is not finite",
                       "training diverged: try a lower --lr");
    const model::RecipeChoice& choice = recipe_.choice;
    adam_step(
        {choice.beta1, choice.beta2, choice.adam_epsilon, choice.weight_decay, layout_.n_embedding},
        recipe_.learning_rate_at(step_), gradients, tools_.network.weights(), adam_);
    return result;
  }

  double n_tokens() const { return recipe_.batch_tokens() * static_cast<double>(step_); }

  void log_step(const StepResult& result) {
    const LogRow row{{kStepColumn, static_cast<double>(step_)},
                     {"throughput/total_tokens", n_tokens()},
                     {"train/CrossEntropyLoss", result.cross_entropy},
                     {"train/ZLoss", recipe_.choice.z_loss * result.z_squared},
                     {"optim/total_grad_norm", result.gradient_norm},
                     {"optim/learning_rate_group0", recipe_.learning_rate_at(step_)}};
    steps_.add(row);
    if (events_) events_->add(step_, row);
  }

  void evaluate_now(double train_loss) {
    LogRow row = place_in_training(settings_, step_);
    if (!std::isnan(train_loss)) row.emplace_back("train/CrossEntropyLoss", train_loss);
    const LogRow scores =
        evaluate(tools_.network, tools_.mix, tools_.encode, evaluate_options(settings_));
    row.insert(row.end(), scores.begin(), scores.end());
    metrics_.merge(row);
    if (events_) events_->add(step_, scores);
    if (watch_.on_evaluated) watch_.on_evaluated(step_, scores);
  }

  void save() {
    write_checkpoint(checkpoint_path(folder_, step_),
                     {step_, model_text_, tools_.network.weights(), adam_});
    if (watch_.on_saved) watch_.on_saved(step_);
  }

  const Settings& settings_;
  model::Recipe recipe_;
  std::filesystem::path folder_, loaded_;
  const TrainTools& tools_;
  const TrainWatch& watch_;
  Layout layout_;
  std::string model_text_;
  Batches batches_;
  RunLog metrics_, steps_;
  std::optional<EventFile> events_;
  AdamState adam_;
  std::int64_t step_ = 0;  // taken so far
  bool stops_ = false;     // after this step, as any of the processes says
};

}  // namespace

EvaluateOptions evaluate_options(const Settings& settings) {
  return {.length = static_cast<std::size_t>(settings.model.sequence_length),
          .vocab_size = static_cast<std::size_t>(settings.model.padded_vocab_size),
          .batch_size = static_cast<std::size_t>(settings.device_eval_batch_size),
          .most_sequences = static_cast<std::size_t>(settings.n_eval_sequences)};
}

void evaluate_checkpoints(const Settings& settings, const std::filesystem::path& folder,
                          const std::vector<std::int64_t>& steps, const TrainTools& tools,
                          const TrainWatch& watch) {
  RunLog metrics(folder / kMetricsFile);
  for (const std::int64_t step : steps) {
    const Checkpoint checkpoint =
        read_checkpoint(checkpoint_path(folder, step), model::toml_of(settings.model));
    std::copy(checkpoint.weights.begin(), checkpoint.weights.end(),
              tools.network.weights().begin());
    const LogRow scores =
        evaluate(tools.network, tools.mix, tools.encode, evaluate_options(settings));
    LogRow row = place_in_training(settings, step);
    row.insert(row.end(), scores.begin(), scores.end());
    try {
      metrics.merge(row);
    } catch (const InputError& error) {
      throw Failure(error);
    }
    if (watch.on_evaluated) watch.on_evaluated(step, scores);
  }
}

std::int64_t train(const Settings& settings, const std::filesystem::path& folder,
                   const TrainTools& tools, const TrainWatch& watch) {
  return Trainer(settings, folder, tools, watch).run();
}

}  // namespace rung::lm
