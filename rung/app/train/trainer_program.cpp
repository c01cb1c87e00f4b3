#include "rung/app/train/trainer_program.hpp"

#include <cmath>
#include <ostream>

#include "rung/core/failure.hpp"
#include "rung/core/text.hpp"
#include "rung/lm/checkpoint.hpp"
#include "rung/lm/run_log.hpp"
#include "rung/lm/trainer.hpp"
#include "rung/system/process.hpp"
#include "rung/system/program_path.hpp"

namespace rung::app {
namespace {

constexpr const char* kProgram = "rung-train";

[[noreturn]] void fail_without_program() {
  throw InputError("this needs the program rung-train, which is not here",
                   "`make train` installs libtorch and builds it");
}

/// The last line of what a program says, where its error stands.
class LastLine {
 public:
  void add(std::string_view text) {
    for (const char c : text) {
      if (c == '\n') {
        if (!under_way_.empty()) last_ = std::move(under_way_);
        under_way_.clear();
      } else {
        under_way_ += c;
      }
    }
  }
  const std::string& text() const { return under_way_.empty() ? last_ : under_way_; }

 private:
  std::string last_, under_way_;
};

/// Runs a program to its end, passing on what it says, standard output into `output` where that is
/// not null; absent where there is none. `last_line`: null, or what keeps that of its errors.
std::optional<int> status_of(CommandContext& context, const std::string& program,
                             const std::vector<std::string>& words, std::string* output = nullptr,
                             LastLine* last_line = nullptr) {
  const auto pass_on = [&](std::string_view text) {
    context.err() << text << std::flush;
    if (last_line) last_line->add(text);
  };
  const auto keep = [&](std::string_view text) { output->append(text); };
  ProcessRequest request{.program = program, .arguments = words, .on_errors = pass_on};
  if (output) {
    request.on_output = keep;
  } else {
    request.on_output = pass_on;
  }
  std::optional<Process> process = Process::start(std::move(request));
  if (!process) return std::nullopt;
  return process->wait();
}

}  // namespace

// Without arguments it says how it is used.
bool has_trainer_program() { return run_process(program_beside(kProgram), {}).has_value(); }

std::string trainer_program() {
  if (!has_trainer_program()) fail_without_program();
  return program_beside(kProgram);
}

namespace {

void run_to_end(CommandContext& context, const std::string& program,
                const std::vector<std::string>& arguments, std::string* output) {
  std::vector<std::string> words = {"--with-parent", std::to_string(process_id())};
  words.insert(words.end(), arguments.begin(), arguments.end());
  LastLine last_line;
  const auto status = status_of(context, program, words, output, &last_line);
  constexpr int kBySignal = 128;
  if (!status) fail_without_program();
  if (*status == kUsable) return;
  if (*status == kNoUsableResult || *status == kBadUsageOrInput || *status == kInterrupted)
    throw AlreadyTold(last_line.text(), *status);
  if (*status > kBySignal)
    throw Failure("rung-train was ended by signal " + std::to_string(*status - kBySignal),
                  "checkpoints that it wrote are kept; signal 9 comes from the system where memory "
                  "ran out, or from somebody");
  throw Failure("rung-train ended with status " + std::to_string(*status),
                "what it said stands above; checkpoints that it wrote are kept");
}

}  // namespace

void run_trainer(CommandContext& context, const std::string& program,
                 const std::vector<std::string>& arguments) {
  run_to_end(context, program, arguments, nullptr);
}

std::string trainer_output(CommandContext& context, const std::string& program,
                           const std::vector<std::string>& arguments) {
  std::string output;
  run_to_end(context, program, arguments, &output);
  return output;
}

void run_command_line(CommandContext& context, const std::string& line,
                      const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const auto status = status_of(context, "sh", {"-c", line});
  if (!status || *status != 0)
    throw InputError("the plan's trainer ended with status " + std::to_string(status.value_or(127)),
                     line);
}

std::optional<double> measured_tokens_per_second(const std::string& program,
                                                 const lm::Settings& settings) {
  const auto result = run_process(program, {"speed", "-"}, lm::toml_of(settings));
  if (!result || result->exit_status != 0) return std::nullopt;
  return parse_double(result->output);
}

Run checkpoints_of(const lm::Settings& settings, const std::filesystem::path& folder) {
  Run run{.model = settings.name, .file = (folder / lm::kMetricsFile).string()};
  run.n_params.total = settings.model.n_params_total();
  run.n_params.non_embedding = settings.model.n_params_non_embedding();
  run.flops_per_token = settings.model.flops_per_token();
  const std::vector<lm::LogRow> rows = lm::RunLog(folder / lm::kMetricsFile).rows();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    run.n_tokens.push_back(std::nan(""));
    for (const auto& [name, value] : rows[i]) {
      if (name == "throughput/total_tokens") {
        run.n_tokens.back() = value;
      } else if (name.starts_with("eval/") || name.starts_with("train/")) {
        std::vector<double>& values = run.metrics[name];
        values.resize(rows.size(), std::nan(""));
        values[i] = value;
      }
    }
  }
  return run;
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
