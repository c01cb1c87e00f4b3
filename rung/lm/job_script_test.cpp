#include "rung/lm/job_script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/system/file.hpp"
#include "rung/system/process.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::lm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

LadderPlan plan_in(const std::filesystem::path& folder) {
  LadderPlan plan{.name = "my plan", .folder = folder};
  PlannedRung rung;
  rung.settings.name = "m-1xC";
  rung.settings.model = model::Configs::embedded().config("tiny-20k");
  rung.folder = folder / "m-1xC";
  plan.rungs.push_back(rung);
  return plan;
}

TEST(JobScript, SlurmIsToldWhatWasAskedFor) {
  const LadderPlan plan = plan_in("/data/runs");
  const std::string script = slurm_script(plan, plan.rungs[0],
                                          {.program = "/opt/it's/rung-train",
                                           .n_processes = 4,
                                           .n_machines = 2,
                                           .n_cpus = 8,
                                           .partition = "long",
                                           .time_limit = "2:00:00",
                                           .further = {"--mem=10G"}});
  for (const char* line :
       {"#!/bin/bash\n", "#SBATCH --job-name=my_plan-m-1xC\n", "#SBATCH --requeue\n",
        "#SBATCH --output=/data/runs/m-1xC/job.log\n", "#SBATCH --nodes=2\n",
        "#SBATCH --ntasks-per-node=4\n", "#SBATCH --cpus-per-task=8\n",
        "#SBATCH --partition=long\n", "#SBATCH --time=2:00:00\n", "#SBATCH --mem=10G\n",
        "srun --kill-on-bad-exit=1 '/opt/it'\\''s/rung-train' train '/data/runs/m-1xC'\n"})
    EXPECT_THAT(script, HasSubstr(line));
  EXPECT_THAT(slurm_script(plan, plan.rungs[0], {}), Not(HasSubstr("--partition")));
  const LadderPlan odd = plan_in("/my data/runs");
  EXPECT_THAT(error_of([&] { slurm_script(odd, odd.rungs[0], {}); }), HasSubstr("/my data/runs"));
}

TEST(JobScript, TimeLimitsAreSlurms) {
  for (const char* good :
       {"", "30", "30:00", "2:00:00", "1-12", "1-12:30", "1-12:30:00", "UNLIMITED"})
    EXPECT_NO_THROW(JobOptions{.time_limit = good}.validate()) << good;
  for (const char* bad : {"2x", "2h", "-1", "1:2:3:4", "1-", "1 day", "30\n"})
    EXPECT_THAT(error_of([&] { JobOptions{.time_limit = bad}.validate(); }), HasSubstr("--time"))
        << bad;
}

TEST(JobScript, LocallyAllProcessesMustEndWell) {
  const TempFolder folder;
  LadderPlan plan = plan_in(folder.path() / "it's here");
  std::filesystem::create_directories(plan.rungs[0].folder);
  const auto status_of = [&](const std::string& trainer, int n_processes) {
    plan.trainer = trainer;
    const std::string script = local_script(plan, plan.rungs[0], {.n_processes = n_processes});
    const int status = run_process("bash", {"-c", script})->exit_status;
    EXPECT_EQ(read_file(status_path(plan.rungs[0])), std::to_string(status) + "\n");
    return status;
  };
  EXPECT_EQ(status_of("true {folder}", 1), 0);
  EXPECT_EQ(status_of("false", 1), 1);
  EXPECT_EQ(status_of("echo process $RANK of $WORLD_SIZE", 3), 0);
  const std::string log = read_file(log_path(plan.rungs[0]));
  for (const char* line : {"process 0 of 3\n", "process 1 of 3\n", "process 2 of 3\n"})
    EXPECT_THAT(log, HasSubstr(line));
  EXPECT_EQ(status_of("exit $((7 * (RANK == 1)))", 3), 7);
}

}  // namespace
}  // namespace rung::lm
