#include "rung/lm/process_group.hpp"

#include <cstdlib>
#include <functional>
#include <optional>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::lm {
namespace {

constexpr int kFirstPort = 29500, kPorts = 10000;

std::optional<std::string> environment(const char* name) {
  const char* const value = std::getenv(name);
  if (!value || !*value) return std::nullopt;
  return value;
}

/// A whole number; `otherwise` where it is not set.
int number_in(const char* name, std::optional<int> otherwise = std::nullopt) {
  const auto text = environment(name);
  if (!text && otherwise) return *otherwise;
  const auto value = text ? parse_double(*text) : std::nullopt;
  if (!value || *value < 0 || *value > 1e6 || *value != static_cast<int>(*value))
    throw InputError("the environment's " + std::string(name) + " is '" + text.value_or("") +
                         "', no whole number",
                     "torchrun, srun and mpirun set it");
  return static_cast<int>(*value);
}

/// The same for all processes of one job, and seldom that of another on the same machine.
int port_for(const std::string& job) {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : job) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return kFirstPort + static_cast<int>(hash % kPorts);
}

JobPlace named_place() {
  if (environment("RANK") && environment("WORLD_SIZE"))
    return {number_in("RANK"), number_in("WORLD_SIZE"), "localhost", kFirstPort};
  if (environment("SLURM_PROCID") && environment("SLURM_STEP_NUM_TASKS")) {
    const std::string job =
        environment("SLURM_JOB_ID").value_or("") + "." + environment("SLURM_STEP_ID").value_or("");
    return {number_in("SLURM_PROCID"), number_in("SLURM_STEP_NUM_TASKS"),
            first_host(environment("SLURM_STEP_NODELIST").value_or("localhost")), port_for(job)};
  }
  if (environment("OMPI_COMM_WORLD_RANK")) {
    JobPlace place{number_in("OMPI_COMM_WORLD_RANK"), number_in("OMPI_COMM_WORLD_SIZE"),
                   "localhost", port_for(environment("PMIX_NAMESPACE").value_or(""))};
    if (number_in("OMPI_COMM_WORLD_LOCAL_SIZE", place.size) != place.size &&
        !environment("MASTER_ADDR"))
      throw InputError("mpirun started processes on several machines, and MASTER_ADDR is not set",
                       "mpirun -x MASTER_ADDR=the host of rank 0");
    return place;
  }
  return {};
}

}  // namespace

std::string first_host(const std::string& hosts) {
  const std::size_t end = hosts.find_first_of(",[");
  if (end == std::string::npos || hosts[end] == ',') return hosts.substr(0, end);
  const std::size_t close = hosts.find_first_of("-,]", end);
  if (close == std::string::npos) return hosts;
  std::string host = hosts.substr(0, end) + hosts.substr(end + 1, close - end - 1);
  const std::size_t bracket = hosts.find(']', close);
  if (bracket != std::string::npos)
    host += hosts.substr(bracket + 1, hosts.find(',', bracket) - bracket - 1);
  return host;
}

JobPlace job_place_of_environment() {
  JobPlace place = named_place();
  if (place.size < 1 || place.rank >= place.size)
    throw InputError("the environment says process " + std::to_string(place.rank) + " of " +
                     std::to_string(place.size));
  if (place.size == 1) return place;
  place.master = environment("MASTER_ADDR").value_or(place.master);
  place.port = number_in("MASTER_PORT", place.port);
  return place;
}

}  // namespace rung::lm
