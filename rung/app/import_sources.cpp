#include "rung/app/import_sources.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <thread>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/pattern.hpp"
#include "rung/data/reader/wandb_api.hpp"

namespace rung::app {
namespace {

/// Ctrl-C ends it.
void wait_seconds(double seconds) {
  using Clock = std::chrono::steady_clock;
  constexpr auto kTick = std::chrono::milliseconds(50);
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(seconds));
  for (auto now = Clock::now(); now < end; now = Clock::now()) {
    check_cancelled();
    std::this_thread::sleep_for(std::min<Clock::duration>(kTick, end - now));
  }
}

/// What no second try would mend.
void check_server(const WandbServer& server, const SourceOptions& options) {
  const std::string& url = server.base_url;
  const std::size_t host = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  const bool has_blank =
      std::any_of(url.begin(), url.end(), [](unsigned char c) { return c <= ' ' || c == 127; });
  if (host == 0 || host >= url.size() || has_blank)
    throw InputError("WANDB_BASE_URL: '" + url + "' is no address of a server",
                     "https://api.wandb.ai, or another that begins with http:// or https://");
  const std::filesystem::path pages = options.pages_folder;
  if (!pages.empty() && std::filesystem::exists(pages) && !std::filesystem::is_directory(pages))
    throw InputError(Location{pages.string()}, "is no folder", "--pages DIR keeps many files");
}

void fetch_runs(CommandContext& context, const SourceOptions& options, const WandbPath& path,
                const WandbServer& server, Imported& imported) {
  WandbRequest request{.pages_folder = options.pages_folder,
                       .first_wait_seconds = options.retry_wait_seconds};
  if (!options.pattern.empty()) {
    request.keeps = [pattern = Pattern(options.pattern, "--runs")](const std::string& name) {
      return pattern.is_found_in(name);
    };
  }
  const WandbConnection connection{
      .send = http_post, .wait = wait_seconds, .say = [&](const std::string& text) {
        context.err() << text << '\n';
      }};
  fetch_wandb(path, server, request, connection, imported);
}

}  // namespace

void add_server_options(Options& command, SourceOptions& options) {
  command
      .add("--pages", options.pages_folder,
           "keep there what a server has sent, and go on from it when called again")
      .value_name("DIR");
  command
      .add("--retry-wait", options.retry_wait_seconds,
           "seconds until a server that fails is asked again; doubles each time")
      .value_name("S")
      .range(0, 600);
}

ImportedFiles import_sources(CommandContext& context, const SourceOptions& options) {
  const WandbServer server = WandbServer::of_environment();
  std::vector<std::string> files;
  std::vector<WandbPath> remote;
  for (const std::string& source : options.sources) {
    if (auto path = parse_wandb_path(source, server.base_url)) {
      remote.push_back(std::move(*path));
    } else {
      files.push_back(source);
    }
  }
  if (remote.empty() && !options.pages_folder.empty())
    throw InputError("--pages keeps what a server sends, and no source is on one",
                     "wandb:ENTITY/PROJECT is");
  if (remote.empty() && options.retry_wait_seconds != SourceOptions().retry_wait_seconds)
    throw InputError("--retry-wait is for a server that fails, and no source is on one",
                     "wandb:ENTITY/PROJECT is");
  if (!remote.empty()) check_server(server, options);
  ImportedFiles read;
  if (!files.empty()) read = import_files(files, options.reading);
  for (const std::string& path : read.read) {
    if (path != "-") context.note_input(path);
  }
  for (const WandbPath& path : remote) fetch_runs(context, options, path, server, read.imported);
  return read;
}

}  // namespace rung::app
