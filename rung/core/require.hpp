#pragma once
/// What a request's validate() says of a number: InputError naming the option, its value and what
/// it must be, in the words of the command line (rung/core/options.hpp).

namespace rung {

/// Both ends are allowed.
void require_within(const char* option, double value, double least, double most);

void require_at_least(const char* option, double value, double least);

/// Without a fraction.
void require_whole(const char* option, double value, double least);

/// Above 0, and finite.
void require_positive(const char* option, double value);

/// A probability that intervals stand for: between 0 and 1, neither of them.
void require_level(double level);

}  // namespace rung
