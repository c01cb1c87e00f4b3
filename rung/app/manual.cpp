#include "rung/app/manual.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/core/wrapped.hpp"
#include "rung/report/text_table.hpp"

namespace rung::app {
namespace {

constexpr std::size_t kNamesWidth = 26;

std::string value_of(const Option& option) {
  if (option.is_flag() || option.is_positional()) return "";
  if (option.shows_choices() && !option.choices().empty() &&
      join(option.choices(), "|").size() < 24)
    return join(option.choices(), "|");
  return option.value_name();
}

std::string names_of(const Option& option) {
  const std::string value = value_of(option);
  return join(option.names(), ", ") + (value.empty() ? "" : " " + value) +
         (option.is_list() ? " …" : "");
}

/// A long list has room to be broken into lines.
std::string default_of(const Option& option) {
  constexpr std::size_t kLong = 40;
  const std::string& text = option.default_text();
  return option.is_list() && text.size() > kLong ? join(split(text, ','), ", ") : text;
}

std::string meaning_of(const Option& option) {
  std::string text = option.help();
  const std::string choices = join(option.choices(), ", ");
  if (option.shows_choices() && !option.choices().empty() &&
      value_of(option) == option.value_name())
    text += ": " + choices;
  if (option.is_required()) text += " (required)";
  if (!option.default_text().empty() && option.default_text() != "0")
    text += " (default " + default_of(option) + ")";
  return text;
}

std::string usage_of(const CommandRun& run) {
  std::string usage = "rung " + run.command().name + " [options]";
  for (const Option& option : run.options().all()) {
    if (!option.is_positional()) continue;
    const std::string name = option.key() + (option.is_list() ? "…" : "");
    usage += option.is_required() ? " " + name : " [" + name + "]";
  }
  return usage;
}

/// Headings in the order of their first option, those of every command last.
std::vector<std::string> headings_of(const Options& options) {
  std::vector<std::string> headings;
  for (const Option& option : options.all()) {
    const std::string& heading = option.group();
    if (heading != kCommonGroup &&
        std::find(headings.begin(), headings.end(), heading) == headings.end())
      headings.push_back(heading);
  }
  headings.emplace_back(kCommonGroup);
  return headings;
}

std::string entry(const std::string& names, const std::string& meaning) {
  constexpr std::size_t kIndent = kNamesWidth + 2;
  const std::string text = wrapped_text(meaning, kTextWidth, kIndent);
  const std::size_t width = 2 + display_width(names);
  if (width >= kIndent) return "  " + names + "\n" + text;
  return "  " + names + text.substr(width);
}

/// A line of a list, "  name    meaning", whose meaning stays in its column.
std::string list_line(const std::string& line) {
  const std::size_t name = line.find_first_not_of(' ');
  const std::size_t gap = std::min(line.find("  ", name), line.size());
  const std::size_t column = std::min(line.find_first_not_of(' ', gap), line.size());
  if (line.size() <= kTextWidth) return line + "\n";
  if (column == line.size()) return wrapped_text(line, kTextWidth, name);
  return line.substr(0, column) +
         wrapped_text(line.substr(column), kTextWidth, column).substr(column);
}

/// Sentences that were broken into lines, as paragraphs; what is indented stays as it is.
std::string footer_paragraphs(const std::string& footer) {
  std::string text, paragraph;
  const auto end_paragraph = [&] {
    if (!paragraph.empty()) text += wrapped_text(paragraph, kTextWidth);
    paragraph.clear();
  };
  for (const std::string& line : split(footer, '\n')) {
    const bool is_fixed = line.starts_with(' ');
    const bool ends_sentence = paragraph.ends_with('.') || paragraph.ends_with(':');
    if (is_fixed || ends_sentence) end_paragraph();
    if (is_fixed) {
      text += list_line(line);
    } else {
      paragraph += (paragraph.empty() ? "" : " ") + line;
    }
  }
  end_paragraph();
  return text;
}

/// For roff: a line never begins with its own signs.
std::string roff(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      if ((c == '.' || c == '\'') && (escaped.empty() || escaped.back() == '\n')) escaped += "\\&";
      escaped += c;
    }
  }
  return escaped;
}

std::string page_head(const std::string& name, const std::string& summary) {
  return fmt::format(".TH \"{}\" 1 \"\" \"rung {}\" \"Scaling laws\"\n.SH NAME\n{} \\- {}\n", name,
                     RUNG_VERSION, roff(name), roff(summary));
}

}  // namespace

std::string help_text(const CommandRun& run) {
  const Command& command = run.command();
  std::string text = wrapped_text("rung " + command.name + ": " + command.summary, kTextWidth) +
                     "\nUsage: " + usage_of(run) + "\n";
  if (!command.example.empty()) text += "Example:\n" + wrapped_text(command.example, kTextWidth, 2);
  for (const std::string& heading : headings_of(run.options())) {
    text += "\n" + heading + ":\n";
    if (heading == kCommonGroup) text += entry("-h, --help", "show this");
    for (const Option& option : run.options().all()) {
      if (option.group() == heading) text += entry(names_of(option), meaning_of(option));
    }
  }
  const std::string& footer = run.options().footer();
  return footer.empty() ? text : text + "\n" + footer_paragraphs(footer);
}

std::string manual_page(const CommandRun& run) {
  const Command& command = run.command();
  std::string name = "rung-" + command.name;
  std::replace(name.begin(), name.end(), ' ', '-');
  std::string page =
      page_head(name, command.summary) + ".SH SYNOPSIS\n.B " + roff(usage_of(run)) + "\n";
  for (const std::string& heading : headings_of(run.options())) {
    page += ".SH \"" + heading + "\"\n";
    for (const Option& option : run.options().all()) {
      if (option.group() == heading)
        page += ".TP\n.B " + roff(names_of(option)) + "\n" + roff(meaning_of(option)) + "\n";
    }
  }
  if (const std::string& footer = run.options().footer(); !footer.empty())
    page += ".SH NOTES\n" + roff(footer) + "\n";
  if (!command.example.empty()) page += ".SH EXAMPLES\n" + roff(command.example) + "\n";
  return page;
}

std::string manual_page() {
  std::string page =
      page_head("rung", "fits scaling laws and predicts big models from small ones") +
      ".SH SYNOPSIS\n.B rung COMMAND [options]\n";
  for (const CommandGroup& group : command_groups()) {
    page += ".SH \"" + group.heading + "\"\n";
    for (const Command& command : group.commands)
      page += ".TP\n.B " + roff(command.name) + "\n" + roff(command.summary) + "\n";
  }
  return page;
}

}  // namespace rung::app
