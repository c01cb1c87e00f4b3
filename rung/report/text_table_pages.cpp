// Tables for pages: Markdown, LaTeX, HTML.

#include <algorithm>
#include <cmath>

#include "rung/core/text.hpp"
#include "rung/report/text_table.hpp"

namespace rung {
namespace {

std::string latex_escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
      case '%':
      case '$':
      case '#':
      case '_':
      case '{':
      case '}':
        escaped += '\\';
        escaped += c;
        break;
      case '\\':
        escaped += "\\textbackslash{}";
        break;
      case '~':
        escaped += "\\textasciitilde{}";
        break;
      case '^':
        escaped += "\\textasciicircum{}";
        break;
      case '<':
        escaped += "\\textless{}";
        break;
      case '>':
        escaped += "\\textgreater{}";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

/// A hyphen before a digit is a minus sign in a table of numbers.
std::string latex_number(const std::string& text) {
  return text.starts_with('-') && text.size() > 1 ? "$-$" + latex_escaped(text.substr(1))
                                                  : latex_escaped(text);
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    if (letter == '&') {
      escaped += "&amp;";
    } else if (letter == '<') {
      escaped += "&lt;";
    } else if (letter == '>') {
      escaped += "&gt;";
    } else if (letter == '"') {
      escaped += "&quot;";
    } else {
      escaped += letter;
    }
  }
  return escaped;
}

std::string TextTable::markdown() const {
  const std::vector<bool> right = right_aligned();
  std::vector<std::string> headers, rule;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const TextColumn& column = columns_[i];
    headers.push_back(column.group.empty() ? column.header : column.group + " " + column.header);
    rule.emplace_back(right[i] ? "---:" : "---");
  }
  const auto line = [](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const std::string& cell : cells) {
      text += ' ';
      for (const char c : cell) text += c == '|' ? "\\|" : std::string(1, c);
      text += " |";
    }
    return text + '\n';
  };
  std::string text = line(headers) + line(rule);
  for (const auto& cells : shown_cells("")) text += line(cells);
  return text;
}

std::string TextTable::latex_titles() const {
  std::vector<std::string> fields;
  std::string rules;
  for (const Group& group : groups()) {
    if (group.title.empty()) {
      fields.insert(fields.end(), group.n_columns, "");
      continue;
    }
    fields.push_back("\\multicolumn{" + std::to_string(group.n_columns) + "}{c}{" +
                     latex_escaped(group.title) + "}");
    rules += "\\cmidrule(lr){" + std::to_string(group.first + 1) + "-" +
             std::to_string(group.first + group.n_columns) + "}";
  }
  return rules.empty() ? "" : join(fields, " & ") + " \\\\\n" + rules + "\n";
}

std::string TextTable::latex() const {
  const std::vector<bool> right = right_aligned();
  std::string letters;
  std::vector<std::string> fields;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    letters += right[i] ? 'r' : 'l';
    fields.push_back(latex_escaped(columns_[i].header));
  }
  std::string latex = "\\begin{tabular}{" + letters + "}\n\\toprule\n" + latex_titles() +
                      join(fields, " & ") + " \\\\\n\\midrule\n";
  const std::vector<std::vector<std::string>> shown = shown_cells("--");
  for (std::size_t row = 0; row < shown.size(); ++row) {
    if (row > 0 && std::count(rules_.begin(), rules_.end(), row) > 0) latex += "\\midrule\n";
    fields.clear();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const bool number = std::holds_alternative<double>(rows_[row][i]);
      fields.push_back(number ? latex_number(shown[row][i]) : latex_escaped(shown[row][i]));
    }
    latex += join(fields, " & ") + " \\\\\n";
  }
  return latex + "\\bottomrule\n\\end{tabular}\n";
}

std::string TextTable::html() const {
  const std::vector<bool> right = right_aligned();
  std::string html = "<table>\n<thead>\n";
  std::string titles;
  bool any_title = false;
  for (const Group& group : groups()) {
    any_title = any_title || !group.title.empty();
    titles += "<th colspan=\"" + std::to_string(group.n_columns) + "\">" +
              html_escaped(group.title) + "</th>";
  }
  if (any_title) html += "<tr>" + titles + "</tr>\n";
  html += "<tr>";
  for (const TextColumn& column : columns_) html += "<th>" + html_escaped(column.header) + "</th>";
  html += "</tr>\n</thead>\n<tbody>\n";
  for (const std::vector<std::string>& cells : shown_cells("")) {
    html += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      html += (right[i] ? "<td class=\"number\">" : "<td>") + html_escaped(cells[i]) + "</td>";
    }
    html += "</tr>\n";
  }
  return html + "</tbody>\n</table>\n";
}

}  // namespace rung
