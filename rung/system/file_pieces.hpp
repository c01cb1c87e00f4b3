#pragma once
/// A large file of lines, a piece at a time: it is neither held in memory nor mapped, whose page
/// faults cost more than the copying on some machines.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "rung/system/descriptor.hpp"

namespace rung {

/// Bytes that are not cleared before they are read into.
class PieceBuffer {
 public:
  char* reserved(std::size_t size);

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

/// Any thread may read any piece. The file must not change meanwhile.
class FilePieces {
 public:
  /// Pieces of about `piece_bytes`, each of whole lines. A compressed file, a pipe or a published
  /// table is read at once. InputError as read_file().
  FilePieces(const std::filesystem::path& path, std::size_t piece_bytes);
  /// The same of a text that outlives it.
  FilePieces(std::string_view content, std::string name, std::size_t piece_bytes);

  /// Is it a plain file that is read as it is asked for, rather than held in memory?
  bool is_plain() const { return file_.is_open(); }
  std::size_t n_pieces() const { return (size_ + piece_bytes_ - 1) / piece_bytes_; }
  /// The lines that begin in the i-th stretch of piece_bytes; may be none. Valid until the buffer
  /// is used again.
  std::string_view piece(std::size_t i, PieceBuffer& buffer) const;

 private:
  std::string_view bytes(std::size_t begin, std::size_t size, PieceBuffer& buffer) const;

  std::size_t size_ = 0, piece_bytes_;
  std::string name_;
  Descriptor file_;           // set after the size, which it is told with
  std::string read_;          // what is not a plain file
  std::string_view content_;  // where everything is in memory
};

}  // namespace rung
