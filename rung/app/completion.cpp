// Scripts by which shells complete commands, options and their choices.
#include <fmt/format.h>

#include <ostream>
#include <sstream>

#include "rung/app/manual.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::app {
namespace {

/// Every command with its options declared.
template <class Visit>
void each_command(Visit visit) {
  std::ostringstream nowhere;
  for (const CommandGroup& group : command_groups()) {
    for (const Command& command : group.commands) visit(CommandRun(command, nowhere, nowhere));
  }
}

/// What may follow the first word: "" -> first words; "ladder" -> "step1 step2 …".
std::string words_after(const std::string& first) {
  std::vector<std::string> words;
  if (first.empty()) words = {"help"};
  for (const CommandGroup& group : command_groups()) {
    for (const Command& command : group.commands) {
      const std::vector<std::string> parts = split(command.name, ' ');
      if (first.empty() && (words.empty() || words.back() != parts.front()))
        words.push_back(parts.front());
      if (!first.empty() && parts.front() == first && parts.size() > 1) words.push_back(parts[1]);
    }
  }
  return join(words, " ");
}

std::string bash_choices(const CommandRun& run) {
  std::string cases;
  for (const Option& option : run.options().all()) {
    if (option.choices().empty() || option.is_positional()) continue;
    cases += fmt::format("        {}) COMPREPLY=($(compgen -W \"{}\" -- \"$cur\")); return;;\n",
                         join(option.names(), "|"), join(option.choices(), " "));
  }
  return cases.empty() ? "" : "      case \"$prev\" in\n" + cases + "      esac\n";
}

std::string bash_script() {
  std::string script =
      "# bash completion of rung, written by `rung completion bash`\n"
      "_rung() {\n"
      "  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
      "  local command=\"${COMP_WORDS[1]}\" options=\"\"\n"
      "  COMPREPLY=()\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    COMPREPLY=($(compgen -W \"" +
      words_after("") + "\" -- \"$cur\")); return\n  fi\n";
  std::string groups;
  for (const CommandGroup& group : command_groups()) {
    if (group.word.empty()) continue;
    groups += fmt::format(
        "    {0})\n      if ((COMP_CWORD == 2)); then\n"
        "        COMPREPLY=($(compgen -W \"{1}\" -- \"$cur\")); return\n      fi\n"
        "      command=\"{0} ${{COMP_WORDS[2]}}\";;\n",
        group.word, words_after(group.word));
  }
  script += "  case \"$command\" in\n" + groups + "  esac\n  case \"$command\" in\n";
  each_command([&](const CommandRun& run) {
    script += fmt::format("    \"{}\")\n{}      options=\"{} --help\";;\n", run.command().name,
                          bash_choices(run), join(run.options().names(), " "));
  });
  return script +
         "  esac\n"
         "  if [[ \"$cur\" == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -f -- \"$cur\"))\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _rung rung\n";
}

/// Inside '…[…]…' of _arguments.
std::string zsh_text(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return escaped;
}

std::string zsh_arguments(const CommandRun& run) {
  std::string text;
  for (const Option& option : run.options().all()) {
    if (option.is_positional()) continue;
    std::string value;
    if (!option.is_flag())
      value = ":" + zsh_text(option.value_name()) + ":" +
              (option.choices().empty() ? "_files" : "(" + join(option.choices(), " ") + ")");
    for (const std::string& name : option.names())
      text += fmt::format("        '{}{}[{}]{}' \\\n", option.is_list() ? "*" : "", name,
                          zsh_text(option.help()), value);
  }
  return text;
}

std::string zsh_script() {
  std::string script =
      "#compdef rung\n# zsh completion of rung, written by `rung completion zsh`\n_rung() {\n"
      "  local command=\"${words[2]}\"\n"
      "  if ((CURRENT == 2)); then compadd -- " +
      words_after("") + "; return; fi\n  case \"$command\" in\n";
  for (const CommandGroup& group : command_groups()) {
    if (group.word.empty()) continue;
    script += fmt::format(
        "    {0})\n      if ((CURRENT == 3)); then compadd -- {1}; return; fi\n"
        "      command=\"{0} ${{words[3]}}\";;\n",
        group.word, words_after(group.word));
  }
  script += "  esac\n  case \"$command\" in\n";
  each_command([&](const CommandRun& run) {
    script += fmt::format("    \"{}\")\n      _arguments \\\n{}        '*:file:_files';;\n",
                          run.command().name, zsh_arguments(run));
  });
  return script + "  esac\n}\n_rung \"$@\"\n";
}

}  // namespace

std::string completion_script(const std::string& shell) {
  if (shell == "bash") return bash_script();
  if (shell == "zsh") return zsh_script();
  throw InputError("there is no completion for '" + shell + "'", "bash or zsh");
}

}  // namespace rung::app
