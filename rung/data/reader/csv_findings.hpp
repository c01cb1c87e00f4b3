#pragma once
/// What is wrong with a CSV text, found at a byte of it: lines and columns are counted only when
/// there is something to report.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rung::csv {

struct Finding {
  const char* at;
  std::string message;
  std::string hint = "";
};

/// Keeps as many as an error shows and counts the others; those kept are the first ones, if they
/// come in order.
class Findings {
 public:
  void add(Finding finding);
  void add(Findings more);
  bool empty() const { return first_.empty(); }

  /// InputError with those there are, by place in `content`; nothing where there are none.
  void report(std::string_view content, const std::string& source) const;

 private:
  std::vector<Finding> first_;
  std::size_t n_more_ = 0;
};

std::size_t count_line_ends(const char* begin, const char* end);

}  // namespace rung::csv
