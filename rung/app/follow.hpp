#pragma once
/// Files that grow, looked at again and again.

#include <functional>
#include <string>
#include <vector>

#include "rung/app/context.hpp"

namespace rung::app {

struct FollowOptions {
  bool follows = false;
  double every_seconds = 2;    // between two looks
  double give_up_seconds = 0;  // ends where nothing was written for so long; 0: never
};

/// One look: the text to show, and whether there is nothing more to wait for.
struct Look {
  std::string text;
  bool is_over = false;
};

/// Shows on standard error what `look` makes of the sources, whenever they have changed, until it
/// is over, nothing was written for long, or Ctrl-C. On a terminal each picture takes the place of
/// the one before. A look that fails, as at a file that isn't there yet or whose last line is half
/// written, is tried again, and its error shown.
void follow(CommandContext& context, const std::vector<std::string>& sources,
            const FollowOptions& options, const std::function<Look()>& look);

/// Columns of the terminal that pictures go to, else 80.
int picture_width();

}  // namespace rung::app
