#include "rung/data/reader/score_values.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/instant.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/format.hpp"
#include "rung/data/reader/json_cells.hpp"

namespace rung {
namespace {

constexpr std::string_view kStderr = "_stderr";

/// "acc,none" -> "acc" and "none"; "acc" -> "acc" and "".
struct Key {
  std::string_view metric, filter;
};

Key key_of(std::string_view key) {
  const std::size_t comma = key.find(',');
  if (comma == std::string_view::npos) return {key, {}};
  return {key.substr(0, comma), key.substr(comma + 1)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Clocks in names have dashes: "T10-11-12".
std::string with_colons(std::string text) {
  constexpr std::size_t kTime = std::string_view("2024-05-21T").size();
  for (std::size_t i = kTime; i < text.size(); ++i) {
    if (text[i] == '-') text[i] = ':';
  }
  return text;
}

}  // namespace

std::optional<double> number_under(const Value& object, std::string_view key) {
  const Value* const value = object.find(key);
  if (!value || value->text() || !is_number(*value)) return {};
  const double number = number_in(value);
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::string text_under(const Value& object, std::string_view key) {
  const Value* const value = object.find(key);
  return value && value->text() ? *value->text() : "";
}

std::string harness_metric(std::string_view text) {
  const Key key = key_of(text);
  std::string name(key.metric);
  if (!key.filter.empty() && key.filter != "none") name += ":" + std::string(key.filter);
  return name;
}

void add_metrics(const Value& metrics, const Score& common, std::vector<Score>& scores) {
  for (const Member& member : *metrics.table()) {
    const Key key = key_of(member.key);
    const auto value = number_under(metrics, member.key);
    if (!value || key.metric.ends_with(kStderr) || trimmed(key.metric).empty()) continue;
    Score score = common;
    score.metric = harness_metric(member.key);
    score.value = *value;
    const std::string filter = key.filter.empty() ? "" : "," + std::string(key.filter);
    score.stderror = number_under(metrics, std::string(key.metric) + std::string(kStderr) + filter);
    scores.push_back(std::move(score));
  }
}

std::optional<double> date_in(std::string_view name) {
  constexpr std::size_t kDay = std::string_view("2024-05-21").size();
  for (std::size_t at = 0; at + kDay <= name.size(); ++at) {
    if (at > 0 && is_digit(name[at - 1])) continue;
    std::size_t end = at;
    while (end < name.size() && (is_digit(name[end]) || std::string_view("-T:.").find(name[end]) !=
                                                            std::string_view::npos))
      ++end;
    std::string text = with_colons(std::string(name.substr(at, end - at)));
    while (!text.empty() && !is_digit(text.back())) text.pop_back();
    for (const std::string& candidate : {text, text.substr(0, kDay)}) {
      if (const auto instant = parse_instant(candidate)) return instant->seconds();
    }
  }
  return {};
}

void each_json(const std::string& content, const std::string& source,
               const std::function<void(const Value&, std::size_t line)>& read) {
  if (find_format("jsonl").likeness(content) != Likeness::certain) {
    read(parse_json_cells(content, source), 1);
    return;
  }
  std::vector<Problem> problems;
  std::size_t number = 0;
  for (std::string_view rest = content; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    ++number;
    if (trimmed(line).empty()) continue;
    try {
      read(parse_json_cells(line, source), number);
    } catch (const InputError& error) {
      for (Problem problem : error.problems()) {
        problem.location.line = number;
        problems.push_back(std::move(problem));
      }
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

void Mean::add(double value) {
  n_ += 1;
  const double off = value - mean_;
  mean_ += off / n_;
  squares_ += off * (value - mean_);
}

std::optional<double> Mean::stderror() const {
  if (n_ < 2) return {};
  return std::sqrt(squares_ / (n_ - 1) / n_);
}

}  // namespace rung
