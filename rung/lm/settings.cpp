#include "rung/lm/settings.hpp"

#include <limits>

#include "rung/core/fields.hpp"
#include "rung/core/require.hpp"
#include "rung/core/text.hpp"

namespace rung::lm {
namespace {

constexpr NumberRange kCount = {.least = 0, .most = 9e15, .wanted = "a whole number from 0 on"};

/// As a TOML basic string.
std::string quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    constexpr char kHexadecimal[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      (quoted += '\\') += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      ((quoted += "\\u00") += kHexadecimal[byte >> 4]) += kHexadecimal[byte & 15];
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

/// Keys of the recipe, for reading and writing; `scheduler` and `length` apart.
template <class Choice, class Visit>
void visit_recipe(Choice& choice, Visit&& visit) {
  visit("batch_sequences", choice.batch_sequences);
  visit("batch_size_divisor", choice.batch_size_divisor);
  visit("learning_rate", choice.learning_rate);
  visit("warmup_tokens", choice.warmup_tokens);
  visit("alpha_f", choice.alpha_f);
  visit("beta1", choice.beta1);
  visit("beta2", choice.beta2);
  visit("adam_epsilon", choice.adam_epsilon);
  visit("weight_decay", choice.weight_decay);
  visit("clip_norm", choice.clip_norm);
  visit("z_loss", choice.z_loss);
}

struct RecipeWriter {
  void operator()(const char* key, double value) {
    text += std::string(key) + " = " + shortest(value) + "\n";
  }
  void operator()(const char* key, const std::optional<double>& value) {
    if (value) (*this)(key, *value);
  }
  std::string text;
};

void read_counts(Fields& top, Settings& settings) {
  const auto read = [&](const char* key, auto& field) {
    field = static_cast<std::remove_reference_t<decltype(field)>>(
        top.require<std::int64_t>(key, kCount));
  };
  read("seed", settings.seed);
  read("data_seed", settings.data_seed);
  read("threads", settings.n_threads);
  read("device_batch_size", settings.device_batch_size);
  read("device_eval_batch_size", settings.device_eval_batch_size);
  read("eval_sequences", settings.n_eval_sequences);
  read("save_interval", settings.save_interval);
  read("eval_interval", settings.eval_interval);
}

}  // namespace

void read_recipe(Fields& fields, model::RecipeChoice& choice) {
  if (const auto length = fields.get<std::string>("length")) choice.length = *length;
  visit_recipe(choice, [&](const char* key, auto& field) {
    if (const auto value = fields.get<double>(key, kNotNegative)) field = *value;
  });
  if (const auto scheduler = fields.get_choice("scheduler", model::scheduler_names()))
    choice.scheduler = static_cast<model::Scheduler>(*scheduler);
  if (const auto value = fields.get<bool>("filters_repetition")) choice.filters_repetition = *value;
}

void Settings::validate() const {
  require_at_least("--device_batch_size", device_batch_size, 1);
  require_at_least("--device_eval_batch_size", device_eval_batch_size, 1);
  require_at_least("--save_interval", static_cast<double>(save_interval), 1);
  require_at_least("--eval_interval", static_cast<double>(eval_interval), 1);
  recipe.validate();
  if (name.empty() || name.find('/') != std::string::npos || name.starts_with('.'))
    throw InputError("--name: '" + name + "' is no name for a folder");
}

std::string toml_of(const Settings& settings) {
  std::string text;
  const auto add = [&](const char* key, const std::string& value) {
    text += std::string(key) + " = " + value + "\n";
  };
  add("name", quoted(settings.name));
  add("data", quoted(settings.data.string()));
  if (!settings.load_path.empty()) add("load_path", quoted(settings.load_path.string()));
  add("seed", std::to_string(settings.seed));
  add("data_seed", std::to_string(settings.data_seed));
  add("precision", quoted(settings.precision));
  add("threads", std::to_string(settings.n_threads));
  add("device_batch_size", std::to_string(settings.device_batch_size));
  add("device_eval_batch_size", std::to_string(settings.device_eval_batch_size));
  add("eval_sequences", std::to_string(settings.n_eval_sequences));
  add("save_interval", std::to_string(settings.save_interval));
  add("eval_interval", std::to_string(settings.eval_interval));
  add("eval_on_load", settings.eval_on_load ? "true" : "false");
  if (settings.writes_tensorboard) add("tensorboard", "true");
  text += "\n[recipe]\n";
  add("length", quoted(settings.recipe.length));
  add("scheduler", quoted(std::string(model::scheduler_name(settings.recipe.scheduler))));
  RecipeWriter writer;
  visit_recipe(settings.recipe, writer);
  text += writer.text;
  add("filters_repetition", settings.recipe.filters_repetition ? "true" : "false");
  text += "\n[model]\n";
  add("name", quoted(settings.model.name));
  add("family", quoted(settings.model.family));
  return text + model::toml_of(settings.model);
}

Settings parse_settings(std::string_view toml, const std::string& source) {
  Settings settings;
  read_toml_fields(toml, source, [&](Fields& top) {
    settings.name = top.require<std::string>("name");
    settings.data = top.require<std::string>("data");
    settings.load_path = top.get<std::string>("load_path").value_or("");
    const auto precision = top.get_choice("precision", {"fp32", "bf16"});
    settings.precision = precision == std::size_t{1} ? "bf16" : "fp32";
    settings.eval_on_load = top.get<bool>("eval_on_load").value_or(false);
    settings.writes_tensorboard = top.get<bool>("tensorboard").value_or(false);
    read_counts(top, settings);
    top.table("recipe", [&](Fields& fields) { read_recipe(fields, settings.recipe); });
    if (!top.has("model")) top.problem("'model' is missing");
    top.table("model", [&](Fields& fields) { settings.model = model::read_config(fields); });
  });
  settings.validate();
  return settings;
}

}  // namespace rung::lm
