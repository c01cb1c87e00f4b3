#include "rung/app/follow.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <thread>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/core/wrapped.hpp"
#include "rung/report/text_table.hpp"
#include "rung/system/terminal.hpp"

namespace rung::app {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// What changes when something is written.
using Signature = std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>>;

void add_to(Signature& signature, const fs::path& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  const fs::file_time_type time = fs::last_write_time(path, error);
  if (!error) signature[path.string()] = {size, time};
}

Signature signature_of(const std::vector<std::string>& sources) {
  Signature signature;
  for (const std::string& source : sources) {
    std::error_code error;
    if (!fs::is_directory(source, error)) {
      add_to(signature, source);
      continue;
    }
    fs::recursive_directory_iterator walk(source, error);
    for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error))
      add_to(signature, walk->path());
  }
  return signature;
}

/// The text over what was there before: from the top, each line and the rest wiped.
std::string redrawn(const std::string& text) {
  std::string picture = "\x1b[H";
  for (const std::string& line : split(text, '\n')) picture += line + "\x1b[K\n";
  return picture + "\x1b[J";
}

void rest(Clock::duration duration) {
  constexpr auto kTick = std::chrono::milliseconds(50);
  const auto end = Clock::now() + duration;
  for (auto now = Clock::now(); now < end; now = Clock::now()) {
    check_cancelled();
    std::this_thread::sleep_for(std::min<Clock::duration>(kTick, end - now));
  }
}

Clock::duration as_duration(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

/// Absent where the look fails and is worth another one.
Look look_or_error(const std::function<Look()>& look) {
  try {
    return look();
  } catch (const InputError& error) {
    return {std::string(error.what()) + "\n", false};
  }
}

}  // namespace

int picture_width() { return terminal_width(STDERR_FILENO).value_or(static_cast<int>(kTextWidth)); }

void follow(CommandContext& context, const std::vector<std::string>& sources,
            const FollowOptions& options, const std::function<Look()>& look) {
  for (const std::string& source : sources) {
    if (source == "-" || source.find("://") != std::string::npos || source.starts_with("wandb:"))
      throw InputError("--follow follows files, and '" + source + "' is none",
                       "look again by calling again");
  }
  const bool on_terminal = terminal_width(STDERR_FILENO).has_value();
  if (on_terminal) context.err() << "\x1b[2J";
  Signature before;
  auto changed_at = Clock::now();
  for (bool is_first = true;; is_first = false) {
    const Signature now = signature_of(sources);
    if (is_first || now != before) {
      const Look seen = look_or_error(look);
      const std::string text = shown(seen.text);
      context.err() << (on_terminal ? redrawn(text) : text + "\n") << std::flush;
      if (seen.is_over) return;
      before = now;
      changed_at = Clock::now();
    }
    if (options.give_up_seconds > 0 &&
        Clock::now() - changed_at > as_duration(options.give_up_seconds))
      return;
    rest(as_duration(options.every_seconds));
  }
}

}  // namespace rung::app
