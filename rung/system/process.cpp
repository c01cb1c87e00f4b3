#include "rung/system/process.hpp"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

extern char** environ;

namespace rung {
namespace {

void check(bool ok, const char* what, int error = errno) {
  if (!ok) throw std::system_error(error, std::generic_category(), what);
}

/// A file in memory. Unlike a pipe it never fills, so neither side can wait for the other, and a
/// program that does not read its input raises no SIGPIPE here.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("rung", MFD_CLOEXEC)) {
    check(descriptor_ >= 0, "memfd_create");
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int descriptor() const { return descriptor_; }

  void fill(std::string_view content) {
    while (!content.empty()) {
      const ssize_t n = write(descriptor_, content.data(), content.size());
      check(n >= 0 || errno == EINTR, "write");
      if (n > 0) content.remove_prefix(static_cast<std::size_t>(n));
    }
    check(lseek(descriptor_, 0, SEEK_SET) == 0, "lseek");
  }

  std::string content() const {
    std::string all;
    std::array<char, 1 << 16> block;
    for (;;) {
      const ssize_t n =
          pread(descriptor_, block.data(), block.size(), static_cast<off_t>(all.size()));
      check(n >= 0 || errno == EINTR, "pread");
      if (n == 0) return all;
      if (n > 0) all.append(block.data(), static_cast<std::size_t>(n));
    }
  }

 private:
  int descriptor_;
};

class FileActions {
 public:
  FileActions() { check_status(posix_spawn_file_actions_init(&actions_)); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  void connect(const MemoryFile& file, int descriptor) {
    check_status(posix_spawn_file_actions_adddup2(&actions_, file.descriptor(), descriptor));
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  static void check_status(int error) { check(error == 0, "posix_spawn_file_actions", error); }
  posix_spawn_file_actions_t actions_;
};

int wait_for(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0) check(errno == EINTR, "waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::optional<ProcessResult> run_process(const std::string& program,
                                         const std::vector<std::string>& arguments,
                                         std::string_view input) {
  MemoryFile in, out, errors;
  in.fill(input);
  FileActions actions;
  actions.connect(in, STDIN_FILENO);
  actions.connect(out, STDOUT_FILENO);
  actions.connect(errors, STDERR_FILENO);

  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  pid_t process = 0;
  const int error =
      posix_spawnp(&process, program.c_str(), actions.get(), nullptr, argv.data(), environ);
  if (error == ENOENT || error == EACCES || error == ENOTDIR) return std::nullopt;
  check(error == 0, program.c_str(), error);
  const int exit_status = wait_for(process);
  return ProcessResult{exit_status, out.content(), errors.content()};
}

}  // namespace rung
