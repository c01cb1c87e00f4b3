/// Several processes that train one model, here threads.

#include "rung/lm/process_group.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/environment.hpp"
#include "tests/support/error_of.hpp"

namespace rung::lm {
namespace {

using ::testing::HasSubstr;

TEST(JobPlace, IsThatOfTorchrunSrunOrMpirun) {
  const EmptyJobEnvironment none;
  EXPECT_EQ(job_place_of_environment().size, 1);
  {
    const EnvironmentValue rank("RANK", "1"), size("WORLD_SIZE", "4"), host("MASTER_ADDR", "n1"),
        port("MASTER_PORT", "1234");
    const JobPlace place = job_place_of_environment();
    EXPECT_EQ(place.rank, 1);
    EXPECT_EQ(place.size, 4);
    EXPECT_EQ(place.master, "n1");
    EXPECT_EQ(place.port, 1234);
  }
  {
    const EnvironmentValue rank("SLURM_PROCID", "2"), hosts("SLURM_STEP_NODELIST", "n[07-09]");
    // A batch script's own process is no task of a step.
    EXPECT_EQ(job_place_of_environment().size, 1);
    const EnvironmentValue size("SLURM_STEP_NUM_TASKS", "3");
    EXPECT_EQ(job_place_of_environment().rank, 2);
    EXPECT_EQ(job_place_of_environment().master, "n07");
  }
  const EnvironmentValue rank("OMPI_COMM_WORLD_RANK", "1"), size("OMPI_COMM_WORLD_SIZE", "2");
  EXPECT_EQ(job_place_of_environment().master, "localhost");
  const EnvironmentValue local("OMPI_COMM_WORLD_LOCAL_SIZE", "1");
  EXPECT_THAT(error_of([] { job_place_of_environment(); }), HasSubstr("MASTER_ADDR"));
  const EnvironmentValue far_rank("OMPI_COMM_WORLD_RANK", "2"), host("MASTER_ADDR", "n1");
  EXPECT_THAT(error_of([] { job_place_of_environment(); }), HasSubstr("process 2 of 2"));
  const EnvironmentValue no_rank("OMPI_COMM_WORLD_RANK", "x");
  EXPECT_THAT(error_of([] { job_place_of_environment(); }), HasSubstr("OMPI_COMM_WORLD_RANK"));
}

TEST(JobPlace, TheFirstOfSlurmsHosts) {
  EXPECT_EQ(first_host("node1"), "node1");
  EXPECT_EQ(first_host("node1,node2"), "node1");
  EXPECT_EQ(first_host("n[003-007,9],gpu2"), "n003");
  EXPECT_EQ(first_host("n[5,7]-ib,x"), "n5-ib");
}

}  // namespace
}  // namespace rung::lm
