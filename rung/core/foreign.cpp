#include "rung/core/foreign.hpp"

#include <algorithm>
#include <optional>

#include "rung/core/error.hpp"

namespace rung {
namespace {

using namespace std::string_view_literals;

constexpr const char* kByPandas = "pandas reads it; write it with to_csv";
constexpr const char* kUnpack = "unpack it first; gzip is read as it stands";
constexpr const char* kImport = "rung import FILE -o runs.csv makes a table of it";
constexpr const char* kSaveAsCsv = "save the sheet as CSV";

/// What a file begins with, or has at `offset`. Of two that fit, the first counts. Unless it is
/// text itself, a file must have bytes that no text has: a column may be called PAR1.
struct Magic {
  std::string_view bytes;
  const char* what;
  const char* hint;
  std::size_t offset = 0;
  bool is_text = false;
};
constexpr Magic kMagics[] = {
    {"PAR1"sv, "a Parquet file", "call it .parquet, or --format parquet"},
    {"ARROW1"sv, "an Arrow (Feather) file", kByPandas},
    {"\x89HDF\r\n\x1a\n"sv, "an HDF5 file", kByPandas},
    {"Obj\x01"sv, "an Avro file", "write it as CSV or JSON lines"},
    {"SQLite format 3\0"sv, "an SQLite database", "sqlite3 -header -csv FILE 'SELECT …' makes CSV"},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "an old Excel or Office file", kSaveAsCsv},
    {"\x80\x02"sv, "a Python pickle", kByPandas},
    {"\x80\x03"sv, "a Python pickle", kByPandas},
    {"\x80\x04"sv, "a Python pickle", kByPandas},
    {"\x80\x05"sv, "a Python pickle", kByPandas},
    {"\x93NUMPY"sv, "a NumPy array", "numpy.savetxt writes CSV"},
    {"\xfd"
     "7zXZ\0"sv,
     "xz-compressed", kUnpack},
    {"1AY&SY"sv, "bzip2-compressed", kUnpack, 4},
    {"\x28\xb5\x2f\xfd"sv, "zstd-compressed", kUnpack},
    {"7z\xbc\xaf\x27\x1c"sv, "a 7z archive", kUnpack},
    {"Rar!\x1a\x07"sv, "a RAR archive", kUnpack},
    {"ustar"sv, "a tar archive", kUnpack, 257},
    {"brain.Event:"sv, "a TensorBoard event file", kImport, 23},
    {":W&B"sv, "a run of Weights & Biases", kImport},
    {"\x89PNG\r\n\x1a\n"sv, "a PNG picture", "a table is needed"},
    {"\xff\xd8\xff"sv, "a JPEG picture", "a table is needed"},
    {"%PDF-"sv, "a PDF document", "a table is needed", 0, true},
    {"\x7f"
     "ELF"sv,
     "a program", "a table is needed"},
    {"version https://git-lfs"sv, "a Git LFS pointer, not the file itself",
     "git lfs pull brings it", 0, true},
    {"<!DOCTYPE html"sv, "a web page", "download the file itself, as raw", 0, true},
    {"<!doctype html"sv, "a web page", "download the file itself, as raw", 0, true},
    {"<html"sv, "a web page", "download the file itself, as raw", 0, true},
    {"\xff\xfe"sv, "UTF-16 text", "save it as UTF-8"},
    {"\xfe\xff"sv, "UTF-16 text", "save it as UTF-8"},
};

/// Zip archives go by what they hold.
constexpr Magic kInZip[] = {
    {"xl/"sv, "an Excel workbook (xlsx)", kSaveAsCsv},
    {"application/vnd.oasis"sv, "an OpenDocument file", kSaveAsCsv},
    {"data.pkl"sv, "a PyTorch file", "write what it holds as CSV"},
    {".npy"sv, "a NumPy archive (npz)", "numpy.savetxt writes CSV"},
    {"PK"sv, "a zip archive", kUnpack},
};

struct Kind {
  const char* what;
  const char* hint;
};

constexpr std::size_t kBegin = 4096;

bool fits(const Magic& magic, std::string_view content, bool binary) {
  return (magic.is_text || binary) && content.size() >= magic.offset &&
         content.substr(magic.offset).starts_with(magic.bytes);
}

std::optional<Kind> known_kind(std::string_view content) {
  if (content.starts_with("PK\x03\x04")) {
    for (const Magic& magic : kInZip) {
      if (content.find(magic.bytes) != std::string_view::npos) return Kind{magic.what, magic.hint};
    }
  }
  const bool binary = looks_binary(content);
  for (const Magic& magic : kMagics) {
    if (fits(magic, content, binary)) return Kind{magic.what, magic.hint};
  }
  return std::nullopt;
}

}  // namespace

bool looks_binary(std::string_view content) {
  const std::string_view begin = content.substr(0, kBegin);
  return std::any_of(begin.begin(), begin.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' && (c < '\t' || c > '\r') && c != '\x1b';
  });
}

bool begins_with_nul(std::string_view content) {
  return content.substr(0, kBegin).find('\0') != std::string_view::npos;
}

void refuse_foreign(std::string_view content, const std::string& source) {
  if (const std::optional<Kind> kind = known_kind(content))
    throw InputError(Location{source}, std::string("this is ") + kind->what, kind->hint);
  if (begins_with_nul(content))
    throw InputError(Location{source}, "this is no text",
                     "a table is CSV, TSV, JSON or JSON lines, gzipped or not");
}

void refuse_foreign(std::string_view content, const std::string& source, std::string_view needed) {
  const std::optional<Kind> kind = known_kind(content);
  if (!kind) return;
  throw InputError(Location{source}, std::string("this is ") + kind->what + ", where " +
                                         std::string(needed) + " is needed");
}

}  // namespace rung
