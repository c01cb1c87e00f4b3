#include "rung/core/pattern.hpp"

#include <cstddef>
#include <iterator>
#include <utility>

#include "rung/core/error.hpp"

namespace rung {
namespace {

constexpr std::size_t kMostSearched = 1000;
constexpr std::size_t kMostLooks = 20'000'000;

struct TooManyLooks {};

/// A place in a text that counts how often any of its copies is looked at.
class CountedPlace {
 public:
  using iterator_category = std::bidirectional_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountedPlace() = default;
  CountedPlace(const char* at, std::size_t* n_looks) : at_(at), n_looks_(n_looks) {}
  reference operator*() const {
    if (++*n_looks_ > kMostLooks) throw TooManyLooks();
    return *at_;
  }
  CountedPlace& operator++() {
    ++at_;
    return *this;
  }
  CountedPlace operator++(int) {
    CountedPlace before = *this;
    ++at_;
    return before;
  }
  CountedPlace& operator--() {
    --at_;
    return *this;
  }
  CountedPlace operator--(int) {
    CountedPlace before = *this;
    --at_;
    return before;
  }
  bool operator==(const CountedPlace& other) const { return at_ == other.at_; }
  bool operator!=(const CountedPlace& other) const { return at_ != other.at_; }

 private:
  const char* at_ = nullptr;
  std::size_t* n_looks_ = nullptr;
};

std::regex regex_of(const std::string& text, const std::string& option) {
  try {
    return std::regex(text, std::regex::ECMAScript);
  } catch (const std::regex_error&) {
    throw InputError(option + ": '" + text + "' is no regular expression",
                     "such as '^190M' or 'loss|acc'");
  }
}

}  // namespace

Pattern::Pattern(std::string text, std::string option)
    : text_(std::move(text)), option_(std::move(option)), regex_(regex_of(text_, option_)) {}

bool Pattern::is_found_in(std::string_view name) const {
  if (text_.empty()) return true;
  name = name.substr(0, kMostSearched);
  std::size_t n_looks = 0;
  try {
    return std::regex_search(CountedPlace(name.data(), &n_looks),
                             CountedPlace(name.data() + name.size(), &n_looks), regex_);
  } catch (const TooManyLooks&) {
    throw InputError(
        option_ + ": '" + text_ + "' takes too long on the name '" + std::string(name) + "'",
        "leave out a repetition within a repetition");
  }
}

}  // namespace rung
