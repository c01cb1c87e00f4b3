#pragma once
/// The tables of published measurements that ship with the library (rung/data/published). Each has
/// a name wherever a file to read may be named: "published:olmo-ladder/configs/final.json".

#include <filesystem>
#include <string>

namespace rung {

/// Is it such a name, of a file or a folder, whether there is one or not?
bool is_published(const std::filesystem::path& path);

/// What the file holds, unpacked. InputError with the nearest names where none of that name ships.
std::string read_published(const std::filesystem::path& path);

bool published_file_exists(const std::filesystem::path& path);
bool published_folder_exists(const std::filesystem::path& path);

}  // namespace rung
