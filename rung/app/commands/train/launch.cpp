#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <ostream>

#include "rung/app/command.hpp"
#include "rung/app/train/model_options.hpp"
#include "rung/app/train/trainer_program.hpp"
#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/lm/input_check.hpp"
#include "rung/lm/job_script.hpp"
#include "rung/lm/run_folder.hpp"
#include "rung/report/model/tokenized.hpp"
#include "rung/system/file.hpp"
#include "rung/system/process.hpp"

namespace rung::app {
namespace {

struct LaunchCommand {
  std::string plan_path, models_path;
  lm::JobOptions job;
  int n_at_once = 1;
  bool is_dry = false, only_shows = false;
};

lm::LadderPlan launched_plan(CommandContext& context, LaunchCommand& given) {
  given.job.validate();
  if (given.is_dry && given.only_shows)
    throw InputError("--dry-run prints the scripts, --status how far they are", "give one of them");
  const std::string text = read_file(given.plan_path);
  context.note_input(given.plan_path, text);
  const lm::LadderPlan plan =
      lm::parse_ladder_plan(text, given.plan_path, model_configs(given.models_path, context));
  lm::check_inputs(plan);
  if (plan.trainer.empty())
    given.job.program = given.is_dry && !has_trainer_program() ? "rung-train" : trainer_program();
  return plan;
}

/// What the rung's folder says; "not started" also where a job is under way.
std::string state_in_folder(const lm::LadderPlan& plan, const lm::PlannedRung& rung) {
  const std::filesystem::path path = lm::status_path(rung);
  const std::string status =
      file_exists(path) ? std::string(trimmed(read_file(path))) : std::string();
  if (plan.trainer.empty() && trained_run(rung.settings, rung.folder).finished) return "done";
  if (!plan.trainer.empty() && status == "0") return "done";
  if (status.empty() || status == "0") return "not started";
  if (status == "130") return "stopped";
  return "failed: status " + status + ", see " + lm::log_path(rung).string();
}

/// The rung's folder and its script.
void prepare_job(const lm::LadderPlan& plan, const lm::PlannedRung& rung,
                 const std::string& script) {
  std::filesystem::create_directories(rung.folder);
  std::filesystem::create_directories(lm::script_path(plan, rung).parent_path());
  if (plan.trainer.empty()) lm::prepare_folder(rung.settings, rung.folder);
  std::error_code ignored;
  std::filesystem::remove(lm::status_path(rung), ignored);
  write_file(lm::script_path(plan, rung), script);
}

using ScriptOf = std::string (*)(const lm::LadderPlan&, const lm::PlannedRung&,
                                 const lm::JobOptions&);

Answer scripts_of(const lm::LadderPlan& plan, const LaunchCommand& given, ScriptOf script_of) {
  Document document;
  for (const lm::PlannedRung& rung : plan.rungs) {
    document.add(Heading{lm::script_path(plan, rung).string()});
    document.add(Preformatted{script_of(plan, rung, given.job)});
  }
  return Answer(document);
}

model::LaunchedRung row_of(const lm::LadderPlan& plan, const lm::PlannedRung& rung) {
  return {.name = rung.settings.name,
          .state = state_in_folder(plan, rung),
          .job = {},
          .script = lm::script_path(plan, rung).string()};
}

// ---- here

Answer launch_local(CommandContext& context, LaunchCommand given) {
  const lm::LadderPlan plan = launched_plan(context, given);
  if (given.is_dry) return scripts_of(plan, given, lm::local_script);
  std::vector<model::LaunchedRung> rows;
  std::deque<std::size_t> waiting;
  for (const lm::PlannedRung& rung : plan.rungs) {
    rows.push_back(row_of(plan, rung));
    if (rows.back().state != "done") waiting.push_back(rows.size() - 1);
  }
  if (given.only_shows) return Answer(model::describe(rows));
  std::map<std::size_t, Process> running;
  while (!waiting.empty() || !running.empty()) {
    check_cancelled();
    while (!waiting.empty() && running.size() < static_cast<std::size_t>(given.n_at_once)) {
      const std::size_t i = waiting.front();
      waiting.pop_front();
      prepare_job(plan, plan.rungs[i], lm::local_script(plan, plan.rungs[i], given.job));
      context.err() << rows[i].name << ": started, see " << lm::log_path(plan.rungs[i]).string()
                    << std::endl;
      auto process = Process::start({.program = "bash", .arguments = {rows[i].script}});
      if (!process) throw InputError("there is no bash here");
      running.emplace(i, std::move(*process));
    }
    for (auto job = running.begin(); job != running.end();) {
      const auto status = job->second.wait_for(std::chrono::milliseconds(50));
      const std::size_t i = job->first;
      if (!status) {
        ++job;
        continue;
      }
      rows[i].state = state_in_folder(plan, plan.rungs[i]);
      context.err() << rows[i].name << ": " << rows[i].state << std::endl;
      job = running.erase(job);
    }
  }
  return Answer(model::describe(rows));
}

// ---- by Slurm

/// A program of Slurm's, which must be there and end well; what it prints.
std::string slurm(const std::string& program, const std::vector<std::string>& words) {
  const auto result = run_process(program, words);
  constexpr const char* kHint = "rung launch local trains here; --dry-run prints the scripts";
  if (!result)
    throw InputError("there is no " + program + " here: this is no machine of Slurm's", kHint);
  if (result->exit_status != 0) {
    const std::string_view said = trimmed(result->errors);
    throw InputError(program + " fails: " + std::string(said.substr(0, said.find('\n'))), kHint);
  }
  return result->output;
}

struct QueuedJob {
  std::string state, number;
};

/// This user's jobs by name.
std::map<std::string, QueuedJob> queued_jobs() {
  std::map<std::string, QueuedJob> jobs;
  for (const std::string& line :
       split(slurm("squeue", {"--noheader", "--me", "--format=%j|%T|%i"}), '\n')) {
    const std::vector<std::string> cells = split(line, '|');
    if (cells.size() != 3) continue;
    jobs.insert_or_assign(cells[0], QueuedJob{lower_case(cells[1]), cells[2]});
  }
  return jobs;
}

Answer launch_slurm(CommandContext& context, LaunchCommand given) {
  const lm::LadderPlan plan = launched_plan(context, given);
  if (given.is_dry) return scripts_of(plan, given, lm::slurm_script);
  const std::map<std::string, QueuedJob> queue = queued_jobs();
  std::vector<model::LaunchedRung> rows;
  for (const lm::PlannedRung& rung : plan.rungs) {
    model::LaunchedRung row = row_of(plan, rung);
    const auto job = queue.find(lm::job_name(plan, rung));
    if (row.state != "done" && job != queue.end()) {
      row.state = job->second.state;
      row.job = job->second.number;
    } else if (row.state != "done" && !given.only_shows) {
      prepare_job(plan, rung, lm::slurm_script(plan, rung, given.job));
      row.job = trimmed(slurm("sbatch", {"--parsable", row.script}));
      row.state = "submitted";
      context.err() << row.name << ": job " << row.job << std::endl;
    }
    rows.push_back(std::move(row));
  }
  return Answer(model::describe(rows));
}

std::shared_ptr<LaunchCommand> declare_launch(Options& command) {
  const auto given = std::make_shared<LaunchCommand>();
  command.add("PLAN", given->plan_path, "a ladder's plan, as of rung ladder train")
      .required()
      .value_name("");
  add_models_option(command, given->models_path);
  command.add("--processes", given->job.n_processes, "that train one rung, on each machine")
      .range(1, 1e4);
  command.add("--cpus", given->job.n_cpus, "of a process; default: nothing is said").range(0, 1e4);
  command.add_flag("--dry-run", given->is_dry, "print the scripts, and no more");
  command.add_flag("--status", given->only_shows, "how far the rungs are, and no more");
  return given;
}

constexpr const char* kFooter =
    "One job a rung, each with its script in the plan's folder under jobs/, and what it prints\n"
    "in job.log of the rung's folder. The same command shows how far they are and starts again\n"
    "what failed or was stopped, from its last checkpoint. When all are done, rung ladder train\n"
    "PLAN gathers what they came to.\n"
    "Results, one a rung: name, state, job, script.";

Action local(Options& command) {
  const auto given = declare_launch(command);
  command.add("--jobs", given->n_at_once, "rungs at once").range(1, 1e4);
  command.footer(kFooter);
  return [given](CommandContext& context) { return launch_local(context, *given); };
}

Action by_slurm(Options& command) {
  const auto given = declare_launch(command);
  command.add("--nodes", given->job.n_machines, "machines that train one rung").range(1, 1e5);
  command.add("--partition", given->job.partition, "of the cluster").value_name("NAME");
  command.add("--time", given->job.time_limit, "a job's limit, before which it requeues itself")
      .value_name("H:MM:SS");
  command.add("--sbatch", given->job.further, "a further option of sbatch: --mem=64G")
      .one_value_each()
      .value_name("OPTION");
  command.footer(kFooter);
  return [given](CommandContext& context) { return launch_slurm(context, *given); };
}

}  // namespace

std::vector<Command> train_launch_commands() {
  return {{.name = "launch local",
           .summary = "train a ladder's rungs here, some at once",
           .example = "rung launch local plan.toml --jobs 2",
           .group = "launch",
           .place = 10,
           .declare = local},
          {.name = "launch slurm",
           .summary = "a job of Slurm's for each rung of a ladder",
           .example = "rung launch slurm plan.toml --processes 8 --time 24:00:00",
           .group = "launch",
           .place = 20,
           .declare = by_slurm}};
}

}  // namespace rung::app
