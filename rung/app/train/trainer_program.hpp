#pragma once
/// The program that trains (rung/train), which is not there in every build.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "rung/app/context.hpp"
#include "rung/data/run.hpp"
#include "rung/lm/settings.hpp"
#include "rung/study/model/trained.hpp"

namespace rung::app {

bool has_trainer_program();
/// Its path. InputError where it is not there.
std::string trainer_program();

/// Runs it to its end; what it says goes to standard error. AlreadyTold where it says itself what
/// is wrong, Failure where it can't: a signal ended it.
void run_trainer(CommandContext& context, const std::string& program,
                 const std::vector<std::string>& arguments);

/// The same; what it prints on standard output.
std::string trainer_output(CommandContext& context, const std::string& program,
                           const std::vector<std::string>& arguments);

/// Runs a line of the shell, in a folder made for it, as run_trainer().
void run_command_line(CommandContext& context, const std::string& line,
                      const std::filesystem::path& folder);

/// By a few steps; absent where they fail.
std::optional<double> measured_tokens_per_second(const std::string& program,
                                                 const lm::Settings& settings);

/// The evaluations of a run's folder.
Run checkpoints_of(const lm::Settings& settings, const std::filesystem::path& folder);

/// What a run's folder says now.
model::TrainedRun trained_run(const lm::Settings& settings, const std::filesystem::path& folder);

}  // namespace rung::app
