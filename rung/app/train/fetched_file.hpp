#pragma once
/// Files that are named by where they are published.

#include <string>

#include "rung/app/context.hpp"

namespace rung::app {

/// The path as it is; of a URL, the path of the file in the cache, fetched where it is not there.
/// InputError with how to bring it by hand where it can't be fetched.
std::string fetched_file(CommandContext& context, const std::string& path_or_url);

}  // namespace rung::app
