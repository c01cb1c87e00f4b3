#pragma once
/// What runs of Weights & Biases hold, as its files and its API give it: JSON values by key.

#include <string>
#include <string_view>

#include "rung/core/value.hpp"
#include "rung/data/run.hpp"
#include "rung/data/run_log.hpp"

namespace rung {

/// A logged value: a number, or an object of such, whose keys are joined by ".". Anything else,
/// such as a picture, is passed over.
void put_wandb_value(const std::string& key, const Value& value, LoggedRows& rows);
/// The same as JSON text; what is none is passed over.
void put_wandb_value(const std::string& key, std::string_view json, LoggedRows& rows);

/// A setting, with those that it holds by keys joined by ".".
void put_wandb_setting(const std::string& key, const Value& value, Run& run);

/// From the settings of public trainers: learning_rate_peak, and batch_size_in_tokens, where these
/// tell them.
void derive_settings(Run& run);

}  // namespace rung
