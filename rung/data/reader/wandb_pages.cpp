#include "rung/data/reader/wandb_pages.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "rung/core/text.hpp"
#include "rung/system/append_file.hpp"
#include "rung/system/file.hpp"

namespace rung {
namespace {

using PageJson = nlohmann::ordered_json;

std::string line_of(const HistoryPage& page) {
  return PageJson{{"begin", page.begin}, {"end", page.end}, {"rows", page.rows}}.dump() + "\n";
}

std::optional<HistoryPage> page_of(const std::string& line) {
  const PageJson json = PageJson::parse(line, nullptr, false);
  if (!json.is_object() || json.size() != 3) return std::nullopt;
  try {
    return HistoryPage{json.at("begin"), json.at("end"),
                       json.at("rows").get<std::vector<std::string>>()};
  } catch (const PageJson::exception&) {
    return std::nullopt;
  }
}

/// The step that a row says; rows are objects that Weights & Biases made.
std::optional<double> step_in(const std::string& row) {
  constexpr std::string_view kKey = "\"_step\":";
  const std::size_t at = row.find(kKey);
  if (at == std::string::npos) return std::nullopt;
  const std::string_view left = std::string_view(row).substr(at + kKey.size());
  return parse_double(trimmed(left.substr(0, left.find_first_of(",}"))));
}

}  // namespace

HistoryRows::HistoryRows(std::filesystem::path file) : file_(std::move(file)) {
  if (file_.empty() || !file_exists(file_)) return;
  const std::string content = read_file(file_);
  std::string whole;
  for (const std::string& line : split(content, '\n')) {
    const auto page = page_of(line);
    if (!page) continue;
    take(*page);
    whole += line + "\n";
  }
  if (whole != content) write_file(file_, whole);
}

bool HistoryRows::has(double begin, double end) const {
  const auto found = pages_.find(begin);
  return found != pages_.end() && found->second >= end;
}

void HistoryRows::add(const HistoryPage& page) {
  if (!file_.empty()) append_to_file(file_, line_of(page));
  take(page);
}

void HistoryRows::take(const HistoryPage& page) {
  double& end = pages_[page.begin];
  end = std::max(end, page.end);
  for (const std::string& row : page.rows) {
    if (const auto step = step_in(row)) rows_[*step] = row;
  }
}

}  // namespace rung
