#include "rung/app/read_runs.hpp"

#include "rung/app/import_sources.hpp"
#include "rung/app/table/table_input.hpp"
#include "rung/study/imports/imports.hpp"

namespace rung::app {

std::vector<Run> read_logged_runs(CommandContext& context, const LoggedInputs& input) {
  std::optional<Table> facts;
  if (!input.facts_path.empty()) facts = read_noted(input.facts_path, context);
  const imports::Request request{
      .runs = input.pattern, .kind = imports::Kind::runs, .batch_tokens = input.batch_tokens};
  request.validate();
  ImportedFiles files = import_sources(context, {.sources = input.sources,
                                                 .pattern = input.pattern,
                                                 .reading = {.is_growing = input.is_growing}});
  imports::Result result =
      imports::run(request, std::move(files.imported), facts ? &*facts : nullptr);
  for (const std::string& warning : result.warnings) context.warn(warning);
  for (const std::string& note : result.notes) context.note(note);
  return std::move(result.runs);
}

}  // namespace rung::app
