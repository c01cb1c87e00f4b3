#include "rung/core/foreign.hpp"

#include <gmock/gmock.h>

#include <utility>

#include "rung/core/error.hpp"
#include "rung/data/reader/read_table.hpp"

namespace rung {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

std::string reading_error(const std::string& content) {
  try {
    parse_table(content, "t.csv");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Foreign, FilesAreNamedForWhatTheyAre) {
  const std::pair<std::string, const char*> kFiles[] = {
      {"PAR1\x15\x04\x15"s, "a Parquet file"},
      {"PK\x03\x04\x14\0\x06\0[Content_Types].xml\0xl/workbook.xml"s, "an Excel workbook"},
      {":W&B\xe1\xbe\0\x01"s, "a run of Weights & Biases"},
      {"PK\x03\x04\x14\0\x06\0archive/data.pkl\0"s, "a PyTorch file"},
      {"PK\x03\x04\x14\0\x06\0notes.txt\0"s, "a zip archive"},
      {"\x80\x04\x95\x10\0\0\0"s, "a Python pickle"},
      {"SQLite format 3\0\x10\0"s, "an SQLite database"},
      {"\xfd"
       "7zXZ\0\0\x04"s,
       "xz-compressed"},
      {"BZh91AY&SY\x03\0"s, "bzip2-compressed"},
      {"\x89PNG\r\n\x1a\n\0\0"s, "a PNG picture"},
      {"%PDF-1.7\n"s, "a PDF document"},
      {"\xff\xfe"
       "a\0,\0"s,
       "UTF-16 text"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:1\n"s, "a Git LFS pointer"},
      {"<!DOCTYPE html>\n<html>"s, "a web page"},
      {"a,b\n1,\0\n"s, "no text"},
  };
  for (const auto& [content, what] : kFiles)
    EXPECT_THAT(reading_error(content), HasSubstr("t.csv: error: this is "s + what));
}

TEST(Foreign, TextThatOnlyBeginsLikeOneIsRead) {
  for (const char* text :
       {"PAR1,loss\n1,2\n", "BZh,loss\n1,2\n", "ARROW1\n1\n", "a,b\n\x1b[0m,2\n"})
    EXPECT_EQ(reading_error(text), "no error");
}

}  // namespace
}  // namespace rung
