#include <algorithm>
#include <filesystem>
#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/study_steps.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/report/study_files.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

constexpr const char* kStandardInput = "-";

struct StudyCommand {
  std::string name;
  std::string data;
};

[[noreturn]] void fail_unknown(const std::string& name, const std::string& what) {
  std::vector<std::string> known;
  for (const BuiltinStudy& study : builtin_studies()) known.emplace_back(study.name);
  const std::string hint = did_you_mean(name, known);
  throw InputError("there is no study '" + name + "'" + what,
                   hint.empty() ? "'rung study list' has them" : hint);
}

StudyFile parse(const BuiltinStudy& study) {
  return parse_study_file(study.text, std::string(study.path));
}

Answer list_studies(CommandContext&) {
  std::vector<NamedStudy> studies;
  for (const BuiltinStudy& builtin : builtin_studies())
    studies.push_back({std::string(builtin.name), parse(builtin)});
  return Answer(describe(studies));
}

Answer show(const StudyCommand& given) {
  const auto builtin = builtin_study(given.name);
  if (!builtin) fail_unknown(given.name, "");
  return Answer(describe({given.name, parse(*builtin)}, builtin->text));
}

StudyFile read_study(const std::string& name, CommandContext& context) {
  if (const auto builtin = builtin_study(name)) return parse(*builtin);
  if (name == kStandardInput) {
    const std::string text = read_file(name);
    context.note_input("standard input", text);
    return parse_study_file(text, "standard input");
  }
  if (!std::filesystem::exists(name)) fail_unknown(name, ", by name or as a file");
  context.note_input(name);
  return parse_study_file(read_file(name), name);
}

/// The words of `study run` that are its steps' business, its own among them.
StudyWords words_of(Options& options, const StudyCommand& given, const CommandContext& context) {
  StudyWords words{context.further_words, given.data};
  for (const char* name : {"--csv", "--threads", "--seed"}) {
    const Option* option = options.find(name);
    if (option->is_set()) words.options.push_back(name + ("=" + option->given().front()));
  }
  return words;
}

/// "" for a study's only step.
std::string heading_of(const std::vector<PreparedStep>& steps, std::size_t i) {
  if (steps.size() == 1) return "";
  const StudyStep& step = *steps[i].step;
  return "Step " + std::to_string(i + 1) + ": " +
         (step.title.empty() ? "rung " + step.command : step.title);
}

/// What goes wrong in a step names it, as a compiler names the function.
int run_step(CommandContext& context, const PreparedStep& step, const std::string& heading) {
  try {
    return step.run();
  } catch (const InputError&) {
    if (!heading.empty()) context.err() << "In s" << heading.substr(1) << "\n";
    throw;
  }
}

Answer run_study(CommandContext& context, Options& options, const StudyCommand& given) {
  const StudyFile study = read_study(given.name, context);
  const std::vector<PreparedStep> steps =
      prepare_steps(study, words_of(options, given, context), context.err());
  context.common.csv_path.clear();  // the steps write it
  int status = kUsable;
  std::vector<StepOutput> outputs;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    CommandContext& part = steps[i].command->context();
    part.keep_output(context);
    part.common.wide = context.common.wide;
    part.common.json_path = context.common.json_path;  // so that there are results
    status = std::max(status, run_step(context, steps[i], heading_of(steps, i)));
    context.adopt(part);
    if (i == 0) context.common.seed = part.common.seed;
    outputs.push_back({heading_of(steps, i), part.kept().text, part.kept().results.get()});
  }
  Answer answer(describe(study.title, outputs));
  answer.document.usable = status == kUsable;
  return answer;
}

Action study_list(Options& command) {
  command.footer("Results: name, title, commands.");
  return list_studies;
}

Action study_show(Options& command) {
  const auto given = std::make_shared<StudyCommand>();
  command.add("NAME", given->name, "of rung study list").required().value_name("");
  command.footer("Results: name, title, text.");
  return [given](CommandContext&) { return show(*given); };
}

Action study_run(Options& command) {
  const auto given = std::make_shared<StudyCommand>();
  command.add("STUDY", given->name, "a name of rung study list, a TOML file, or - (read it)")
      .required()
      .value_name("");
  command.add("--data", given->data, "where public results lie (else see help data-folders)")
      .value_name("DIR");
  command.footer(
      "Other options after STUDY go to the steps whose commands have them, in place of the file's\n"
      "(-o, --bootstrap, --moving_avg ...). Results: those of the steps, one after the other, "
      "each\n"
      "with its number, step.");
  return [given, &command](CommandContext& context) { return run_study(context, command, *given); };
}

}  // namespace

std::vector<Command> study_commands() {
  return {{.name = "study list",
           .summary = "the studies that come with Rung",
           .example = "rung study list",
           .group = "study",
           .place = 10,
           .declare = study_list},
          {.name = "study show",
           .summary = "one of them, as the text of its file",
           .example = "rung study show ladder-predict",
           .group = "study",
           .place = 20,
           .declare = study_show},
          {.name = "study run",
           .summary = "one of them, or a file of your own",
           .example = "rung study run ladder-predict --bootstrap 0",
           .group = "study",
           .place = 30,
           .declare = study_run,
           .runs_others = true}};
}

}  // namespace rung::app
