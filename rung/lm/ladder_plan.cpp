#include "rung/lm/ladder_plan.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "rung/core/error.hpp"
#include "rung/core/fields.hpp"
#include "rung/core/text.hpp"
#include "rung/system/file.hpp"

namespace rung::lm {
namespace {

/// A word of the file and its place.
struct Word {
  std::string text;
  Location where;
};

/// A model and a length that the file names beside its grid.
struct Single {
  Word model, length;
  std::vector<double> seeds;
};

/// What the file says of all rungs.
struct Grid {
  std::vector<Word> models, lengths;
  std::vector<double> seeds = {0};
  std::vector<Single> singles, targets;
  int n_evaluations = 10;  // of a rung
  Settings common;
  Location recipe;
};

Word word_of(Fields& fields, const char* key) {
  return {fields.require<std::string>(key), fields.where(key)};
}

std::vector<Word> words_of(Fields& fields, const char* key) {
  std::vector<Word> words;
  const auto texts = fields.require<std::vector<std::string>>(key);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Value& item = (*fields.value(key)->list())[i];
    words.push_back({texts[i], {fields.where().file, item.line, item.column}});
  }
  return words;
}

std::vector<double> seeds_of(Fields& fields, const std::vector<double>& otherwise) {
  const auto seeds = fields.get<std::vector<double>>("seeds");
  if (!seeds) return otherwise;
  const bool are_good = !seeds->empty() && std::all_of(seeds->begin(), seeds->end(), [](double s) {
    return s >= 0 && s < 9e15 && s == std::floor(s);
  });
  if (!are_good) fields.problem_at("seeds", "'seeds' must be whole numbers from 0 on, one or more");
  return are_good ? *seeds : otherwise;
}

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
      grid.models = words_of(top, "models");
      grid.lengths = words_of(top, "lengths");
    }
    grid.seeds = seeds_of(top, grid.seeds);
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
      grid.singles.push_back(
          {word_of(fields, "model"), word_of(fields, "length"), seeds_of(fields, grid.seeds)});
    });
    top.items("targets", [&](Fields& fields) {
      grid.targets.push_back(
          {word_of(fields, "model"), word_of(fields, "length"), {grid.seeds.front()}});
    });
    grid.recipe = top.where("recipe");
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

/// Makes the rungs of a grid, and collects what is wrong with them.
class Rungs {
 public:
  Rungs(const Grid& grid, LadderPlan& plan, const model::Configs& configs,
        const std::optional<DataMix>& mix)
      : grid_(grid), plan_(plan), configs_(configs), mix_(mix) {}

  void add(const Word& model, const Word& length, double seed, bool is_target) {
    model::Config config;
    if (!is_good(model.where,
                 [&] {
                   config = configs_.config(model.text);
                   if (mix_) fit_vocabulary(config, *mix_);
                 }) ||
        !is_good(length.where, [&] { model::length_tokens(length.text, 1); }) ||
        !is_good(grid_.recipe, [&] {
          plan_.rungs.push_back(rung_of(grid_, plan_, std::move(config), length.text, seed));
        }))
      return;
    plan_.rungs.back().is_target = is_target;
    const std::string& name = plan_.rungs.back().settings.name;
    const auto [first, is_new] = known_.try_emplace(name, model.where, length.where);
    if (is_new) return;
    const bool same_model = first->second.first.line == model.where.line &&
                            first->second.first.column == model.where.column;
    const Location& before = same_model ? first->second.second : first->second.first;
    add_problem({same_model ? length.where : model.where, "rung '" + name + "' is named twice",
                 "first in line " + std::to_string(before.line) +
                     (is_target ? "; a held-out rung is not one of the others" : "")});
  }

  void check() {
    if (!problems_.empty()) throw InputError(std::move(problems_));
  }

 private:
  /// Else the problem, which the command line's words for it don't fit, goes to the list.
  bool is_good(const Location& where, const std::function<void()>& make) {
    try {
      make();
      return true;
    } catch (const InputError& error) {
      Problem problem = error.problems().front();
      problem.location = where;
      if (problem.message.starts_with("--length: ")) problem.message.erase(0, 10);
      add_problem(std::move(problem));
      return false;
    }
  }

  /// Once each: a model stands in many rungs.
  void add_problem(Problem problem) {
    for (const Problem& other : problems_) {
      if (other.text() == problem.text()) return;
    }
    problems_.push_back(std::move(problem));
  }

  const Grid& grid_;
  LadderPlan& plan_;
  const model::Configs& configs_;
  const std::optional<DataMix>& mix_;
  std::map<std::string, std::pair<Location, Location>> known_;  // model and length, by name
  std::vector<Problem> problems_;
};

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

void fit_vocabulary(model::Config& config, const DataMix& mix) {
  if (config.vocab_of_data) {
    config.vocab_size = config.padded_vocab_size = mix.vocab_size;
    config.eos_token = config.pad_token = mix.eos_token;
  }
  if (mix.vocab_size > config.padded_vocab_size)
    throw InputError(Location{mix.path.string()},
                     "model '" + config.name + "' has a vocabulary of " +
                         std::to_string(config.padded_vocab_size) + ", this data one of " +
                         std::to_string(mix.vocab_size),
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
  Rungs rungs(grid, plan, configs, mix);
  for (const double seed : grid.seeds) {
    for (const Word& model : grid.models) {
      for (const Word& length : grid.lengths) rungs.add(model, length, seed, false);
    }
  }
  for (const auto& [singles, are_targets] :
       {std::pair(&grid.singles, false), std::pair(&grid.targets, true)}) {
    for (const Single& single : *singles) {
      for (const double seed : single.seeds)
        rungs.add(single.model, single.length, seed, are_targets);
    }
  }
  rungs.check();
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
