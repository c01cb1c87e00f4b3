#pragma once
/// Laws with a part that stands as often as the data want: mixtures of any number of domains.
///
/// A law's file says `repeated = { times = 2, called = 3, most = 8 }`. An input or a parameter with
/// a # in its name then stands for `times` of them, numbered from 1, and sum#(...) in the formula
/// for the sum of that many terms. "NAME-5" is the law with so many more or fewer as 5 is from
/// `called`.

#include <optional>
#include <string>
#include <string_view>

namespace rung {

struct Repeated {
  int times = 1, called = 1, most = 1;
};

/// "h#" with its number: "h3".
std::string numbered(std::string text, int number);

/// The formula with its sums written out. InputError for one without an end.
std::string with_sums(const std::string& formula, int times);

/// "mixture-additive-4" is 4 of "mixture-additive"; absent where no number stands behind.
struct CountedName {
  std::string stem;
  int count = 0;
};
std::optional<CountedName> counted_name(std::string_view name);

}  // namespace rung
