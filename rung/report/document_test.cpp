#include "rung/report/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rung {
namespace {

using ::testing::HasSubstr;

Document sample() {
  TextTable table;
  table.add_column("task");
  table.add_column("loss");
  table.add_row({"a<b", 1.5});
  Document document;
  document.add(Heading{"Step 1"}).add(Paragraph{"two runs"}).add(table);
  document.add(Notes{{"few points", "one size"}}).add(Notes{}).add(Preformatted{"|..|"});
  document.rows = table;
  document.set_results({{{"task", "a<b"}}});
  return document;
}

TEST(Document, TextHasAnEmptyLineBetweenBlocks) {
  EXPECT_EQ(text_of(sample()),
            "Step 1\n\ntwo runs\n\ntask   loss\n-----------\na<b   1.500\n\n"
            "note: few points\nnote: one size\n\n|..|\n");
}

TEST(Document, RowsAreTheCsvAndWithoutColumnsThereIsNone) {
  EXPECT_EQ(csv_of(sample()), "task,loss\na<b,1.5\n");
  EXPECT_EQ(csv_of(Document()), "");
}

TEST(Document, LinesFitATerminal) {
  Document document;
  document.add(Paragraph{"one two three\nnote: one two three four\n1. one two three four"})
      .add(Notes{{"five six seven"}});
  EXPECT_EQ(text_of(document, 16),
            "one two three\nnote: one two\n  three four\n1. one two\n   three four\n\n"
            "note: five six\n  seven\n");
  EXPECT_EQ(text_of(document),
            "one two three\nnote: one two three four\n1. one two three four\n\n"
            "note: five six seven\n");
}

TEST(Document, PagesEscapeWhatDataSay) {
  EXPECT_THAT(html_of(sample(), "R&D"), HasSubstr("<title>R&amp;D</title>"));
  EXPECT_THAT(html_of(sample(), "x"), HasSubstr("<td>a&lt;b</td><td class=\"number\">1.500</td>"));
  EXPECT_THAT(latex_of(sample()), HasSubstr("a\\textless{}b & 1.5"));
  EXPECT_THAT(markdown_of(sample()), HasSubstr("## Step 1\n\ntwo runs\n\n| task | loss |"));
}

TEST(Document, CaptionedTablesKeepTheirLinesAndMayStayOutOfLatex) {
  TextTable table;
  table.add_column("x");
  table.add_row({1.0});
  Document document;
  document.add(table).add(CaptionedTable{"before", table, "after", true});
  EXPECT_EQ(text_of(document), "x\n-\n1\n\nbefore\nx\n-\n1\nafter\n");
  EXPECT_THAT(markdown_of(document), HasSubstr("before\n\n| x |"));
  EXPECT_THAT(html_of(document, ""), HasSubstr("<p>after</p>"));
  EXPECT_THAT(latex_of(document), HasSubstr("tabular"));
  EXPECT_EQ(latex_of(Document().add(CaptionedTable{"", table, "", false})), "");
}

TEST(Document, ResultsAreAnArrayFromTheStart) {
  EXPECT_EQ(Document().results(), Json::array());
  EXPECT_EQ(sample().results()[0]["task"], "a<b");
}

}  // namespace
}  // namespace rung
