#include "rung/study/overtraining/explore.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"

namespace rung::overtraining {
namespace {

template <class Items, class Get>
Column column(std::string name, const Items& items, const Get& get) {
  using Value = std::decay_t<decltype(get(items.front()))>;
  std::vector<Value> values;
  values.reserve(items.size());
  for (const auto& item : items) values.push_back(get(item));
  return {std::move(name), std::move(values)};
}

struct Hyperparameter {
  const char* name;
  double GridRun::*value;
  bool sets_tokens;  // the search gives a larger model more tokens
};

constexpr std::array<Hyperparameter, 8> kHyperparameters = {{
    {"hidden_dim", &GridRun::hidden_dim, true},
    {"n_layers", &GridRun::n_layers, true},
    {"n_heads", &GridRun::n_heads, false},
    {"batch_sequences", &GridRun::batch_sequences, false},
    {"n_warmup_steps", &GridRun::n_warmup_steps, false},
    {"learning_rate", &GridRun::learning_rate, false},
    {"final_learning_rate", &GridRun::final_learning_rate, false},
    {"weight_decay", &GridRun::weight_decay, false},
}};

/// The settings of a run other than `varied`: equal for runs that may be compared.
std::vector<double> other_settings(const GridRun& run, const Hyperparameter& varied) {
  std::vector<double> settings;
  for (const Hyperparameter& other : kHyperparameters) {
    if (other.value != varied.value) settings.push_back(run.*other.value);
  }
  if (!varied.sets_tokens) settings.push_back(run.n_tokens);
  return settings;
}

void add_group(const std::vector<const GridRun*>& group, const Hyperparameter& varied,
               Sensitivity& result, std::map<double, SettingEffect>& effects) {
  const auto [best, worst] = std::minmax_element(
      group.begin(), group.end(),
      [](const GridRun* a, const GridRun* b) { return a->loss_nats < b->loss_nats; });
  const double range = (*worst)->loss_nats - (*best)->loss_nats;
  ++result.n_groups;
  result.mean_range_nats += range;  // a sum until all groups are in
  result.largest_range_nats = std::max(result.largest_range_nats, range);
  for (const GridRun* run : group) {
    SettingEffect& effect = effects[run->*varied.value];
    ++effect.n_runs;
    effect.n_best += run == *best ? 1 : 0;
    effect.mean_excess_nats += run->loss_nats - (*best)->loss_nats;
  }
}

Sensitivity sensitivity(const std::vector<GridRun>& grid, const Hyperparameter& varied) {
  std::map<std::vector<double>, std::vector<const GridRun*>> groups;
  std::set<double> values;
  for (const GridRun& run : grid) {
    groups[other_settings(run, varied)].push_back(&run);
    values.insert(run.*varied.value);
  }
  Sensitivity result;
  result.hyperparameter = varied.name;
  result.n_values = values.size();
  std::map<double, SettingEffect> effects;
  for (const auto& [settings, group] : groups) {
    if (group.size() > 1) add_group(group, varied, result, effects);
  }
  if (result.n_groups > 0) result.mean_range_nats /= static_cast<double>(result.n_groups);
  for (auto& [value, effect] : effects) {
    effect.value = value;
    effect.mean_excess_nats /= static_cast<double>(effect.n_runs);
    result.effects.push_back(effect);
  }
  return result;
}

}  // namespace

Table model_table(const Testbed& testbed, const Study& study) {
  Table table("models");
  const auto& models = testbed.models;
  const auto add = [&](std::string name, const auto& get) {
    table.add(column(std::move(name), models, get));
  };
  using Model = TestbedModel;
  add("name", [](const Model& model) { return model.name; });
  add("train_set", [](const Model& model) { return model.train_set; });
  add("model", [](const Model& model) { return model.architecture; });
  add("n_params", [](const Model& model) { return model.n_params; });
  add("n_params_non_embedding",
      [](const Model& model) { return model.n_params_non_embedding.value_or(kNaN); });
  add("n_tokens", [](const Model& model) { return model.n_tokens; });
  add("tokens_per_parameter", [](const Model& model) { return model.tokens_per_parameter(); });
  add("compute_flops", [](const Model& model) { return model.compute_flops(); });
  add("learning_rate",
      [](const Model& model) { return model.settings.learning_rate.value_or(kNaN); });
  add("final_learning_rate",
      [](const Model& model) { return model.settings.final_learning_rate.value_or(kNaN); });
  add("weight_decay",
      [](const Model& model) { return model.settings.weight_decay.value_or(kNaN); });
  add("z_loss", [](const Model& model) { return model.settings.z_loss.value_or(kNaN); });
  add("n_warmup_steps",
      [](const Model& model) { return model.settings.n_warmup_steps.value_or(kNaN); });
  add("batch_sequences",
      [](const Model& model) { return model.settings.batch_sequences.value_or(kNaN); });
  add("n_accumulation_steps",
      [](const Model& model) { return model.settings.n_accumulation_steps.value_or(kNaN); });
  for (std::size_t i = 0; i < testbed.loss_sets.size(); ++i) {
    const std::string name = "loss_" + testbed.loss_sets[i];
    add(name, [i](const Model& model) { return model.losses[i].loss_nats; });
    add(name + "_lower",
        [i](const Model& model) { return model.losses[i].lower_by_sequences.value_or(kNaN); });
    add(name + "_upper",
        [i](const Model& model) { return model.losses[i].upper_by_sequences.value_or(kNaN); });
  }
  for (const std::string& name : error_set_names(testbed, study)) {
    table.add({"error_" + name, error_set(testbed, study, name).errors});
  }
  return table;
}

Table grid_table(const Testbed& testbed) {
  Table table("grid");
  const auto add = [&](std::string name, const auto& get) {
    table.add(column(std::move(name), testbed.grid, get));
  };
  add("model", [](const GridRun& run) { return run.architecture; });
  for (const Hyperparameter& hyperparameter : kHyperparameters) {
    add(hyperparameter.name, [&](const GridRun& run) { return run.*hyperparameter.value; });
  }
  add("n_params", [](const GridRun& run) { return run.n_params(); });
  add("n_tokens", [](const GridRun& run) { return run.n_tokens; });
  add("compute_flops", [](const GridRun& run) { return run.compute_flops(); });
  add("loss_c4", [](const GridRun& run) { return run.loss_nats; });
  return table;
}

std::vector<TokenCurve> token_curves(const Testbed& testbed, std::string_view loss_set) {
  const std::size_t set = testbed.loss_set_index(loss_set);
  std::vector<const TestbedModel*> models;
  for (const TestbedModel& model : testbed.models) {
    if (!std::isnan(model.losses[set].loss_nats)) models.push_back(&model);
  }
  std::stable_sort(models.begin(), models.end(), [](const TestbedModel* a, const TestbedModel* b) {
    return std::tie(a->train_set, a->n_params, a->architecture, a->chinchilla_multiplier) <
           std::tie(b->train_set, b->n_params, b->architecture, b->chinchilla_multiplier);
  });
  std::vector<TokenCurve> curves;
  for (const TestbedModel* model : models) {
    const bool continues = !curves.empty() && curves.back().train_set == model->train_set &&
                           curves.back().architecture == model->architecture;
    if (!continues) {
      curves.emplace_back();
      curves.back().train_set = model->train_set;
      curves.back().architecture = model->architecture;
      curves.back().n_params = model->n_params;
    }
    TokenCurve& curve = curves.back();
    curve.models.push_back(static_cast<std::size_t>(model - testbed.models.data()));
    curve.tokens_per_parameter.push_back(model->tokens_per_parameter());
    curve.loss_nats.push_back(model->losses[set].loss_nats);
    curve.lower.push_back(model->losses[set].lower_by_sequences.value_or(kNaN));
    curve.upper.push_back(model->losses[set].upper_by_sequences.value_or(kNaN));
  }
  return curves;
}

std::vector<TaskCorrelation> task_correlations(const Testbed& testbed, const Study& study,
                                               std::string_view loss_set,
                                               std::string_view train_set) {
  const std::size_t loss_index = testbed.loss_set_index(loss_set);
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < testbed.models.size(); ++i) {
    if (!train_set.empty() && testbed.models[i].train_set != train_set) continue;
    if (!std::isnan(testbed.models[i].losses[loss_index].loss_nats)) chosen.push_back(i);
  }
  std::vector<TaskCorrelation> correlations;
  if (chosen.empty()) return correlations;
  for (const std::string& name : error_set_names(testbed, study)) {
    const ErrorSet set = error_set(testbed, study, name);
    std::vector<double> losses, errors;
    for (const std::size_t i : chosen) {
      if (std::isnan(set.errors[i])) continue;
      losses.push_back(testbed.models[i].losses[loss_index].loss_nats);
      errors.push_back(set.errors[i]);
    }
    TaskCorrelation result;
    result.error_set = name;
    result.n_models = errors.size();
    result.pearson = correlation(losses, errors);
    result.spearman = correlation(ranks(losses), ranks(errors));
    result.chance_error = set.chance_error;
    result.best_error = errors.empty() ? kNaN : *std::min_element(errors.begin(), errors.end());
    const double variance = set.chance_error * (1 - set.chance_error);
    if (set.tasks.size() == 1 && variance > 0 && !errors.empty()) {
      const double n_examples = testbed.task_info(testbed.tasks[set.tasks[0]]).n_examples;
      result.best_over_chance_sigmas =
          (set.chance_error - result.best_error) / std::sqrt(variance / n_examples);
    }
    correlations.push_back(std::move(result));
  }
  return correlations;
}

