#pragma once
/// A regular expression by which a user picks names.

#include <memory>
#include <string>
#include <string_view>

namespace rung {

class Pattern {
 public:
  /// As Perl and ECMAScript write it. InputError, naming the option, where it is none.
  Pattern(std::string text, std::string option);

  /// Anywhere in the name; an empty expression is found in all. InputError where the expression
  /// tries too many ways, which may double with each character.
  bool is_found_in(std::string_view name) const;

 private:
  std::string text_, option_;
  std::shared_ptr<void> code_;
};

}  // namespace rung
