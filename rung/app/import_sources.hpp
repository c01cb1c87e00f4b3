#pragma once
/// What `rung import` and the commands on logged runs read: files, folders, and runs on a server.

#include <string>
#include <vector>

#include "rung/app/context.hpp"
#include "rung/core/options.hpp"
#include "rung/data/reader/importer.hpp"

namespace rung::app {

struct SourceOptions {
  std::vector<std::string> sources;
  std::string pattern;  // of the runs that are fetched
  ImportOptions reading;
  std::string pages_folder;       // of a server's answers
  double retry_wait_seconds = 1;  // before a server is asked again
};

/// --pages and --retry-wait.
void add_server_options(Options& command, SourceOptions& options);

/// Every file is noted as an input.
ImportedFiles import_sources(CommandContext& context, const SourceOptions& options);

}  // namespace rung::app
