#pragma once
/// Compressed texts.

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace rung {

/// Does it begin as gzip does?
bool is_gzip(std::string_view content);

/// What was compressed, all members of it. InputError where it is damaged, ends too early, or holds
/// more than `most_bytes`: 5 MB can hold gigabytes. `source` is its name there.
std::string gunzip(std::string_view content, const std::string& source,
                   std::size_t most_bytes = std::numeric_limits<std::size_t>::max());

/// How the text begins, as far as its compressed beginning says: at most `most_bytes`. What is
/// damaged ends it.
std::string gunzip_head(std::string_view content, std::size_t most_bytes);

/// For tests and for writing: one member.
std::string gzip(std::string_view content);

}  // namespace rung
