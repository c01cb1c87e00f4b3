#pragma once
/// The option by which a command is told of models of the user's own.

#include <string>

#include "rung/app/context.hpp"
#include "rung/core/options.hpp"
#include "rung/data/model/model.hpp"

namespace rung::app {

Option& add_models_option(Options& command, std::string& path);

/// The embedded configurations with the user's over them.
model::Configs model_configs(const std::string& path, CommandContext& context);

}  // namespace rung::app
