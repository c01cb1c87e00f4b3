#include "rung/report/document.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/core/wrapped.hpp"

namespace rung {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

std::string with_line_end(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text + "\n";
}

bool is_empty(const Block& block) {
  return std::visit(Overloaded{[](const Heading& heading) { return heading.text.empty(); },
                               [](const Paragraph& paragraph) { return paragraph.text.empty(); },
                               [](const TextTable& table) { return table.n_rows() == 0; },
                               [](const Notes& notes) { return notes.notes.empty(); },
                               [](const Preformatted& lines) { return lines.text.empty(); },
                               [](const CaptionedTable&) { return false; }},
                    block);
}

std::string lines_of(const std::string& text) { return text.empty() ? "" : with_line_end(text); }

/// Its parts in another form, with an empty line between them.
std::string parts_of(const CaptionedTable& captioned, const std::string& table) {
  std::string text = lines_of(captioned.above);
  text += (text.empty() ? "" : "\n") + table;
  return text + (captioned.below.empty() ? "" : "\n" + lines_of(captioned.below));
}

std::string html_paragraph(const std::string& text) {
  return text.empty() ? "" : "<p>" + html_escaped(text) + "</p>\n";
}

std::string note_lines(const Notes& notes) {
  std::string text;
  for (const std::string& note : notes.notes) text += "note: " + note + "\n";
  return text;
}

/// The blocks' texts with an empty line between them.
template <class Write>
std::string joined(const Document& document, const Write& write) {
  std::string text;
  for (const Block& block : document.blocks) {
    const std::string part = std::visit(write, block);
    if (part.empty()) continue;
    text += (text.empty() ? "" : "\n") + part;
  }
  return text;
}

constexpr const char* kPageHead =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n"
    "<style>body{font:16px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;margin:1em 0}th,td{padding:.2em .8em;text-align:left}"
    "thead{border-bottom:1px solid}td.number{text-align:right}</style>\n";

}  // namespace

Document::Document() : results_(std::make_shared<const Json>(Json::array())) {}

Document& Document::add(Block block) {
  // A line each, whatever is in a name.
  if (auto* heading = std::get_if<Heading>(&block)) heading->text = shown(heading->text, false);
  if (auto* notes = std::get_if<Notes>(&block)) {
    for (std::string& note : notes->notes) note = shown(note, false);
  }
  if (!is_empty(block)) blocks.push_back(std::move(block));
  return *this;
}

Document& Document::set_results(Json results) {
  results_ = std::make_shared<const Json>(std::move(results));
  return *this;
}

std::string text_of(const Document& document, std::size_t most_columns) {
  const auto lines = [most_columns](const std::string& text) {
    return wrapped_lines(lines_of(text), most_columns);
  };
  return joined(
      document,
      Overloaded{[&](const Heading& heading) { return lines(heading.text); },
                 [&](const Paragraph& paragraph) { return lines(paragraph.text); },
                 [&](const TextTable& table) { return table.text(most_columns); },
                 [&](const Notes& notes) { return wrapped_lines(note_lines(notes), most_columns); },
                 [](const Preformatted& preformatted) { return with_line_end(preformatted.text); },
                 [&](const CaptionedTable& captioned) {
                   return lines(captioned.above) + captioned.table.text(most_columns) +
                          lines(captioned.below);
                 }});
}

std::string csv_of(const Document& document) {
  return document.rows.columns().empty() ? "" : document.rows.csv();
}

std::string latex_of(const Document& document) {
  std::string text;
  for (const Block& block : document.blocks) {
    if (const auto* table = std::get_if<TextTable>(&block)) text += table->latex();
    const auto* captioned = std::get_if<CaptionedTable>(&block);
    if (captioned && captioned->in_latex) text += captioned->table.latex();
  }
  return text;
}

std::string markdown_of(const Document& document) {
  return joined(document,
                Overloaded{[](const Heading& heading) { return "## " + heading.text + "\n"; },
                           [](const Paragraph& paragraph) { return with_line_end(paragraph.text); },
                           [](const TextTable& table) { return table.markdown(); },
                           [](const Notes& notes) {
                             std::string text;
                             for (const std::string& note : notes.notes) text += "- " + note + "\n";
                             return text;
                           },
                           [](const Preformatted& lines) {
                             return "```text\n" + with_line_end(lines.text) + "```\n";
                           },
                           [](const CaptionedTable& captioned) {
                             return parts_of(captioned, captioned.table.markdown());
                           }});
}

std::string html_of(const Document& document, const std::string& title) {
  std::string head = kPageHead;
  head.replace(head.find("{}"), 2, html_escaped(title));
  return head +
         joined(document, Overloaded{[](const Heading& heading) {
                                       return "<h2>" + html_escaped(heading.text) + "</h2>\n";
                                     },
                                     [](const Paragraph& paragraph) {
                                       return "<p>" + html_escaped(paragraph.text) + "</p>\n";
                                     },
                                     [](const TextTable& table) { return table.html(); },
                                     [](const Notes& notes) {
                                       std::string text = "<ul>\n";
                                       for (const std::string& note : notes.notes)
                                         text += "<li>" + html_escaped(note) + "</li>\n";
                                       return text + "</ul>\n";
                                     },
                                     [](const Preformatted& lines) {
                                       return "<pre>" + html_escaped(lines.text) + "</pre>\n";
                                     },
                                     [](const CaptionedTable& captioned) {
                                       return html_paragraph(captioned.above) +
                                              captioned.table.html() +
                                              html_paragraph(captioned.below);
                                     }}) +
         "</html>\n";
}

}  // namespace rung
