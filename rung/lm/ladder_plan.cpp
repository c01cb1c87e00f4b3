#include "rung/lm/ladder_plan.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "rung/core/error.hpp"
#include "rung/core/fields.hpp"
#include "rung/core/text.hpp"
#include "rung/lm/data_mix.hpp"
#include "rung/system/file.hpp"

namespace rung::lm {
namespace {

/// What the file says of all rungs.
struct Grid {
  std::vector<std::string> models, lengths;
  std::vector<double> seeds = {0};
  struct Single {
    std::string model, length;
    std::vector<double> seeds;
  };
  std::vector<Single> singles;
  std::vector<std::pair<std::string, std::string>> targets;  // model, length
  int n_evaluations = 10;                                    // of a rung
  Settings common;
};

Grid read_grid(std::string_view toml, const std::filesystem::path& path, LadderPlan& plan) {
  Grid grid;
  read_toml_fields(toml, path.string(), [&](Fields& top) {
    plan.name = top.get<std::string>("name").value_or(path.stem().string());
    plan.folder = (path.parent_path() / top.get<std::string>("folder").value_or(plan.name))
                      .lexically_normal();
    plan.trainer = top.get<std::string>("trainer").value_or("");
    plan.log = top.get<std::string>("log").value_or("");
    if (!plan.trainer.empty() && plan.log.empty())
      top.problem("'log' is missing", "what the trainer writes: \"{folder}/log.csv\"");
    if (plan.trainer.empty() || top.has("data"))
      grid.common.data = path.parent_path() / top.require<std::string>("data");
    plan.loss = top.get<std::string>("loss").value_or("");
    if (!top.has("rungs") || top.has("models") || top.has("lengths")) {
      grid.models = top.require<std::vector<std::string>>("models");
      grid.lengths = top.require<std::vector<std::string>>("lengths");
    }
    grid.seeds = top.get<std::vector<double>>("seeds").value_or(grid.seeds);
    for (const double seed : grid.seeds) {
      if (!(seed >= 0 && seed < 9e15 && seed == std::floor(seed)))
        top.problem_at("seeds", "a seed is a whole number from 0 on");
    }
    const auto precision = top.get_choice("precision", {"fp32", "bf16"});
    grid.common.precision = precision == std::size_t{1} ? "bf16" : "fp32";
    grid.common.writes_tensorboard = top.get<bool>("tensorboard").value_or(false);
    if (const auto n = top.get<std::int64_t>("device_batch_size", kPositive))
      grid.common.device_batch_size = static_cast<int>(*n);
    if (const auto n = top.get<std::int64_t>("eval_sequences", kNotNegative))
      grid.common.n_eval_sequences = static_cast<int>(*n);
    if (const auto n = top.get<std::int64_t>("evaluations", kPositive))
      grid.n_evaluations = static_cast<int>(*n);
    top.items("rungs", [&](Fields& fields) {
      auto model = fields.require<std::string>("model");
      auto length = fields.require<std::string>("length");
      grid.singles.push_back({std::move(model), std::move(length),
                              fields.get<std::vector<double>>("seeds").value_or(grid.seeds)});
    });
    top.items("targets", [&](Fields& fields) {
      auto model = fields.require<std::string>("model");
      grid.targets.emplace_back(std::move(model), fields.require<std::string>("length"));
    });
    top.table("recipe", [&](Fields& fields) { read_recipe(fields, grid.common.recipe); });
  });
  return grid;
}

PlannedRung rung_of(const Grid& grid, const LadderPlan& plan, model::Config config,
                    const std::string& length, double seed) {
  PlannedRung rung{.settings = grid.common};
  Settings& settings = rung.settings;
  settings.model = std::move(config);
  settings.recipe.length = length;
  settings.seed = settings.data_seed = static_cast<std::uint64_t>(seed);
  settings.name = settings.model.name + "-" + length;
  if (grid.seeds.size() > 1 || seed != grid.seeds.front())
    settings.name += "-seed" + shortest(seed);
  settings.save_interval = settings.eval_interval =
      std::max<std::int64_t>(settings.recipe_in_force().n_steps / grid.n_evaluations, 1);
  settings.validate();
  rung.folder = plan.folder / settings.name;
  return rung;
}

std::map<std::string, std::string> placeholders(const PlannedRung& rung) {
  const Settings& settings = rung.settings;
  const model::Config& config = settings.model;
  const model::Recipe recipe = settings.recipe_in_force();
  const auto whole = [](std::int64_t n) { return std::to_string(n); };
  return {{"name", settings.name},
          {"model", config.name},
          {"length", settings.recipe.length},
          {"params", shortest(config.n_params_non_embedding())},
          {"layers", whole(config.n_layers)},
          {"width", whole(config.d_model)},
          {"heads", whole(config.n_heads)},
          {"hidden", whole(config.d_hidden)},
          {"vocab", whole(config.padded_vocab_size)},
          {"sequence", whole(config.sequence_length)},
          {"lr", shortest(recipe.learning_rate)},
          {"batch", whole(recipe.batch_sequences)},
          {"batch_tokens", whole(recipe.batch_sequences * config.sequence_length)},
          {"steps", whole(recipe.n_steps)},
          {"tokens", shortest(recipe.trained_tokens())},
          {"warmup_steps", whole(recipe.n_warmup_steps)},
          {"seed", std::to_string(settings.seed)},
          {"data", settings.data.string()},
          {"folder", rung.folder.string()}};
}

}  // namespace

void fit_vocabulary(model::Config& config, const std::string& data_name, int vocab_size,
                    int eos_token) {
  if (config.vocab_of_data) {
    config.vocab_size = config.padded_vocab_size = vocab_size;
    config.eos_token = config.pad_token = eos_token;
  }
  if (vocab_size > config.padded_vocab_size)
    throw InputError("model '" + config.name + "' has a vocabulary of " +
                         std::to_string(config.padded_vocab_size) + ", data '" + data_name +
                         "' one of " + std::to_string(vocab_size),
                     "tokenize the text with the model's own tokenizer, or take a tiny model");
}

LadderPlan parse_ladder_plan(std::string_view toml, const std::filesystem::path& path,
                             const model::Configs& configs) {
  LadderPlan plan;
  Grid grid = read_grid(toml, path, plan);
  constexpr std::size_t kMostRungs = 10000;
  if (grid.models.size() * grid.lengths.size() * grid.seeds.size() > kMostRungs)
    throw InputError(Location{path.string()},
                     "models x lengths x seeds are more than " + std::to_string(kMostRungs));
  std::optional<DataMix> mix;
  if (!grid.common.data.empty()) {
    grid.common.data = absolute_path(grid.common.data).lexically_normal();
    if (plan.trainer.empty()) mix = parse_data_mix(read_file(grid.common.data), grid.common.data);
  }
  const auto add = [&](const std::string& name, const std::string& length, double seed,
                       bool is_target) {
    model::Config config = configs.config(name);
    if (mix) fit_vocabulary(config, mix->name, mix->vocab_size, mix->eos_token);
    plan.rungs.push_back(rung_of(grid, plan, std::move(config), length, seed));
    plan.rungs.back().is_target = is_target;
  };
  for (const double seed : grid.seeds) {
    for (const std::string& model : grid.models) {
      for (const std::string& length : grid.lengths) add(model, length, seed, false);
    }
  }
  for (const Grid::Single& single : grid.singles) {
    for (const double seed : single.seeds) add(single.model, single.length, seed, false);
  }
  for (const auto& [model, length] : grid.targets) add(model, length, grid.seeds.front(), true);
  std::stable_sort(plan.rungs.begin(), plan.rungs.end(),
                   [](const PlannedRung& a, const PlannedRung& b) {
                     return std::pair(a.is_target, a.flops()) < std::pair(b.is_target, b.flops());
                   });
  return plan;
}

std::string shell_word(const std::string& text) {
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

std::string filled_template(const std::string& text, const PlannedRung& rung) {
  const auto values = placeholders(rung);
  std::string filled;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t end = text[at] == '{' ? text.find('}', at) : std::string::npos;
    if (end == std::string::npos) {
      filled += text[at];
      continue;
    }
    const std::string key = text.substr(at + 1, end - at - 1);
    const auto value = values.find(key);
    if (value == values.end()) {
      std::vector<std::string> known;
      for (const auto& [name, ignored] : values) known.push_back(name);
      throw InputError("the plan's trainer has a placeholder {" + key + "} that there is not",
                       "there are " + join(known, ", "));
    }
    filled += shell_word(value->second);
    at = end;
  }
  return filled;
}

}  // namespace rung::lm
