#include <unistd.h>

#include <csignal>
#include <iostream>
#include <optional>

#include "rung/app/context.hpp"
#include "rung/cli/terminal.hpp"
#include "rung/core/parallel.hpp"
#include "rung/system/progress_bar.hpp"

namespace {

rung::Cancellation interruption;

/// Ctrl-C, or whoever sends SIGTERM: work ends at its next step, and what it began is tidied up.
/// Who asks again does not care for that.
void interrupt(int) {
  if (interruption.requested()) _exit(rung::app::kInterrupted);
  interruption.request();
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  // No SA_RESTART: a call that waits comes back, so that somebody looks whether to go on.
  sigaction(signal, &action, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  // Handlers, unlike ignored signals, are not handed on to the programs that we start.
  handle(SIGINT, interrupt);
  handle(SIGTERM, interrupt);
  // "| head" has seen enough; files appear whole or not at all (rung/system/file_set.hpp).
  handle(SIGPIPE, [](int) { _exit(rung::app::kUsable); });
  std::optional<rung::ProgressBar> bar;
  if (isatty(STDERR_FILENO)) bar.emplace(STDERR_FILENO);
  const rung::Watch watch{&interruption, bar ? &*bar : nullptr};
  const rung::Watched watched(watch);  // which keeps where it is
  const int status = rung::cli::run(argc, argv, std::cout, std::cerr);
  if (std::cout.flush()) return status;
  std::cerr << "error: can't write to standard output\n";
  return rung::app::kBadUsageOrInput;
}
