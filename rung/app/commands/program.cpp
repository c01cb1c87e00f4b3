#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "rung/app/command.hpp"
#include "rung/app/manual.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::app {
namespace {

Answer text_alone(std::string text, const char* key) {
  Document document;
  document.set_results(Json::array({{{key, text}}}));
  document.add(Preformatted{std::move(text)});
  return Answer(std::move(document));
}

Action version(Options& command) {
  command.footer("Results: version.");
  return [](CommandContext&) {
    Document document;
    document.set_results(Json::array({{{"version", RUNG_VERSION}}}));
    document.add(Paragraph{"rung " RUNG_VERSION});
    return Answer(std::move(document));
  };
}

Action completion(Options& command) {
  const auto shell = std::make_shared<std::string>();
  command.add("SHELL", *shell, "bash or zsh").required().value_name("");
  command.footer("Results: script.");
  return [shell](CommandContext&) { return text_alone(completion_script(*shell), "script"); };
}

Action manual(Options& command) {
  const auto words = std::make_shared<std::vector<std::string>>();
  command.add("COMMAND", *words, "one command; without it the page of all").value_name("");
  command.footer("A page for man(1): rung manual fit > rung-fit.1. Results: page.");
  return [words](CommandContext&) {
    if (words->empty()) return text_alone(manual_page(), "page");
    const FoundCommand found = find_command(*words);
    if (!found.command || found.n_words != words->size())
      throw InputError("there is no command '" + join(*words, " ") + "'", "see 'rung --help'");
    std::ostringstream nowhere;
    return text_alone(manual_page(CommandRun(*found.command, nowhere, nowhere)), "page");
  };
}

}  // namespace

std::vector<Command> program_commands() {
  return {{.name = "version",
           .summary = "which version this is",
           .example = "rung version",
           .group = "program",
           .place = 20,
           .declare = version},
          {.name = "completion",
           .summary = "a script by which bash or zsh completes commands and options",
           .example = "rung completion bash > ~/.local/share/bash-completion/completions/rung",
           .group = "program",
           .place = 30,
           .declare = completion},
          {.name = "manual",
           .summary = "manual pages, for man(1)",
           .example = "rung manual fit > rung-fit.1",
           .group = "program",
           .place = 40,
           .declare = manual}};
}

}  // namespace rung::app
