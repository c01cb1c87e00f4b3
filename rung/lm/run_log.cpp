#include "rung/lm/run_log.hpp"

#include <algorithm>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/system/append_file.hpp"
#include "rung/system/file.hpp"

namespace rung::lm {
namespace {

/// Cells are numbers and names of columns, which hold no commas.
struct Cells {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  // as long as the header each
};

Cells read_cells(const std::filesystem::path& path) {
  Cells cells;
  const std::string content = read_file(path);
  const std::vector<std::string> lines = split(content, '\n');
  cells.header = split(lines.front(), ',');
  if (cells.header.front() != kStepColumn)
    throw InputError(Location{path.string(), 1}, "it is no log of a training run",
                     "its first column would be " + std::string(kStepColumn));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    // A run that was killed may have left half a line, which is not one that is kept.
    if (std::vector<std::string> row = split(lines[i], ','); row.size() == cells.header.size())
      cells.rows.push_back(std::move(row));
  }
  return cells;
}

std::string text_of(const Cells& cells) {
  std::string text = join(cells.header, ",") + "\n";
  for (const auto& row : cells.rows) text += join(row, ",") + "\n";
  return text;
}

std::int64_t step_of(const std::vector<std::string>& row) {
  return static_cast<std::int64_t>(parse_double(row.front()).value_or(-1));
}

}  // namespace

void RunLog::keep_to(std::int64_t step) {
  if (!file_exists(path_)) return;
  Cells cells = read_cells(path_);
  std::erase_if(cells.rows, [&](const auto& row) { return step_of(row) > step; });
  write_file(path_, text_of(cells));
}

void RunLog::add(const LogRow& row) {
  std::vector<std::string> names, values;
  for (const auto& [name, value] : row) {
    names.push_back(name);
    values.push_back(shortest(value));
  }
  std::string text;
  if (!file_exists(path_)) text = join(names, ",") + "\n";
  append_to_file(path_, text + join(values, ",") + "\n");
}

void RunLog::merge(const LogRow& values) {
  if (!file_exists(path_)) return add(values);
  Cells cells = read_cells(path_);
  const auto step = static_cast<std::int64_t>(values.front().second);
  auto row = std::find_if(cells.rows.begin(), cells.rows.end(),
                          [&](const auto& each) { return step_of(each) >= step; });
  if (row == cells.rows.end() || step_of(*row) != step)
    row = cells.rows.insert(row, std::vector<std::string>(cells.header.size()));
  const auto index = static_cast<std::size_t>(row - cells.rows.begin());
  for (const auto& [name, value] : values) {
    const auto column = std::find(cells.header.begin(), cells.header.end(), name);
    const auto place = static_cast<std::size_t>(column - cells.header.begin());
    if (place == cells.header.size()) {
      cells.header.push_back(name);
      for (auto& each : cells.rows) each.emplace_back();
    }
    cells.rows[index][place] = shortest(value);
  }
  write_file(path_, text_of(cells));
}

std::vector<LogRow> RunLog::rows() const {
  std::vector<LogRow> rows;
  if (!file_exists(path_)) return rows;
  const Cells cells = read_cells(path_);
  for (const auto& cell_row : cells.rows) {
    LogRow row;
    for (std::size_t i = 0; i < cell_row.size(); ++i) {
      if (const auto value = parse_double(cell_row[i])) row.emplace_back(cells.header[i], *value);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace rung::lm
