#include <memory>

#include "rung/app/command.hpp"
#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/data/sources.hpp"
#include "rung/report/data_sources.hpp"

namespace rung::app {
namespace {

namespace fs = std::filesystem;

Answer list_data(CommandContext&) {
  const DataPlaces places = data_places_of_environment();
  std::vector<FoundData> found;
  for (const DataSource& source : data_sources()) {
    const fs::path folder = data_folder(source, places).lexically_normal();
    const bool ships = folder == shipped_data(source);
    found.push_back(
        {&source, folder.string(), ships, ships ? source.shipped_commit : fetched_commit(folder)});
  }
  return Answer(describe(found));
}

struct GetOptions {
  std::string name;
  std::string to;
  std::string from;
  bool force = false;
};

Answer get(CommandContext& context, const GetOptions& options) {
  const DataSource& source = data_source(options.name);
  const fs::path to =
      options.to.empty() ? data_places_of_environment().cache : fs::path(options.to);
  if (to.empty())
    throw InputError("there is no cache folder: HOME is not set", "say where with --to DIR");
  FetchOptions fetch;
  fetch.address = options.from;
  fetch.replace = options.force;
  fetch.progress = [&](const std::string& step) {
    check_cancelled();
    context.err() << step << '\n';
  };
  return Answer(describe(source, fetch_data(source, to, fetch)));
}

Action data_list(Options& command) {
  command.footer(
      "Results: name, contents, paper, licence, address, folder, ships (true: it is read from the\n"
      "tables that ship with rung), commit (null: not known).");
  return list_data;
}

Action data_get(Options& command) {
  const auto options = std::make_shared<GetOptions>();
  command.add("NAME", options->name, "olmo-ladder, obs-scaling or over-training")
      .required()
      .value_name("");
  command.add("--to", options->to, "put it in DIR/NAME instead of the cache").value_name("DIR");
  command.add("--from", options->from, "clone this repository instead, such as a mirror")
      .value_name("ADDRESS");
  command.add_flag("--force", options->force, "fetch again what is there");
  command.footer("Results: name, folder, commit, was_there.");
  return [options](CommandContext& context) { return get(context, *options); };
}

}  // namespace

std::vector<Command> data_commands() {
  return {{.name = "data list",
           .summary = "data sets, their licences, and where they lie here",
           .example = "rung data list",
           .group = "data",
           .place = 10,
           .declare = data_list},
          {.name = "data get",
           .summary = "bring one data set here with git",
           .example = "rung data get olmo-ladder",
           .group = "data",
           .place = 20,
           .declare = data_get}};
}

}  // namespace rung::app
