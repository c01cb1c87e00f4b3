#pragma once
/// A file format, and the list of them: rung/data/reader/formats/NAME.cpp defines
/// `Format format_NAME()`, and nothing else names it (docs/decisions/0005).

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rung/data/table.hpp"
#include "rung/data/table_options.hpp"

namespace rung {

/// How much a content looks like a format.
enum class Likeness {
  none,      // by its ending, or asked for, at most
  possible,  // it may be
  likely,    // it begins as this format does
  certain,   // nothing else looks like this
};

struct Format {
  std::string name;                  // of --format
  std::string description;           // "comma-separated values"
  std::vector<std::string> endings;  // ".csv", which may stand before ".gz"
  Likeness (*likeness)(std::string_view content);
  Table (*read)(const std::string& content, const std::string& source, const TableOptions& options);
  /// Reads a plain file without its whole content; absent where that can't be. Null: never.
  std::optional<Table> (*read_file)(const std::string& path, const TableOptions& options) = nullptr;
  bool is_binary = false;  // no text, which a file of others' formats would be told by
};

/// Every format, by name.
std::span<const Format> formats();

/// InputError with the nearest names where there is none of that name.
const Format& find_format(const std::string& name);

/// The format of a content: of those that the source's ending names, or else of all, the one that
/// it looks like most.
const Format& recognised_format(std::string_view content, std::string_view source);

/// The first line that isn't blank, without a byte order mark: what formats are mostly told by.
std::string_view first_line(std::string_view content);

}  // namespace rung
