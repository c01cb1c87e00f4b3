// A server's answers, a line each: nothing but InputError comes out, or runs whose metrics have a
// value a checkpoint.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rung/core/error.hpp"
#include "rung/data/reader/wandb_api.hpp"
#include "tests/fuzz/whole_runs.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string_view left(reinterpret_cast<const char*>(bytes), size);
  const rung::WandbConnection connection{.send = [&](const rung::HttpRequest&) {
    const std::string_view line = left.substr(0, left.find('\n'));
    left.remove_prefix(std::min(left.size(), line.size() + 1));
    return rung::HttpResponse{.status = line.empty() ? 500 : 200, .body = std::string(line)};
  }};
  const rung::WandbPath path{"team", "ladder", ""};
  const rung::WandbServer server{.key = "0123456789"};
  rung::Imported imported;
  try {
    rung::fetch_wandb(path, server, {.most_tries = 2}, connection, imported);
  } catch (const rung::InputError&) {
    return 0;
  }
  fuzz::trap_unless_whole(imported);
  return 0;
}
