#pragma once
/// Scripts that train one rung of a ladder each, by Slurm or on this machine.

#include <string>
#include <vector>

#include "rung/lm/ladder_plan.hpp"

namespace rung::lm {

struct JobOptions {
  std::string program;  // rung-train
  int n_processes = 1;  // on each machine
  int n_machines = 1;   // of Slurm's
  int n_cpus = 0;       // a process; 0: nothing is said
  std::string partition, time_limit;
  std::vector<std::string> further;  // lines after "#SBATCH "

  /// InputError for a time limit that Slurm doesn't read.
  void validate() const;
};

/// What a job is called in Slurm's queue.
std::string job_name(const LadderPlan& plan, const PlannedRung& rung);
/// Where its script, all that it prints, and its last exit status go.
std::filesystem::path script_path(const LadderPlan& plan, const PlannedRung& rung);
std::filesystem::path log_path(const PlannedRung& rung);
std::filesystem::path status_path(const PlannedRung& rung);

/// For sbatch. A job that is requeued, whoever asks for it, goes on from its last checkpoint; one
/// that comes near its time limit writes a checkpoint and requeues itself.
std::string slurm_script(const LadderPlan& plan, const PlannedRung& rung,
                         const JobOptions& options);
/// For bash.
std::string local_script(const LadderPlan& plan, const PlannedRung& rung,
                         const JobOptions& options);

}  // namespace rung::lm
