#include "rung/system/file_pieces.hpp"

#include <gtest/gtest.h>

#include "rung/system/gzip.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung {
namespace {

std::string joined(const FilePieces& pieces) {
  std::string all;
  PieceBuffer buffer;
  for (std::size_t i = 0; i < pieces.n_pieces(); ++i) {
    const std::string_view piece = pieces.piece(i, buffer);
    // Whole lines, but for the end of the file.
    EXPECT_TRUE(piece.empty() || piece.ends_with('\n') || i + 1 >= pieces.n_pieces() ||
                pieces.piece(i + 1, buffer).empty());
    all += pieces.piece(i, buffer);
  }
  return all;
}

TEST(FilePieces, HoldEveryLineOnce) {
  TempFolder folder;
  const std::string long_line(37, 'x');
  for (const std::string& content :
       {std::string("a\nbb\nccc\ndddd\n"), std::string("no end of line"), std::string("\n\n\n"),
        long_line + "\na\n" + long_line + "\n", "a\n" + long_line, std::string()}) {
    folder.write("lines", content);
    folder.write("lines.gz", gzip(content));
    for (std::size_t size = 1; size < 20; ++size) {
      EXPECT_EQ(joined(FilePieces(content, "text", size)), content) << size;
      EXPECT_EQ(joined(FilePieces(folder.path() / "lines", size)), content) << size;
      EXPECT_EQ(joined(FilePieces(folder.path() / "lines.gz", size)), content) << size;
    }
  }
}

}  // namespace
}  // namespace rung
