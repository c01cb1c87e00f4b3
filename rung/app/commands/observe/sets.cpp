#include "rung/report/observe/sets.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

struct SetsCommand {
  std::string path;
  bool show = false;
};

Answer sets(CommandContext& context, const SetsCommand& given) {
  observational::ModelSets sets = observational::builtin_model_sets();
  if (!given.path.empty()) {
    context.note_input(given.path);
    sets = observational::parse_model_sets(read_file(given.path), given.path, std::move(sets));
  }
  Answer answer(describe(sets));
  if (given.show)
    answer.document.blocks = {Preformatted{std::string(observational::builtin_model_sets_text())}};
  return answer;
}

Action observe_sets(Options& command) {
  const auto given = std::make_shared<SetsCommand>();
  command.add("--sets", given->path, "sets, metrics and lists of your own, as TOML")
      .value_name("FILE");
  command.add_flag("--show", given->show, "the built-in ones as TOML, to copy and extend");
  command.footer("Results: set, title, table, metrics, families, without_models …");
  return [given](CommandContext& context) { return sets(context, *given); };
}

}  // namespace

std::vector<Command> observe_sets_commands() {
  return {{.name = "observe sets",
           .summary = "sets of models and of benchmarks, and how to add your own",
           .example = "rung observe sets",
           .group = "observe",
           .place = 70,
           .declare = observe_sets}};
}

}  // namespace rung::app
