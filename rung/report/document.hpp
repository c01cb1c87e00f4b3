#pragma once
/// A result described once, in headings, tables and notes, and written in every form from there.

#include <cstddef>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "rung/report/json.hpp"
#include "rung/report/text_table.hpp"

namespace rung {

struct Heading {
  std::string text;
};

/// Lines as they stand; exporters for pages may break them anew.
struct Paragraph {
  std::string text;
};

/// What to know of the numbers above: a line each, "note: …" in text.
struct Notes {
  std::vector<std::string> notes;
};

/// Lines whose characters stand under each other, such as a picture made of characters. Text only.
struct Preformatted {
  std::string text;
};

/// A table with lines right above and below it, of which either may be empty. A table by itself is
/// left out where it has no rows; this one stays.
struct CaptionedTable {
  std::string above;
  TextTable table;
  std::string below;
  bool in_latex = true;  // false: it stands beside the tables that are to be printed
};

using Block = std::variant<Heading, Paragraph, TextTable, Notes, Preformatted, CaptionedTable>;

/// What a study found, in reading order, and the same for programs.
class Document {
 public:
  std::vector<Block> blocks;
  TextTable rows;      // as CSV: a row a result; without columns: no CSV
  bool usable = true;  // there is a number to use

  Document();
  /// Leaves out what is empty.
  Document& add(Block block);
  /// As JSON, the contract's: an array with an element a result.
  const Json& results() const { return *results_; }
  Document& set_results(Json results);

 private:
  std::shared_ptr<const Json> results_;  // behind a pointer: few files need to know what JSON is
};

/// For a terminal: blocks with an empty line between them, in lines of at most `most_columns`
/// (0: as long as they are).
std::string text_of(const Document& document, std::size_t most_columns = 0);
/// "" where the document has no rows.
std::string csv_of(const Document& document);
/// The tables, each a `tabular`.
std::string latex_of(const Document& document);
/// GitHub's Markdown.
std::string markdown_of(const Document& document);
/// A page of its own, with nothing to load.
std::string html_of(const Document& document, const std::string& title);

}  // namespace rung
