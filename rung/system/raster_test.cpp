#include "rung/system/raster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

// fontconfig keeps what it has read of the machine's fonts until the program ends: no leak of ours.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig\n"; }

namespace rung {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string picture(int width, int height, const std::string& content) {
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + std::to_string(width) +
         "\" height=\"" + std::to_string(height) + "\">" + content + "</svg>";
}

/// The width or height that a PNG says of itself.
unsigned png_size(const std::string& png, std::size_t at) {
  unsigned value = 0;
  for (std::size_t i = at; i < at + 4; ++i) value = value << 8 | static_cast<unsigned char>(png[i]);
  return value;
}
unsigned png_width(const std::string& png) { return png_size(png, 16); }
unsigned png_height(const std::string& png) { return png_size(png, 20); }

TEST(Raster, PngIsAsLargeAsAskedFor) {
  const std::string png = png_of_svg(picture(30, 20, "<circle r=\"9\"/>"), 2);
  EXPECT_THAT(png, StartsWith("\x89PNG\r\n\x1a\n"));
  EXPECT_EQ(png_width(png), 60u);
  EXPECT_EQ(png_height(png), 40u);
}

TEST(Raster, PngIsNoLargerThanItMayBe) {
  const std::string png = png_of_svg(picture(10, 50000, ""), 2);
  EXPECT_EQ(png_height(png), 32767u);
  EXPECT_EQ(png_width(png), 7u);
}

TEST(Raster, TextIsDrawn) {
  const auto drawn = [](const std::string& text) {
    return png_of_svg(picture(90, 20, "<text y=\"15\" fill=\"red\">" + text + "</text>"), 1);
  };
  EXPECT_NE(drawn("−1 α"), drawn(""));
  EXPECT_NE(drawn("−1 α"), drawn("−1 β"));
}

TEST(Raster, PdfIsOnePage) {
  const std::string pdf = pdf_of_svg(picture(96, 48, "<circle r=\"9\"/>"));
  EXPECT_THAT(pdf, StartsWith("%PDF-"));
  EXPECT_THAT(pdf, EndsWith("%%EOF\n"));
  EXPECT_THAT(pdf, HasSubstr("/MediaBox [ 0 0 72 36 ]"));
}

TEST(Raster, TheSameSvgGivesTheSameBytes) {
  const std::string svg = picture(96, 48, "<text y=\"20\">one</text>");
  EXPECT_EQ(png_of_svg(svg, 2), png_of_svg(svg, 2));
  EXPECT_EQ(pdf_of_svg(svg), pdf_of_svg(svg));
  EXPECT_THAT(pdf_of_svg(svg), testing::Not(HasSubstr("CreationDate")));
}

TEST(Raster, SaysWhatItCannotRead) {
  EXPECT_THROW(png_of_svg("<svg", 2), std::runtime_error);
  EXPECT_THROW(pdf_of_svg("no picture"), std::runtime_error);
}

}  // namespace
}  // namespace rung
