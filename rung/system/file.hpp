#pragma once
/// The only place that opens files.

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace rung {

/// The whole file; "-" is standard input, "published:NAME/FILE" a table that ships with the library
/// (published.hpp). InputError when it can't be read, naming the reason and, where the folder has
/// them, the nearest file names.
std::string read_file(const std::filesystem::path& path);

/// How a file begins: at most `most_bytes` of it.
std::string read_head(const std::filesystem::path& path, std::size_t most_bytes);

/// Is there such a file to read?
bool file_exists(const std::filesystem::path& path);
/// Is there such a file or folder?
bool path_exists(const std::filesystem::path& path);
/// Do both name one file, as 'a' and './a' or a link to it do, be it there or not?
bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b);
/// The path from the root; names of published tables stay as they are.
std::filesystem::path absolute_path(const std::filesystem::path& path);

/// All or nothing: writes beside the target and renames. "-" is standard output. InputError when it
/// can't be written; the old file then stands as it was.
void write_file(const std::filesystem::path& path, std::string_view content);

/// Lower-case hexadecimal SHA-256.
std::string sha256(std::string_view content);
/// The same of a file of any size, which is not held in memory.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace rung
