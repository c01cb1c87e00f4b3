// One object a line. Blank lines are passed over; every line that isn't JSON is reported.
#include <algorithm>
#include <deque>

#include "rung/core/text.hpp"
#include "rung/data/reader/format.hpp"
#include "rung/data/reader/json_cells.hpp"
#include "rung/data/reader/json_table.hpp"

namespace rung {
namespace {

/// More than one line, the first of which is an object whole.
Likeness likeness(std::string_view content) {
  const std::string_view line = first_line(content);
  if (!line.starts_with('{') || !trimmed(line).ends_with('}')) return Likeness::none;
  const std::string_view rest =
      content.substr(static_cast<std::size_t>(line.data() + line.size() - content.data()));
  return first_line(rest).starts_with('{') ? Likeness::certain : Likeness::none;
}

struct Line {
  Value value;
  std::size_t lines_before;
};

std::deque<Line> parse_lines(std::string_view rest, const std::string& source) {
  std::deque<Line> lines;
  std::vector<Problem> problems;
  std::size_t n_more = 0;
  for (std::size_t before = 0; !rest.empty(); ++before) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (trimmed(line).empty()) continue;
    try {
      lines.push_back({parse_json_cells(line, source), before});
    } catch (const InputError& error) {
      if (problems.size() == kMostProblems) {
        ++n_more;
        continue;
      }
      Problem problem = error.problems().front();
      problem.location.line = before + 1;  // the line's own error speaks of line 1
      problems.push_back(std::move(problem));
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems), n_more);
  return lines;
}

Table read(const std::string& content, const std::string& source, const TableOptions& options) {
  std::string_view text = content;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::deque<Line> lines = parse_lines(text, source);
  JsonTable table(source, options);
  for (const Line& line : lines) table.add_row(line.value, line.lines_before);
  return table.finish(content.size());
}

}  // namespace

Format format_jsonl();
Format format_jsonl() {
  return {"jsonl", "a JSON object a line", {".jsonl", ".ndjson", ".json"}, likeness, read};
}

}  // namespace rung
