#pragma once
/// The program that trains (rung/train), which is not there in every build.

#include <filesystem>
#include <string>
#include <vector>

#include "rung/app/context.hpp"
#include "rung/lm/settings.hpp"
#include "rung/study/model/trained.hpp"

namespace rung::app {

/// Its path. InputError where it is not there.
std::string trainer_program();

/// Runs it to its end; what it says goes to standard error. InputError where it fails.
void run_trainer(CommandContext& context, const std::string& program,
                 const std::vector<std::string>& arguments);

/// What a run's folder says now.
model::TrainedRun trained_run(const lm::Settings& settings, const std::filesystem::path& folder);

}  // namespace rung::app
