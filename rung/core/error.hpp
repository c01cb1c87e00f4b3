#pragma once
/// What went wrong in what the user gave: where it stands, what it is, what to do about it.

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace rung {

/// A place in an input. Line and column count from 1; 0 means "not known".
struct Location {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
};

/// One thing wrong with an input.
struct Problem {
  Location location;
  std::string message;
  std::string hint;            // what the user can do; may be empty
  std::size_t n_problems = 1;  // more where this line only counts them

  /// "runs.csv:14:7: error: message (hint)", leaving out what is not known.
  std::string text() const;
};

/// How many problems an error shows, and so how many are worth keeping; the others it counts.
inline constexpr std::size_t kMostProblems = 10;

/// Bad input or bad usage, with every problem found and not only the first. The command exits
/// with 2.
class InputError : public std::runtime_error {
 public:
  /// `n_more`: problems of the same file that are not in the list.
  explicit InputError(std::vector<Problem> problems, std::size_t n_more = 0);
  InputError(Location location, std::string message, std::string hint = "");
  explicit InputError(std::string message, std::string hint = "");

  const std::vector<Problem>& problems() const { return problems_; }

 private:
  struct Complete {};
  InputError(std::vector<Problem> problems, Complete);

  std::vector<Problem> problems_;
};

/// The known names nearest to a mistyped one, best first, at most `most`, none that is far off.
std::vector<std::string> nearest_names(const std::string& name,
                                       const std::vector<std::string>& known, std::size_t most = 3);

/// "did you mean 'a' or 'b'?", or "" when nothing is near.
std::string did_you_mean(const std::string& name, const std::vector<std::string>& known);

}  // namespace rung
