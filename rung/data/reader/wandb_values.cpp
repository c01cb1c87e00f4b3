#include "rung/data/reader/wandb_values.hpp"

#include <optional>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/json_cells.hpp"

namespace rung {
namespace {

std::string key_within(const std::string& key, const std::string& inner) {
  return key.empty() ? inner : key + "." + inner;
}

}  // namespace

void put_wandb_value(const std::string& key, const Value& value, LoggedRows& rows) {
  if (const Value::Table* members = value.table()) {
    if (value.find("_type")) return;  // a picture, a table, a histogram
    for (const Member& member : *members)
      put_wandb_value(key_within(key, member.key), member.value, rows);
  } else if (is_number(value)) {
    rows.put(key, number_in(&value));
  }
}

void put_wandb_value(const std::string& key, std::string_view json, LoggedRows& rows) {
  if (const auto number = parse_double(json)) {
    rows.put(key, *number);
    return;
  }
  try {
    put_wandb_value(key, parse_json_cells(json, key), rows);
  } catch (const InputError&) {
    // One value that is no JSON is no reason to lose the others.
  }
}

void put_wandb_setting(const std::string& key, const Value& value, Run& run) {
  if (key == "_wandb" || key == "wandb_version") return;
  if (const Value::Table* members = value.table()) {
    for (const Member& member : *members)
      put_wandb_setting(key_within(key, member.key), member.value, run);
  } else if (is_number(value)) {
    run.settings[key] = number_in(&value);
  } else if (value.text()) {
    run.descriptions[key] = *value.text();
  }
}

namespace {

/// The setting of that name, by itself or within others.
std::optional<double> setting_called(const Run& run, const std::string& name) {
  const auto whole = run.settings.find(name);
  if (whole != run.settings.end()) return whole->second;
  for (const auto& [key, value] : run.settings) {
    if (key.ends_with("." + name)) return value;
  }
  return std::nullopt;
}

std::optional<double> first_setting(const Run& run, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const auto value = setting_called(run, name)) return value;
  }
  return std::nullopt;
}

std::optional<double> tokens_a_step(const Run& run) {
  const auto tokens = first_setting(run, {"batch_size_in_tokens", "batch_tokens", "tokens_per_step",
                                          "global_batch_tokens", "data_loader.global_batch_size"});
  if (tokens) return tokens;
  const auto sequences = first_setting(run, {"global_train_batch_size", "global_batch_size"});
  const auto length = first_setting(run, {"max_sequence_length", "sequence_length", "seq_len"});
  if (!sequences || !length) return std::nullopt;
  return *sequences * *length;
}

}  // namespace

void derive_settings(Run& run) {
  const auto lr = first_setting(run, {"learning_rate_peak", "peak_learning_rate", "max_lr",
                                      "peak_lr", "learning_rate", "lr"});
  if (lr) run.settings["learning_rate_peak"] = *lr;
  if (const auto tokens = tokens_a_step(run)) run.settings["batch_size_in_tokens"] = *tokens;
}

}  // namespace rung
