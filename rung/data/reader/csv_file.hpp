#pragma once
/// A large CSV file a piece at a time.

#include <cstddef>
#include <filesystem>
#include <optional>

#include "rung/data/reader/csv.hpp"

namespace rung {

inline constexpr std::size_t kCsvPieceBytes = std::size_t{1} << 20;

/// What parse_csv makes of the file's content, without ever holding it: each piece is read into
/// memory that the piece before had, and its numbers go straight to the ends of their columns, so
/// that each page of memory is touched first where it is filled. Absent where the content as a
/// whole is needed: of what is no plain file, where cells have quotes, and where something is wrong
/// (parse_csv says what).
std::optional<Table> read_csv_pieces(const std::filesystem::path& path, const CsvOptions& options,
                                     std::size_t piece_bytes = kCsvPieceBytes);

}  // namespace rung
