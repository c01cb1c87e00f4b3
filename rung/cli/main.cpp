#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <string_view>

#include "rung/app/context.hpp"
#include "rung/cli/terminal.hpp"
#include "rung/core/parallel.hpp"
#include "rung/system/progress_bar.hpp"

namespace {

rung::Cancellation interruption;
volatile std::sig_atomic_t reader_left = 0;

/// Ctrl-C, or whoever sends SIGTERM: work ends at its next step, and what it began is tidied up.
/// Who asks again does not care for that.
void interrupt(int) {
  if (interruption.requested()) _exit(rung::app::kInterrupted);
  interruption.request();
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  // Without SA_RESTART a call that waits returns, so that the request to stop is seen.
  sigaction(signal, &action, nullptr);
}

/// A stream that was closed would lend its number to the next file that is opened, which what is
/// meant for the stream would then go into. In its place comes one that fails.
void keep_standard_streams() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;
    const int flags = number == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (open("/dev/null", flags) != number) _exit(rung::app::kNoUsableResult);
  }
}

/// Formulas, JSON and its like may nest 200 deep, in threads whose stacks are as large as this
/// one's.
bool stack_is_small() {
  constexpr rlim_t kLeastBytes = rlim_t{1} << 20;
  struct rlimit limit {};
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= kLeastBytes) return false;
  constexpr std::string_view kWords =
      "error: the stack is limited to less than 1 MiB (ulimit -s)\n";
  return write(STDERR_FILENO, kWords.data(), kWords.size()) != 0;
}

}  // namespace

int main(int argc, char** argv) {
  // Handlers, unlike ignored signals, are not handed on to the programs that we start.
  handle(SIGINT, interrupt);
  handle(SIGTERM, interrupt);
  // "| head" has seen enough: what is written fails, and the exit status is that of the work.
  handle(SIGPIPE, [](int) { reader_left = 1; });
  handle(SIGXFSZ, [](int) {});  // a file beyond the limit on sizes is an error like a full disk
  keep_standard_streams();
  if (stack_is_small()) return rung::app::kNoUsableResult;
  rung::ProgressBar progress(STDERR_FILENO);
  const rung::Watch watch{&interruption, &progress};
  const rung::Watched watched(watch);  // which keeps where it is
  const int status = rung::cli::run(argc, argv, std::cout, std::cerr);
  if (std::cout.flush() || reader_left || status != rung::app::kUsable) return status;
  std::cerr << "error: can't write to standard output\n";
  return rung::app::kBadUsageOrInput;
}
