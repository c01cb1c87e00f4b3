#pragma once
/// The processes that train one model together, each on its share of every batch.

#include <span>
#include <stdexcept>
#include <string>

namespace rung::lm {

/// Another process of the group is gone.
class LostProcess : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class ProcessGroup {
 public:
  virtual ~ProcessGroup() = default;

  virtual int rank() const = 0;
  virtual int size() const = 0;

  /// Each number becomes the sum over all processes, the same bits in each. LostProcess where one
  /// is gone.
  virtual void add_up(std::span<float> numbers) = 0;
  virtual void add_up(std::span<double> numbers) = 0;
};

/// Which process of a job this one is, as torchrun, srun or mpirun say in the environment.
struct JobPlace {
  int rank = 0, size = 1;
  std::string master;  // the host of rank 0
  int port = 0;
};

/// Alone where nobody says otherwise. InputError where the environment contradicts itself.
JobPlace job_place_of_environment();

/// The first host of Slurm's list: "n[003-007,9],gpu2" begins with "n003".
std::string first_host(const std::string& hosts);

}  // namespace rung::lm
