#pragma once
/// Runs from the server of Weights & Biases, by its GraphQL API.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rung/data/imported.hpp"
#include "rung/system/http.hpp"

namespace rung {

/// What to fetch: "wandb:ENTITY/PROJECT", all of its runs, "wandb:ENTITY/PROJECT/RUN", or the page
/// of either in a browser, "https://wandb.ai/ENTITY/PROJECT/runs/RUN".
struct WandbPath {
  std::string entity, project, run;  // run: "" for all; an identifier, or the name of one
};

/// Absent where a source is neither. InputError where it is, but names no project, or another
/// server than `base_url`, which would be sent the key.
std::optional<WandbPath> parse_wandb_path(const std::string& source, const std::string& base_url);

struct WandbServer {
  std::string base_url = "https://api.wandb.ai";
  std::string key;  // "": public projects only. Stands in nothing that comes out of here

  /// By WANDB_BASE_URL and WANDB_API_KEY.
  static WandbServer of_environment();
};

struct WandbRequest {
  /// Which of a project's runs, by identifier or name; null: all.
  std::function<bool(const std::string&)> keeps;
  std::size_t steps_a_page = 10'000;
  /// Pages that have come are kept here, and not fetched again; "": nowhere.
  std::filesystem::path pages_folder;
  double first_wait_seconds = 1;  // before a request is sent again; doubles from time to time
  int most_tries = 8;
};

/// How the outside is met.
struct WandbConnection {
  HttpSend send;
  std::function<void(double seconds)> wait;
  std::function<void(const std::string&)> say;  // how far it is
};

/// All rows of each run, and what it was configured with. A request that the server is too busy for
/// (429), fails at (5xx), breaks off or answers with broken JSON is sent again. Where fewer rows
/// came than the run has, smaller pages are asked for once more, and what still lacks is warned of.
/// InputError where the server refuses, there is no such project or run, or all tries fail.
void fetch_wandb(const WandbPath& path, const WandbServer& server, const WandbRequest& request,
                 const WandbConnection& connection, Imported& imported);

}  // namespace rung
