#pragma once
/// The first row of a CSV text: what the columns are called, and which of them are read.

#include <cstddef>
#include <string_view>

#include "rung/data/reader/csv.hpp"
#include "rung/data/reader/csv_findings.hpp"
#include "rung/data/reader/csv_piece.hpp"

namespace rung::csv {

struct Header {
  bool found = false;  // false: the text has no row at all
  Layout layout = {};
  std::size_t n_bytes = 0;  // of the text, to the end of the header's line
};

/// `text` begins after a byte order mark. What is wrong with the header goes to `findings`.
Header read_header(std::string_view text, const CsvOptions& options, Findings& findings);

}  // namespace rung::csv
