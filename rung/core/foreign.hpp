#pragma once
/// Files that no reader here reads, by what they are.

#include <string>
#include <string_view>

namespace rung {

/// InputError that names what `content` is, with a hint at how to make a table of it, where it is
/// a known format of others (Parquet, a spreadsheet, an archive, a picture, …), text in UTF-16, or
/// binary at all.
void refuse_foreign(std::string_view content, const std::string& source);

/// Of known formats alone, where no table is read: "this is a zip archive, where TOML is needed".
void refuse_foreign(std::string_view content, const std::string& source, std::string_view needed);

/// Does it begin with bytes that text doesn't hold: control characters other than blanks and line
/// ends?
bool looks_binary(std::string_view content);

/// Is there a NUL near its begin?
bool begins_with_nul(std::string_view content);

}  // namespace rung
