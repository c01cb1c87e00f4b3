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

const std::vector<std::string> kNormPlaces = {"before", "after"};
const std::vector<std::string> kNorms = {"rms", "layer_norm"};
const std::vector<std::string> kInitializations = {"normal", "open_lm"};
const std::vector<std::string> kFlopsRules = {"with_attention", "6N", "6N_with_total"};

/// Every field that a file may state, by its key, for reading and writing.
template <class SomeConfig, class Visitor>
void visit_fields(SomeConfig& config, Visitor&& visit) {
  visit.size("d_model", config.d_model, kSize);
  visit.size("n_heads", config.n_heads, kSize);
  visit.size("n_layers", config.n_layers, kSize);
  visit.size("d_hidden", config.d_hidden, kSize);
  visit.size("vocab_size", config.vocab_size, kSize);
  visit.size("padded_vocab_size", config.padded_vocab_size, kSize);
  visit.size("eos_token", config.eos_token, kToken);
  visit.size("pad_token", config.pad_token, kToken);
  visit.size("sequence_length", config.sequence_length, kSize);
  visit.flag("vocab_of_data", config.vocab_of_data);
  visit.choice("norm_place", config.norm_place, kNormPlaces);
  visit.choice("norm", config.norm, kNorms);
  visit.number("norm_epsilon", config.norm_epsilon);
  visit.flag("qk_norm", config.qk_norm);
  visit.number("rope_theta", config.rope_theta);
  visit.choice("initialization", config.initialization, kInitializations);
  visit.number("init_sd", config.init_sd);
  visit.flag("counts_qk_gains", config.counts_qk_gains);
  visit.choice("flops_rule", config.flops_rule, kFlopsRules);
  visit.number("learning_rate", config.recipe.learning_rate);
  visit.number("batch_sequences", config.recipe.batch_sequences);
  visit.number("n_steps", config.recipe.n_steps);
  visit.number("batch_size_divisor", config.recipe.batch_size_divisor);
}

struct FieldReader {
  void size(const char* key, int& field, const NumberRange& range) const {
    if (const auto value = fields.get<std::int64_t>(key, range)) field = static_cast<int>(*value);
  }
  void number(const char* key, auto& field) const {
    if (const auto value = fields.get<double>(key, kPositive)) field = *value;
  }
  void flag(const char* key, bool& field) const {
    if (const auto value = fields.get<bool>(key)) field = *value;
  }
  template <class T>
  void choice(const char* key, T& field, const std::vector<std::string>& names) const {
    if (const auto found = fields.get_choice(key, names)) field = static_cast<T>(*found);
  }
  Fields& fields;
};

struct FieldWriter {
  void size(const char* key, int field, const NumberRange&) { add(key, std::to_string(field)); }
  void number(const char* key, double field) { add(key, shortest(field)); }
  void number(const char* key, const std::optional<double>& field) {
    if (field) number(key, *field);
  }
  void flag(const char* key, bool field) { add(key, field ? "true" : "false"); }
  template <class T>
  void choice(const char* key, T field, const std::vector<std::string>& names) {
    add(key, "\"" + names[static_cast<std::size_t>(field)] + "\"");
  }
  void add(const char* key, const std::string& value) {
    text += std::string(key) + " = " + value + "\n";
  }
  std::string text;
};

/// What a model's sizes leave open: four times the width, and a vocabulary without padding.
void complete(Config& config, Fields& fields) {
  for (const auto& [key, size] : {std::pair<const char*, int>{"d_model", config.d_model},
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

std::string toml_of(const Config& config) {
  FieldWriter writer;
  visit_fields(config, writer);
  return std::move(writer.text);
}

Config read_config(Fields& fields) {
  Config config;
  config.name = fields.require<std::string>("name");
  config.family = fields.require<std::string>("family");
  visit_fields(config, FieldReader{fields});
  complete(config, fields);
  return config;
}

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
      fields.table("defaults", [&](Fields& defaults) {
        visit_fields(merged.defaults_[key], FieldReader{defaults});
      });
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
      visit_fields(config, FieldReader{fields});
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
