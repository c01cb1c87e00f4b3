#include <unistd.h>

#include <csignal>
#include <iostream>

#include "rung/app/context.hpp"
#include "rung/cli/terminal.hpp"

int main(int argc, char** argv) {
  // Files appear whole or not at all (rung/system/file.hpp), so both may end the process at once.
  // Handlers, unlike ignored signals, are not handed on to the programs that we start.
  std::signal(SIGINT, [](int) { _exit(rung::app::kInterrupted); });
  std::signal(SIGPIPE, [](int) { _exit(rung::app::kUsable); });  // "| head" has seen enough
  const int status = rung::cli::run(argc, argv, std::cout, std::cerr);
  if (std::cout.flush()) return status;
  std::cerr << "error: can't write to standard output\n";
  return rung::app::kBadUsageOrInput;
}
