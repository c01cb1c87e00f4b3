#include "rung/system/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "rung/core/parallel.hpp"

extern char** environ;

namespace rung {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How often a wait looks whether it is cancelled, or whether a program ended that left its output
/// open to others.
constexpr milliseconds kLookEvery{50};

void check(bool ok, const char* what, int error = errno) {
  if (!ok) throw std::system_error(error, std::generic_category(), what);
}

/// A file in memory with the input. Unlike a pipe it never fills, and a program that does not read
/// it raises no SIGPIPE here.
Descriptor memory_file(std::string_view content) {
  Descriptor file(memfd_create("rung", MFD_CLOEXEC));
  check(file.is_open(), "memfd_create");
  check(write_all(file.number(), content), "write");
  check(lseek(file.number(), 0, SEEK_SET) == 0, "lseek");
  return file;
}

struct Pipe {
  Descriptor read_end, write_end;

  Pipe() {
    int ends[2];
    check(pipe2(ends, O_CLOEXEC) == 0, "pipe2");
    read_end = Descriptor(ends[0]);
    write_end = Descriptor(ends[1]);
    check(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0, "fcntl");
  }
};

class FileActions {
 public:
  FileActions() { check_status(posix_spawn_file_actions_init(&actions_)); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  void connect(const Descriptor& file, int descriptor) {
    check_status(posix_spawn_file_actions_adddup2(&actions_, file.number(), descriptor));
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  static void check_status(int error) { check(error == 0, "posix_spawn_file_actions", error); }
  posix_spawn_file_actions_t actions_;
};

/// A process group of its own, and no signal blocked or ignored that we block or ignore.
class Attributes {
 public:
  Attributes() {
    check_status(posix_spawnattr_init(&attributes_));
    sigset_t none, to_default;
    sigemptyset(&none);
    sigemptyset(&to_default);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGHUP}) sigaddset(&to_default, signal);
    check_status(posix_spawnattr_setsigmask(&attributes_, &none));
    check_status(posix_spawnattr_setsigdefault(&attributes_, &to_default));
    check_status(posix_spawnattr_setpgroup(&attributes_, 0));
    check_status(posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  static void check_status(int error) { check(error == 0, "posix_spawnattr", error); }
  posix_spawnattr_t attributes_;
};

/// 0 and the process's number, or the error.
int spawn(const ProcessRequest& request, const FileActions& actions, pid_t& id) {
  std::vector<char*> words{const_cast<char*>(request.program.c_str())};
  for (const std::string& argument : request.arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  const Attributes attributes;
  return posix_spawnp(&id, words.front(), actions.get(), attributes.get(), words.data(), environ);
}

/// Leaves the exit status to be asked for.
bool has_ended(pid_t id) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(id), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == id;
}

}  // namespace

std::optional<Process> Process::start(ProcessRequest request) {
  const Descriptor input = memory_file(request.input);
  Pipe output, errors;
  FileActions actions;
  actions.connect(input, STDIN_FILENO);
  actions.connect(output.write_end, STDOUT_FILENO);
  actions.connect(errors.write_end, STDERR_FILENO);
  pid_t id = 0;
  const int error = spawn(request, actions, id);
  if (error == ENOENT || error == EACCES || error == ENOTDIR) return std::nullopt;
  check(error == 0, request.program.c_str(), error);
  Process process(id);
  process.streams_[0] = {std::move(output.read_end), std::move(request.on_output)};
  process.streams_[1] = {std::move(errors.read_end), std::move(request.on_errors)};
  return process;
}

Process::Process(Process&& other) noexcept
    : id_(std::exchange(other.id_, 0)), exit_status_(other.exit_status_) {
  std::move(std::begin(other.streams_), std::end(other.streams_), std::begin(streams_));
}

Process::~Process() {
  if (id_ == 0 || exit_status_) return;
  for (Stream& stream : streams_) stream.receive = nullptr;
  kill(-id_, SIGKILL);
  int status = 0;
  while (waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
}

void Process::drain(Stream& stream) {
  constexpr int kMostBlocks = 64;  // more than a pipe holds: one that never falls silent can wait
  std::array<char, 1 << 16> block;
  for (int i = 0; i < kMostBlocks && stream.pipe.is_open(); ++i) {
    const ssize_t n = read(stream.pipe.number(), block.data(), block.size());
    if (n > 0) {
      if (stream.receive) stream.receive({block.data(), static_cast<std::size_t>(n)});
    } else if (n == 0) {
      stream.pipe.close();
    } else if (errno == EAGAIN) {
      return;
    } else {
      check(errno == EINTR, "read");
    }
  }
}

void Process::pump(milliseconds duration) {
  pollfd wanted[2];
  for (int i = 0; i < 2; ++i)
    wanted[i] = {streams_[i].pipe.number(), POLLIN, 0};  // a closed one's -1 is passed over
  // A signal interrupts the wait, so that cancellation is looked for.
  check(poll(wanted, 2, static_cast<int>(duration.count())) >= 0 || errno == EINTR, "poll");
  for (Stream& stream : streams_) drain(stream);
}

bool Process::reap() {
  int status = 0;
  const pid_t ended = waitpid(id_, &status, WNOHANG);
  check(ended >= 0 || errno == EINTR, "waitpid");
  if (ended != id_) return false;
  exit_status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  // What it wrote is there; another that holds the pipe open is not waited for.
  for (Stream& stream : streams_) {
    drain(stream);
    stream.pipe.close();
  }
  return true;
}

std::optional<int> Process::wait_for(milliseconds duration) {
  const auto end = steady_clock::now() + duration;
  milliseconds pause{1};  // between the end of its output and its own
  while (!exit_status_ && !reap() && !is_cancelled()) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
    if (left.count() <= 0) break;
    const bool open = streams_[0].pipe.is_open() || streams_[1].pipe.is_open();
    pump(std::min({left, kLookEvery, open ? kLookEvery : pause}));
    if (!open) pause *= 2;
  }
  return exit_status_;
}

int Process::wait() {
  while (!wait_for(std::chrono::hours(1))) {
    if (!is_cancelled()) continue;
    stop();
    throw Cancelled();
  }
  return *exit_status_;
}

int Process::stop(milliseconds grace) {
  if (exit_status_) return *exit_status_;
  kill(-id_, SIGTERM);
  kill(-id_, SIGCONT);  // a stopped one would never hear of it
  const auto end = steady_clock::now() + grace;
  while (!has_ended(id_) && steady_clock::now() < end) pump(milliseconds(10));
  // Whoever of the group did not end by itself; before its number may be another's.
  kill(-id_, SIGKILL);
  while (!exit_status_ && !reap()) pump(milliseconds(10));
  return *exit_status_;
}

std::optional<ProcessResult> run_process(const std::string& program,
                                         const std::vector<std::string>& arguments,
                                         std::string_view input) {
  ProcessResult result;
  auto process =
      Process::start({.program = program,
                      .arguments = arguments,
                      .input = input,
                      .on_output = [&result](std::string_view chunk) { result.output += chunk; },
                      .on_errors = [&result](std::string_view chunk) { result.errors += chunk; }});
  if (!process) return std::nullopt;
  result.exit_status = process->wait();
  return result;
}

Lines::~Lines() {
  if (!rest_.empty()) line_(rest_);
}

void Lines::operator()(std::string_view chunk) {
  while (true) {
    const std::size_t end = chunk.find('\n');
    rest_ += chunk.substr(0, end);
    if (end == std::string_view::npos) return;
    line_(rest_);
    rest_.clear();
    chunk.remove_prefix(end + 1);
  }
}

}  // namespace rung
