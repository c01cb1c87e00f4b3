#pragma once
/// Environment variables as a test wants them, until it ends.

#include <cstdlib>
#include <deque>
#include <optional>
#include <string>

namespace rung {

class EnvironmentValue {
 public:
  /// Absent: the variable is taken away.
  EnvironmentValue(const char* name, std::optional<std::string> value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    set(value);
  }
  ~EnvironmentValue() { set(before_); }
  EnvironmentValue(const EnvironmentValue&) = delete;
  EnvironmentValue& operator=(const EnvironmentValue&) = delete;

 private:
  void set(const std::optional<std::string>& value) const {
    if (value) {
      setenv(name_, value->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  const char* name_;
  std::optional<std::string> before_;
};

/// Nothing that torchrun, srun or mpirun say.
class EmptyJobEnvironment {
 public:
  EmptyJobEnvironment() {
    for (const char* name : {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "SLURM_PROCID",
                             "SLURM_STEP_NUM_TASKS", "SLURM_STEP_NODELIST", "OMPI_COMM_WORLD_RANK",
                             "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE"})
      values_.emplace_back(name, std::nullopt);
  }

 private:
  std::deque<EnvironmentValue> values_;
};

}  // namespace rung
