/// Families and models from TOML: a family's [families.KEY.defaults] and a model's own keys are the
/// same, the model's over its family's.

#include <algorithm>

#include "rung/core/embedded.hpp"
#include "rung/core/fields.hpp"
#include "rung/core/text.hpp"
#include "rung/data/model/model.hpp"

namespace rung::model {
namespace {

constexpr NumberRange kSize = {.least = 1, .most = 1 << 24, .wanted = "a whole number from 1 on"};
constexpr NumberRange kToken = {.least = 0, .most = 1 << 24, .wanted = "a token, from 0 on"};

void read_size(Fields& fields, const char* key, int& field, const NumberRange& range = kSize) {
  if (const auto value = fields.get<std::int64_t>(key, range)) field = static_cast<int>(*value);
}

template <class T>
void read_choice(Fields& fields, const char* key, T& field, const std::vector<std::string>& names) {
  if (const auto choice = fields.get_choice(key, names)) field = static_cast<T>(*choice);
}

void read_sizes(Fields& fields, Config& config) {
  read_size(fields, "d_model", config.d_model);
  read_size(fields, "n_heads", config.n_heads);
  read_size(fields, "n_layers", config.n_layers);
  read_size(fields, "d_hidden", config.d_hidden);
  read_size(fields, "vocab_size", config.vocab_size);
  read_size(fields, "padded_vocab_size", config.padded_vocab_size);
  read_size(fields, "eos_token", config.eos_token, kToken);
  read_size(fields, "pad_token", config.pad_token, kToken);
  read_size(fields, "sequence_length", config.sequence_length);
}

void read_config(Fields& fields, Config& config) {
  read_sizes(fields, config);
  read_choice(fields, "norm_place", config.norm_place, {"before", "after"});
  read_choice(fields, "norm", config.norm, {"rms", "layer_norm"});
  read_choice(fields, "initialization", config.initialization, {"normal", "open_lm"});
  read_choice(fields, "flops_rule", config.flops_rule, {"with_attention", "6N", "6N_with_total"});
  const auto read_number = [&](const char* key, auto& field) {
    if (const auto value = fields.get<double>(key, kPositive)) field = *value;
  };
  const auto read_flag = [&](const char* key, bool& field) {
    if (const auto value = fields.get<bool>(key)) field = *value;
  };
  read_number("norm_epsilon", config.norm_epsilon);
  read_number("rope_theta", config.rope_theta);
  read_number("init_sd", config.init_sd);
  read_flag("qk_norm", config.qk_norm);
  read_flag("counts_qk_gains", config.counts_qk_gains);
  read_number("learning_rate", config.recipe.learning_rate);
  read_number("batch_sequences", config.recipe.batch_sequences);
  read_number("n_steps", config.recipe.n_steps);
  read_number("batch_size_divisor", config.recipe.batch_size_divisor);
}

/// What a model's sizes leave open: four times the width, and a vocabulary without padding.
void complete(Config& config, Fields& fields) {
  for (const auto& [key, size] : {std::pair{"d_model", config.d_model},
                                  {"n_heads", config.n_heads},
                                  {"n_layers", config.n_layers},
                                  {"vocab_size", config.vocab_size},
                                  {"sequence_length", config.sequence_length}}) {
    if (size == 0) {
      fields.problem("'" + std::string(key) + "' is missing, here and in the family's defaults");
      return;
    }
  }
  if (config.d_hidden == 0) config.d_hidden = 4 * config.d_model;
  if (config.padded_vocab_size == 0) config.padded_vocab_size = config.vocab_size;
  try {
    config.validate();
  } catch (const InputError& error) {
    fields.problem(error.problems().front().message, error.problems().front().hint);
  }
}

}  // namespace

Configs Configs::embedded() {
  Configs configs;
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path.starts_with("rung/data/model/families/"))
      configs.add_text(file.content, std::string(file.path));
  }
  return configs;
}

void Configs::add_text(std::string_view toml, const std::string& source) {
  Configs merged = *this;
  read_toml_fields(toml, source, [&merged](Fields& top) {
    top.tables("families", [&](const std::string& key, Fields& fields) {
      Family& family = merged.families_[key];
      family.key = key;
      family.title = fields.get<std::string>("title").value_or(key);
      family.source = fields.get<std::string>("source").value_or(family.source);
      merged.defaults_[key].family = key;
      fields.table("defaults",
                   [&](Fields& defaults) { read_config(defaults, merged.defaults_[key]); });
    });
    top.tables("models", [&](const std::string& name, Fields& fields) {
      const auto family = fields.require<std::string>("family");
      const auto defaults = merged.defaults_.find(family);
      if (defaults == merged.defaults_.end()) {
        std::vector<std::string> known;
        for (const auto& [key, each] : merged.families_) known.push_back(key);
        fields.problem_at("family", "there is no family '" + family + "'",
                          "there are " + join(known, ", "));
      }
      Config config = defaults == merged.defaults_.end() ? Config() : defaults->second;
      config.name = name;
      config.aliases = fields.texts_or_empty("aliases");
      read_config(fields, config);
      complete(config, fields);
      merged.configs_[name] = config;
    });
  });
  *this = std::move(merged);
}

const Config& Configs::config(const std::string& name) const {
  std::vector<std::string> known;
  for (const auto& [key, config] : configs_) {
    if (key == name || contains(config.aliases, name)) return config;
    known.push_back(key);
  }
  const std::string near = did_you_mean(name, known);
  throw InputError("there is no model '" + name + "'",
                   near.empty() ? "rung model list names them; --models FILE adds your own" : near);
}

std::vector<Config> Configs::all() const {
  std::vector<Config> configs;
  for (const auto& [name, config] : configs_) configs.push_back(config);
  std::sort(configs.begin(), configs.end(), [](const Config& a, const Config& b) {
    return std::pair(a.family, a.n_params_total()) < std::pair(b.family, b.n_params_total());
  });
  return configs;
}

}  // namespace rung::model
