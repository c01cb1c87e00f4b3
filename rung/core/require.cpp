#include "rung/core/require.hpp"

#include <cmath>
#include <string>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

[[noreturn]] void fail(const char* option, double value, const std::string& accepted) {
  throw InputError(std::string(option) + ": '" + shortest(value) + "' is not a number " + accepted);
}

}  // namespace

void require_within(const char* option, double value, double least, double most) {
  if (!(value >= least && value <= most))
    fail(option, value, "of " + shortest(least) + " to " + shortest(most));
}

void require_at_least(const char* option, double value, double least) {
  if (!(value >= least)) fail(option, value, "of " + shortest(least) + " or more");
}

void require_whole(const char* option, double value, double least) {
  if (!(value >= least) || value != std::trunc(value))
    throw InputError(std::string(option) + ": '" + shortest(value) + "' is not a whole number of " +
                     shortest(least) + " or more");
}

void require_positive(const char* option, double value) {
  if (!(value > 0) || !std::isfinite(value)) fail(option, value, "above 0");
}

void require_level(double level) {
  if (!(level > 0 && level < 1)) fail("--level", level, "between 0 and 1");
}

}  // namespace rung
