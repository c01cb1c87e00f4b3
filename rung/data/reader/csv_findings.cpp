#include "rung/data/reader/csv_findings.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "rung/core/error.hpp"

namespace rung::csv {
namespace {

Location locate(std::string_view content, const std::string& source, const char* at) {
  const std::string_view before = content.substr(0, static_cast<std::size_t>(at - content.data()));
  const std::size_t line_begin = before.rfind('\n') + 1;
  return {source, 1 + count_line_ends(content.data(), at), before.size() - line_begin + 1};
}

}  // namespace

/// In blocks that a byte can count, which compilers turn into byte-wide vector sums: several times
/// as fast as memchr on short rows or std::count.
std::size_t count_line_ends(const char* begin, const char* end) {
  constexpr std::ptrdiff_t kBlock = 240;
  std::size_t n = 0;
  while (begin != end) {
    const char* const block_end = begin + std::min(kBlock, end - begin);
    std::uint8_t n_in_block = 0;
    for (; begin != block_end; ++begin) {
      n_in_block = static_cast<std::uint8_t>(n_in_block + (*begin == '\n'));
    }
    n += n_in_block;
  }
  return n;
}

void Findings::add(Finding finding) {
  if (first_.size() < kMostProblems) {
    first_.push_back(std::move(finding));
  } else {
    ++n_more_;
  }
}

void Findings::add(Findings more) {
  for (Finding& finding : more.first_) add(std::move(finding));
  n_more_ += more.n_more_;
}

void Findings::report(std::string_view content, const std::string& source) const {
  if (first_.empty()) return;
  std::vector<Finding> sorted = first_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Finding& a, const Finding& b) { return a.at < b.at; });
  std::vector<Problem> problems;
  for (Finding& finding : sorted) {
    problems.push_back(
        {locate(content, source, finding.at), std::move(finding.message), std::move(finding.hint)});
  }
  throw InputError(std::move(problems), n_more_);
}

}  // namespace rung::csv