std::vector<std::size_t> grid_frontier(const std::vector<GridRun>& grid) {
  std::vector<std::size_t> order(grid.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(grid[a].compute_flops(), grid[a].loss_nats) <
           std::pair(grid[b].compute_flops(), grid[b].loss_nats);
  });
  std::vector<std::size_t> frontier;
  for (const std::size_t i : order) {
    if (frontier.empty() || grid[i].loss_nats < grid[frontier.back()].loss_nats)
      frontier.push_back(i);
  }
  return frontier;
}

std::vector<Sensitivity> grid_sensitivity(const std::vector<GridRun>& grid) {
  if (grid.empty()) return {};
  std::vector<Sensitivity> results;
  for (const Hyperparameter& varied : kHyperparameters)
    results.push_back(sensitivity(grid, varied));
  std::stable_sort(results.begin(), results.end(), [](const Sensitivity& a, const Sensitivity& b) {
    return std::pair(a.n_groups > 0, a.mean_range_nats) >
           std::pair(b.n_groups > 0, b.mean_range_nats);
  });
  return results;
}

TokensResult run_tokens(const Choice& choice, const Testbed& testbed, const Study& study,
                        int n_threads) {
  const Choice chosen = complete(testbed, study, choice, {{}, {"c4_val"}, {}});
  TokensResult result{fit_loss_laws(testbed, study, chosen, n_threads), {}};
  const Choice& complete = result.fits.choice;
  result.curves = token_curves(testbed, complete.loss_sets.front());
  std::erase_if(result.curves, [&](const TokenCurve& curve) {
    return std::find(complete.train_sets.begin(), complete.train_sets.end(), curve.train_set) ==
           complete.train_sets.end();
  });
  return result;
}

CorrelationResult run_correlation(const Choice& choice, const Testbed& testbed,
                                  const Study& study) {
  CorrelationResult result{complete(testbed, study, choice, {{}, {"c4_val"}, {}}), {}};
  for (const std::string& train_set : result.choice.train_sets)
    result.by_train_set.push_back(task_correlations(testbed, study, result.loss_set(), train_set));
  return result;
}

}  // namespace rung::overtraining
