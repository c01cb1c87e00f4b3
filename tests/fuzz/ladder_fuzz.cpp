// Files of tasks, configurations and runs: either what they say or an InputError, never anything
// else.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "rung/core/error.hpp"
#include "rung/study/ladder/config.hpp"
#include "rung/study/ladder/run.hpp"
#include "rung/study/ladder/task.hpp"

namespace {

/// A run's table is read by its path: here that of a file in memory.
void try_run(const std::string& text) {
  static const int kFile = memfd_create("run.csv", 0);
  if (ftruncate(kFile, 0) != 0) std::abort();
  if (pwrite(kFile, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) std::abort();
  const std::string columns[] = {"x"}, optional_columns[] = {"y"};
  const auto run =
      rung::ladder::read_run("/proc/self/fd/" + std::to_string(kFile), columns, optional_columns);
  if (run.columns.at("x").size() != run.n_rows()) std::abort();
  for (std::size_t i = 1; i < run.n_rows(); ++i) {
    if (!(run.n_tokens[i] > run.n_tokens[i - 1])) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    rung::ladder::Catalogue().add_text(text, "tasks.toml");
  } catch (const rung::InputError&) {
  }
  try {
    rung::ladder::parse_config(text, "config.json");
  } catch (const rung::InputError&) {
  }
  try {
    try_run(text);
  } catch (const rung::InputError&) {
  }
  return 0;
}
