#include "rung/lm/job_script.hpp"

#include <algorithm>
#include <regex>

#include "rung/core/error.hpp"
#include "rung/system/file.hpp"

namespace rung::lm {
namespace {

constexpr int kSecondsToStop = 120;  // before the time limit

std::string quoted(const std::filesystem::path& path) {
  return shell_word(absolute_path(path).lexically_normal().string());
}

/// What one process of the job runs.
std::string command_of(const LadderPlan& plan, const PlannedRung& rung, const JobOptions& options) {
  if (!plan.trainer.empty()) return "bash -c " + shell_word(filled_template(plan.trainer, rung));
  return shell_word(options.program) + " train " + quoted(rung.folder);
}

/// A comment line of Slurm's is split at blanks and has no quotes that may be relied on.
std::string slurm_path(const std::filesystem::path& path) {
  const std::string text = absolute_path(path).lexically_normal().string();
  if (text.find_first_of(" \t\n\"'\\%") != std::string::npos)
    throw InputError("'" + text + "': Slurm can't write to a path with such characters",
                     "another `folder` in the plan, without blanks, quotes and %");
  return text;
}

/// A line end would end the comment that Slurm reads, and begin a command of the script.
void require_one_line(const char* option, const std::string& text) {
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 127; }))
    throw InputError(std::string(option) + ": '" + text + "' has a line end or control character",
                     "give a further --sbatch for each option");
}

}  // namespace

void JobOptions::validate() const {
  require_one_line("--partition", partition);
  for (const std::string& option : further) require_one_line("--sbatch", option);
  // Slurm's own forms: sbatch(1), --time.
  static const std::regex kForms(
      "[0-9]+(:[0-9]{1,2}){0,2}|[0-9]+-[0-9]{1,2}(:[0-9]{1,2}){0,2}|"
      "UNLIMITED|INFINITE");
  if (time_limit.empty() || std::regex_match(time_limit, kForms)) return;
  throw InputError("--time: '" + time_limit + "' is no time limit of Slurm's",
                   "30 (minutes), 2:00:00, or 1-12 (days-hours)");
}

std::string job_name(const LadderPlan& plan, const PlannedRung& rung) {
  std::string name = plan.name + "-" + rung.settings.name;
  for (char& c : name) {
    if (c == ' ' || c == '|') c = '_';
  }
  return name;
}

std::filesystem::path script_path(const LadderPlan& plan, const PlannedRung& rung) {
  return plan.folder / "jobs" / (rung.settings.name + ".sh");
}
std::filesystem::path log_path(const PlannedRung& rung) { return rung.folder / "job.log"; }
std::filesystem::path status_path(const PlannedRung& rung) { return rung.folder / "job.status"; }

std::string slurm_script(const LadderPlan& plan, const PlannedRung& rung,
                         const JobOptions& options) {
  std::string text = "#!/bin/bash\n";
  const auto say = [&](const std::string& line) { text += "#SBATCH " + line + "\n"; };
  say("--job-name=" + job_name(plan, rung));
  say("--output=" + slurm_path(log_path(rung)));
  say("--open-mode=append");
  say("--requeue");
  // To the processes: they stop after the step that they are in, with a checkpoint.
  say("--signal=TERM@" + std::to_string(kSecondsToStop));
  say("--nodes=" + std::to_string(options.n_machines));
  say("--ntasks-per-node=" + std::to_string(options.n_processes));
  if (options.n_cpus > 0) say("--cpus-per-task=" + std::to_string(options.n_cpus));
  if (!options.partition.empty()) say("--partition=" + options.partition);
  if (!options.time_limit.empty()) say("--time=" + options.time_limit);
  for (const std::string& line : options.further) say(line);
  if (options.n_cpus > 0) text += "export OMP_NUM_THREADS=" + std::to_string(options.n_cpus) + "\n";
  text += "srun --kill-on-bad-exit=1 " + command_of(plan, rung, options) + "\n";
  text += "status=$?\n";
  text += "echo $status >" + quoted(status_path(rung)) + "\n";
  text += "# Stopped with a checkpoint: it goes on when its turn comes again.\n";
  text += "[ $status -eq 130 ] && scontrol requeue \"$SLURM_JOB_ID\"\n";
  return text + "exit $status\n";
}

std::string local_script(const LadderPlan& plan, const PlannedRung& rung,
                         const JobOptions& options) {
  const std::string command = command_of(plan, rung, options);
  std::string text = "#!/bin/bash\nexec >>" + quoted(log_path(rung)) + " 2>&1\n";
  if (options.n_cpus > 0) text += "export OMP_NUM_THREADS=" + std::to_string(options.n_cpus) + "\n";
  if (options.n_processes == 1) {
    text += command + "\nstatus=$?\n";
  } else {
    const std::string n = std::to_string(options.n_processes);
    text += "export WORLD_SIZE=" + n + " MASTER_ADDR=127.0.0.1\n";
    text += "export MASTER_PORT=$((20000 + $$ % 10000))\n";
    text += "processes=()\nfor ((rank = 0; rank < " + n + "; ++rank)); do\n";
    text += "  RANK=$rank LOCAL_RANK=$rank " + command + " &\n  processes+=($!)\ndone\n";
    text += "status=0\nfor process in \"${processes[@]}\"; do\n";
    text += "  wait \"$process\" || status=$?\ndone\n";
  }
  return text + "echo $status >" + quoted(status_path(rung)) + "\nexit $status\n";
}

}  // namespace rung::lm
