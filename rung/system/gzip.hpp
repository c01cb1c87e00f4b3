#pragma once
/// Compressed texts.

#include <string>
#include <string_view>

namespace rung {

/// Does it begin as gzip does?
bool is_gzip(std::string_view content);

/// What was compressed, all members of it. InputError where it is damaged or ends too early;
/// `source` is its name there.
std::string gunzip(std::string_view content, const std::string& source);

/// For tests and for writing: one member.
std::string gzip(std::string_view content);

}  // namespace rung
