#include "rung/app/train/trainer_program.hpp"

#include <ostream>

#include "rung/core/error.hpp"
#include "rung/lm/checkpoint.hpp"
#include "rung/lm/run_log.hpp"
#include "rung/lm/trainer.hpp"
#include "rung/system/process.hpp"
#include "rung/system/program_path.hpp"

namespace rung::app {
namespace {

constexpr const char* kProgram = "rung-train";

[[noreturn]] void fail_without_program() {
  throw InputError("training needs the program rung-train, which is not here",
                   "`make train` installs libtorch and builds it");
}

}  // namespace

std::string trainer_program() {
  const std::string program = program_beside(kProgram);
  // Without arguments it says how it is used.
  if (!run_process(program, {})) fail_without_program();
  return program;
}

void run_trainer(CommandContext& context, const std::string& program,
                 const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {"--with-parent"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const auto pass_on = [&](std::string_view text) { context.err() << text << std::flush; };
  std::optional<Process> process = Process::start(
      {.program = program, .arguments = words, .on_output = pass_on, .on_errors = pass_on});
  if (!process) fail_without_program();
  if (const int status = process->wait(); status != 0)
    throw InputError("rung-train ended with status " + std::to_string(status),
                     "what it said stands above; checkpoints that it wrote are kept");
}

model::TrainedRun trained_run(const lm::Settings& settings, const std::filesystem::path& folder) {
  model::TrainedRun run{.name = settings.name,
                        .folder = folder.string(),
                        .n_steps = settings.recipe_in_force().n_steps};
  const std::vector<std::int64_t> saved = lm::checkpoint_steps(folder);
  run.finished = !saved.empty() && saved.back() == run.n_steps;
  for (const lm::LogRow& row : lm::RunLog(folder / lm::kMetricsFile).rows()) {
    model::Evaluation evaluation{.step = static_cast<std::int64_t>(row.front().second)};
    evaluation.metrics.assign(row.begin() + 1, row.end());
    run.evaluations.push_back(std::move(evaluation));
  }
  return run;
}

}  // namespace rung::app
