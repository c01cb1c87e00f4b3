#pragma once
#include <filesystem>
#include <string_view>

namespace rung {

/// Writes to the end of a file, which is made with its folders where it isn't there. InputError
/// where that can't be.
void append_to_file(const std::filesystem::path& path, std::string_view content);

}  // namespace rung
