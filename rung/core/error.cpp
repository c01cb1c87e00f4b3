#include "rung/core/error.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"

namespace rung {
namespace {

Problem count_of(std::string file, std::size_t n) {
  return {{std::move(file)}, std::to_string(n) + " problems more", "", n};
}

/// One line a problem; those beyond kMostProblems are counted in a last line.
std::string joined(const std::vector<Problem>& problems) {
  std::string text;
  std::size_t n_more = 0;
  for (std::size_t i = kMostProblems; i < problems.size(); ++i) n_more += problems[i].n_problems;
  const std::size_t n_shown = n_more > 1 ? kMostProblems : problems.size();
  for (std::size_t i = 0; i < n_shown; ++i) text += (i > 0 ? "\n" : "") + problems[i].text();
  if (n_more <= 1) return text;
  const std::string& file = problems[kMostProblems].location.file;
  const bool one_file =
      std::all_of(problems.begin() + kMostProblems, problems.end(),
                  [&](const Problem& problem) { return problem.location.file == file; });
  return text + "\n" + count_of(one_file ? file : "", n_more).text();
}

std::vector<Problem> with_count(std::vector<Problem> problems, std::size_t n_more) {
  if (n_more > 0) problems.push_back(count_of(problems.back().location.file, n_more));
  return problems;
}

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

/// Long rows of digits with their middle left out: nobody counts them.
std::string with_short_numbers(const std::string& text) {
  constexpr std::size_t kMostDigits = 40, kBegin = 10, kEnd = 5;
  constexpr std::string_view kDigits = "0123456789";
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t digits = std::min(text.find_first_of(kDigits, begin), text.size());
    const std::size_t end = std::min(text.find_first_not_of(kDigits, digits), text.size());
    result += text.substr(begin, digits - begin);
    const std::string number = text.substr(digits, end - digits);
    result += number.size() <= kMostDigits
                  ? number
                  : number.substr(0, kBegin) + "…" + number.substr(number.size() - kEnd);
    begin = end;
  }
  return result;
}

/// Line breaks of names that come from files are written out: what follows one would pass for a
/// line of ours. An expression and the marks under it, with which a message ends, are lines.
std::string in_a_line(const std::string& text) {
  const std::size_t marks = text.rfind('\n');
  const std::size_t excerpt =
      marks == 0 || marks == text.npos ? text.npos : text.rfind('\n', marks - 1);
  if (excerpt == text.npos || text.find_first_not_of(" ^~", marks + 1) != text.npos)
    return shown(text, false);
  return shown(text.substr(0, excerpt), false) + text.substr(excerpt);
}

/// Names and excerpts come from files and may be of any length.
std::string shortened(const std::string& text) {
  constexpr std::size_t kMostOfLine = 500, kBegin = 300, kEnd = 100;
  std::string result;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = with_short_numbers(text.substr(begin, end - begin));
    if (line.size() > kMostOfLine)
      line = line.substr(0, kBegin) + " … " + line.substr(line.size() - kEnd);
    result += (begin > 0 ? "\n" : "") + line;
    begin = end + 1;
  }
  return result;
}

}  // namespace

std::string Problem::text() const {
  std::string text;
  if (!location.file.empty()) {
    text += in_a_line(location.file) + ":";
    if (location.line > 0) text += std::to_string(location.line) + ":";
    if (location.line > 0 && location.column > 0) text += std::to_string(location.column) + ":";
    text += " ";
  }
  text += "error: " + shortened(in_a_line(message));
  if (!hint.empty()) text += " (" + shortened(in_a_line(hint)) + ")";
  return text;
}

InputError::InputError(std::vector<Problem> problems, std::size_t n_more)
    : InputError(with_count(std::move(problems), n_more), Complete{}) {}

InputError::InputError(std::vector<Problem> problems, Complete)
    : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

InputError::InputError(Location location, std::string message, std::string hint)
    : InputError(std::vector<Problem>{{std::move(location), std::move(message), std::move(hint)}}) {
}

InputError::InputError(std::string message, std::string hint)
    : InputError(Location{}, std::move(message), std::move(hint)) {}

std::vector<std::string> nearest_names(const std::string& name,
                                       const std::vector<std::string>& known, std::size_t most) {
  struct Candidate {
    std::size_t distance;
    std::string name;
  };
  std::vector<Candidate> candidates;
  for (const std::string& candidate : known) {
    const bool contains = !name.empty() && candidate.find(name) != std::string::npos;
    const std::size_t distance = contains ? 1 : edit_distance(name, candidate);
    const std::size_t allowed =
        std::max<std::size_t>(2, std::max(name.size(), candidate.size()) / 3);
    const bool alike = contains || edit_distance(lower_case(name), lower_case(candidate)) <
                                       std::max(name.size(), candidate.size());
    if (alike && distance <= allowed) candidates.push_back({distance, candidate});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.distance < b.distance; });
  std::vector<std::string> names;
  for (const Candidate& candidate : candidates) {
    if (names.size() == most) break;
    if (std::find(names.begin(), names.end(), candidate.name) == names.end())
      names.push_back(candidate.name);
  }
  return names;
}

std::string did_you_mean(const std::string& name, const std::vector<std::string>& known) {
  std::string text;
  for (const std::string& near : nearest_names(name, known)) {
    text += (text.empty() ? "did you mean '" : " or '") + near + "'";
  }
  return text.empty() ? text : text + "?";
}

}  // namespace rung
