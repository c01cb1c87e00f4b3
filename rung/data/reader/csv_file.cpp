#include "rung/data/reader/csv_file.hpp"

#include <algorithm>
#include <atomic>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "rung/core/parallel.hpp"
#include "rung/data/reader/csv_header.hpp"
#include "rung/system/file_pieces.hpp"

namespace rung {
namespace {

using csv::Piece;

/// Pieces that are read before their columns are joined, so that threads seldom wait.
constexpr std::size_t kPiecesAThread = 4;

class PiecewiseCsv {
 public:
  PiecewiseCsv(const FilePieces& file, const CsvOptions& options, csv::Header header,
               std::size_t n_before)
      : file_(file),
        options_(options),
        header_(std::move(header)),
        n_before_(n_before),
        columns_(header_.layout, options.n_threads),
        slots_(kPiecesAThread * static_cast<std::size_t>(options.n_threads > 0
                                                             ? options.n_threads
                                                             : available_threads())),
        pieces_(slots_.size()) {}

  std::optional<Table> read(std::string source) {
    Reading reading = Reading::done;
    while ((reading = read_once()) == Reading::again) columns_.clear();
    if (reading == Reading::whole) return std::nullopt;
    Table table(std::move(source));
    for (Column& column : columns_.take()) table.add(std::move(column));
    if (options_.keep_lines) table.set_lines(std::move(lines_));
    return table;
  }

 private:
  /// How it went; `again`: from the start, since numbers turned out to be texts.
  enum class Reading { done, again, whole };

  Reading read_once() {
    lines_.clear();
    line_ = 1;
    n_rows_ = 0;
    for (std::size_t first = 0; first < file_.n_pieces(); first += slots_.size()) {
      const std::size_t n = std::min(slots_.size(), file_.n_pieces() - first);
      std::atomic<bool> plain = true;
      parallel_for(n, options_.n_threads, [&](std::size_t i) {
        if (!read_slot(first + i, i)) plain = false;
      });
      if (!plain) return Reading::whole;
      const std::span<Piece> filled(pieces_.data(), n);
      if (!columns_.append(filled)) return Reading::again;
      take_lines(filled);
      if (first == 0) reserve(n);
    }
    return Reading::done;
  }

  /// False where the content as a whole is needed.
  bool read_slot(std::size_t i, std::size_t slot) {
    std::string_view text = file_.piece(i, slots_[slot]);
    if (text.find('"') != std::string_view::npos) return false;
    if (i == 0) text.remove_prefix(std::min(text.size(), n_before_ + header_.n_bytes));
    const std::size_t n_line_ends = csv::count_line_ends(text.data(), text.data() + text.size());
    csv::read_piece(header_.layout, text, n_line_ends, pieces_[slot]);
    return pieces_[slot].findings.empty();
  }

  void take_lines(std::span<const Piece> pieces) {
    for (const Piece& piece : pieces) {
      n_rows_ += piece.rows.size();
      if (!options_.keep_lines) continue;
      if (line_ == 1) line_ += header_lines();
      csv::append_lines(piece, line_, lines_);
      line_ += piece.n_line_ends;
    }
  }

  std::size_t header_lines() const {
    PieceBuffer buffer;
    const std::string_view text = file_.piece(0, buffer).substr(0, n_before_ + header_.n_bytes);
    return csv::count_line_ends(text.data(), text.data() + text.size());
  }

  /// Room for the rows to come, as many to a piece as in the first ones and a few more.
  void reserve(std::size_t n_read) {
    constexpr double kMargin = 1.05;
    const double n_rows = kMargin * static_cast<double>(n_rows_) *
                          static_cast<double>(file_.n_pieces()) / static_cast<double>(n_read);
    if (n_read == file_.n_pieces()) return;
    columns_.reserve(static_cast<std::size_t>(n_rows));
    if (options_.keep_lines) lines_.reserve(static_cast<std::size_t>(n_rows));
  }

  const FilePieces& file_;
  const CsvOptions& options_;
  csv::Header header_;
  std::size_t n_before_;  // bytes before the header: a byte order mark
  csv::JoinedColumns columns_;
  std::vector<PieceBuffer> slots_;
  std::vector<Piece> pieces_;  // by slot
  std::vector<std::size_t> lines_;
  std::size_t line_ = 1, n_rows_ = 0;
};

}  // namespace

std::optional<Table> read_csv_pieces(const std::filesystem::path& path, const CsvOptions& options,
                                     std::size_t piece_bytes) {
  const FilePieces file(path, piece_bytes);
  if (!file.is_plain() || file.n_pieces() == 0) return std::nullopt;
  PieceBuffer buffer;
  std::string_view text = file.piece(0, buffer);
  const std::size_t n_before = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  text.remove_prefix(n_before);
  csv::Findings findings;
  csv::Header header = csv::read_header(text, options, findings);
  if (!header.found || !findings.empty() || text.find('"') != std::string_view::npos)
    return std::nullopt;
  return PiecewiseCsv(file, options, std::move(header), n_before).read(path.string());
}

}  // namespace rung
