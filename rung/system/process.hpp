#pragma once
/// The only place that starts other programs.

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/system/descriptor.hpp"

namespace rung {

/// What to run. No shell is between: no argument is ever expanded.
struct ProcessRequest {
  std::string program;  // a path, or a name sought in PATH
  std::vector<std::string> arguments;
  std::string_view input = {};  // becomes its standard input
  /// Called with the bytes of its standard output, or standard error, as they come, on the thread
  /// that waits; null: they are read and dropped.
  std::function<void(std::string_view)> on_output = nullptr;
  std::function<void(std::string_view)> on_errors = nullptr;
};

/// A program under way, in a process group of its own: a Ctrl-C at the terminal reaches only us,
/// and stop() reaches whatever it started in turn. It does not outlive this object.
class Process {
 public:
  /// Absent when there is no such program that may be run; std::system_error when the system
  /// refuses for another reason (out of memory, of processes).
  static std::optional<Process> start(ProcessRequest request);

  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();

  /// Passes on what it has written, for at most `duration`, or until its end: the exit status, then
  /// and ever after; 128 + the signal's number when a signal ended it.
  std::optional<int> wait_for(std::chrono::milliseconds duration);

  /// Until its end. Throws Cancelled where the watch over this thread asks for it; it is stopped
  /// then.
  int wait();

  /// Asks the whole group to end, and passes on what it still says; after `grace`, ends it.
  int stop(std::chrono::milliseconds grace = std::chrono::seconds(2));

  pid_t id() const { return id_; }

 private:
  struct Stream {
    Descriptor pipe;
    std::function<void(std::string_view)> receive;
  };

  explicit Process(pid_t id) : id_(id) {}

  /// Waits for output, for at most `duration`, and passes it on.
  void pump(std::chrono::milliseconds duration);
  void drain(Stream& stream);
  bool reap();

  pid_t id_;  // 0: moved from
  Stream streams_[2];
  std::optional<int> exit_status_;
};

struct ProcessResult {
  int exit_status = 0;  // 128 + the signal's number when a signal ended the program
  std::string output;   // all of its standard output, bytes as they came
  std::string errors;   // all of its standard error
};

/// Runs a program to its end. Absent and throwing as Process::start and wait.
std::optional<ProcessResult> run_process(const std::string& program,
                                         const std::vector<std::string>& arguments,
                                         std::string_view input = {});

/// Makes lines of the chunks in which output comes: calls `line` with each whole one, without its
/// end, and at its own end with what is left.
class Lines {
 public:
  explicit Lines(std::function<void(std::string_view)> line) : line_(std::move(line)) {}
  ~Lines();
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  void operator()(std::string_view chunk);

 private:
  std::function<void(std::string_view)> line_;
  std::string rest_;
};

}  // namespace rung
