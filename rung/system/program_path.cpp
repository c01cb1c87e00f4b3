#include "rung/system/program_path.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <filesystem>

namespace rung {

std::string program_beside(const std::string& name) {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path beside = self.parent_path() / name;
  if (!error && std::filesystem::is_regular_file(beside, error)) return beside.string();
  return name;
}

void end_with_parent(int parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) raise(SIGKILL);  // it ended before that
}

int process_id() { return getpid(); }

}  // namespace rung
