#pragma once
/// How what the system says of a file becomes an InputError.

#include <filesystem>
#include <string>

namespace rung {

/// "PATH: error: WHAT: No such file or directory", for an errno.
[[noreturn]] void fail_at(const std::filesystem::path& path, const std::string& what, int error,
                          std::string hint = "");

/// "there is no folder 'x'" or the nearest names beside the missing file.
std::string hint_for_missing(const std::filesystem::path& path);

}  // namespace rung
