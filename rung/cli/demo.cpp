#include <CLI/CLI.hpp>

#include "rung/cli/commands.hpp"
namespace rung::cli {
Action demo(CLI::App&) {
  return [](CommandContext&) { return 0; };
}
}  // namespace rung::cli
