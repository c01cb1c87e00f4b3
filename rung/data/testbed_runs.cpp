#include "rung/data/testbed_runs.hpp"

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"

namespace rung {
namespace {

struct LossPart {
  const char* metric;
  std::optional<double> LossEvaluation::*value;
};
constexpr const char* kLoss = "loss";
constexpr LossPart kLossParts[] = {
    {"loss_lower_by_sequences", &LossEvaluation::lower_by_sequences},
    {"loss_upper_by_sequences", &LossEvaluation::upper_by_sequences},
    {"loss_lower_by_tokens", &LossEvaluation::lower_by_tokens},
    {"loss_upper_by_tokens", &LossEvaluation::upper_by_tokens},
    {"loss_n_sequences", &LossEvaluation::n_sequences},
    {"loss_n_tokens", &LossEvaluation::n_tokens},
};

struct Setting {
  const char* name;
  std::optional<double> TrainingSettings::*value;
};
constexpr Setting kSettings[] = {
    {"learning_rate", &TrainingSettings::learning_rate},
    {"final_learning_rate", &TrainingSettings::final_learning_rate},
    {"weight_decay", &TrainingSettings::weight_decay},
    {"z_loss", &TrainingSettings::z_loss},
    {"n_warmup_steps", &TrainingSettings::n_warmup_steps},
    {"batch_sequences", &TrainingSettings::batch_sequences},
    {"n_accumulation_steps", &TrainingSettings::n_accumulation_steps},
};

struct Description {
  const char* name;
  std::string TestbedModel::*value;
};
constexpr Description kDescriptions[] = {
    {"architecture", &TestbedModel::architecture},     {"uuid", &TestbedModel::uuid},
    {"train_set_uuid", &TestbedModel::train_set_uuid}, {"created", &TestbedModel::created},
    {"code_version", &TestbedModel::code_version},
};

constexpr const char* kMultiplier = "chinchilla_multiplier";
constexpr const char* kQkNorm = "qk_norm";
constexpr const char* kAccuracy = "accuracy";

std::string metric_of(const std::string& what, const std::string& set) { return what + "/" + set; }

Run run_of(const Testbed& testbed, const TestbedModel& model) {
  Run run;
  run.model = model.name;
  run.label = model.architecture;
  run.family = model.train_set;
  run.seed = model.settings.seed;
  run.n_params = {.total = model.n_params, .non_embedding = model.n_params_non_embedding};
  run.n_tokens = {model.n_tokens};
  run.settings[kMultiplier] = model.chinchilla_multiplier;
  if (model.settings.qk_norm) run.settings[kQkNorm] = *model.settings.qk_norm ? 1 : 0;
  for (const auto& [name, value] : kSettings) {
    if (model.settings.*value) run.settings[name] = *(model.settings.*value);
  }
  for (const auto& [name, value] : kDescriptions) run.descriptions[name] = model.*value;
  for (std::size_t i = 0; i < testbed.loss_sets.size(); ++i) {
    const std::string& set = testbed.loss_sets[i];
    const LossEvaluation& loss = model.losses[i];
    if (!std::isnan(loss.loss_nats)) run.metrics[metric_of(kLoss, set)] = {loss.loss_nats};
    for (const auto& [metric, value] : kLossParts) {
      if (loss.*value) run.metrics[metric_of(metric, set)] = {*(loss.*value)};
    }
  }
  for (std::size_t i = 0; i < testbed.tasks.size(); ++i) {
    if (!std::isnan(model.accuracies[i]))
      run.metrics[metric_of(kAccuracy, testbed.tasks[i])] = {model.accuracies[i]};
  }
  return run;
}

/// Hands out what a model needs of a run; what is absent is an error that names it.
class Source {
 public:
  explicit Source(const Run& run) : run_(run) {}

  std::optional<double> metric_if_any(const std::string& what, const std::string& set) const {
    const auto found = run_.metrics.find(metric_of(what, set));
    if (found == run_.metrics.end() || found->second.empty()) return std::nullopt;
    return found->second.back();
  }
  std::optional<double> setting(const char* name) const {
    const auto found = run_.settings.find(name);
    return found == run_.settings.end() ? std::nullopt : std::optional(found->second);
  }
  std::string text(const char* name, const std::string& found) const {
    if (found.empty()) lacks(name);
    return found;
  }
  std::string description(const char* name) const {
    const auto found = run_.descriptions.find(name);
    return found == run_.descriptions.end() ? "" : found->second;
  }
  double n_tokens() const {
    if (run_.n_tokens.empty()) lacks("n_tokens");
    return run_.n_tokens.back();
  }

 private:
  [[noreturn]] void lacks(const std::string& what) const {
    throw InputError(Location{run_.file}, "run '" + run_.model + "' has no " + what);
  }

  const Run& run_;
};

TestbedModel model_of(const Run& run, const std::vector<std::string>& loss_sets,
                      const std::vector<std::string>& tasks) {
  const Source source(run);
  TestbedModel model;
  model.name = run.model;
  model.train_set = source.text("family", run.family);
  model.n_params = run.params(ParameterCount::total);
  model.n_params_non_embedding = run.n_params.non_embedding;
  model.n_tokens = source.n_tokens();
  model.chinchilla_multiplier =
      source.setting(kMultiplier)
          .value_or(TestbedModel::multiplier_of(model.n_params, model.n_tokens));
  if (const auto qk_norm = source.setting(kQkNorm)) model.settings.qk_norm = *qk_norm != 0;
  model.settings.seed = run.seed;
  for (const auto& [name, value] : kSettings) model.settings.*value = source.setting(name);
  for (const auto& [name, value] : kDescriptions) model.*value = source.description(name);
  if (model.architecture.empty()) model.architecture = source.text("label", run.label);
  for (const std::string& set : loss_sets) {
    LossEvaluation& loss = model.losses.emplace_back();
    loss.loss_nats = source.metric_if_any(kLoss, set).value_or(kNaN);
    for (const auto& [metric, value] : kLossParts) loss.*value = source.metric_if_any(metric, set);
  }
  for (const std::string& task : tasks)
    model.accuracies.push_back(source.metric_if_any(kAccuracy, task).value_or(kNaN));
  return model;
}

}  // namespace

std::vector<Run> runs_of(const Testbed& testbed) {
  std::vector<Run> runs;
  for (const TestbedModel& model : testbed.models) runs.push_back(run_of(testbed, model));
  return runs;
}

std::vector<TestbedModel> testbed_models(std::span<const Run> runs,
                                         const std::vector<std::string>& loss_sets,
                                         const std::vector<std::string>& tasks) {
  std::vector<TestbedModel> models;
  for (const Run& run : runs) models.push_back(model_of(run, loss_sets, tasks));
  return models;
}

}  // namespace rung
