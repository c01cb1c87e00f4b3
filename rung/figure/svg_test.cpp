#include "rung/figure/svg.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "rung/figure/glyphs.hpp"
#include "tests/support/xml_check.hpp"

namespace rung {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Figure small_figure() {
  return {.title = "Loss",
          .panels = {{.title = "MMLU",
                      .x = {.label = "Tokens", .log = true, .ticks = TickStyle::count},
                      .y = {.label = "Bits per byte"},
                      .layers = {Scatter{.x = {1e9, 1e10}, .y = {1.0, 0.9}, .label = "runs"},
                                 Curve{.x = {1e9, 1e11}, .y = {1.0, 0.8}, .label = "fit"},
                                 Note{1e11, 0.8, "+1.4%"}}}}};
}

/// A figure with the text in every place that has one.
Figure full_of(const std::string& text) {
  const Scatter points{.x = {1, 2}, .y = {1, 2}, .label = text};
  const Panel panel{.title = text,
                    .x = {.label = text},
                    .y = {.label = text},
                    .layers = {points, Note{1, 1, text}}};
  const Panel named{
      .title = text,
      .x = {.categories = {text, "b"}},
      .y = {.categories = {text, "c"}},
      .layers = {Heatmap{.values = {{1, 2}, {3, 4}}, .texts = {{text, "1"}, {"2", text}}}}};
  return {.title = text,
          .subtitle = text,
          .panels = {panel, named},
          .n_columns = 2,
          .legend = {{.title = text, .samples = {points}}}};
}

TEST(Svg, WritesAScene) {
  const Scene scene{
      .width_px = 100,
      .height_px = 50,
      .clips =
          {{.box = {10, 10, 90, 40},
            .shapes = {{.pieces = {{{10, 10}, {50, 20.004}}, {{60, 20}, {90, 40.5}, {91, 41}}},
                        .stroke = Stroke{kBlue, 1.5, Dash::dashed}},
                       {.pieces = {{{0, 0}, {10, 0}, {0, 10}}}, .fill = Fill{kGrey, 0.2}}}},
           {.box = {0, 0, 100, 50},
            .shapes = {{.centres = {{1, 2}, {3, 4.25}},
                        .radius_px = 3,
                        .fill = Fill{kBlue},
                        .stroke = Stroke{kWhite, 0.6}},
                       {.centres = {{5, 6}, {7, 8}}, .radius_px = 1, .fill = Fill{kGreen, 0.5}},
                       {.centres = {{5, 6}, {7, 8}}, .radius_px = 1, .fill = Fill{kGreen}}}}},
      .words = {
          {.at = {50, 25}, .text = "it's", .bold = true, .align = Anchor::centre},
          {.at = {5, 25}, .text = "up", .size_px = 10, .angle_degrees = 90, .colour = kBlue}}};
  std::string text = svg(scene, "A title", "And more");
  const std::size_t name = text.find("id=\"") + 4;
  const std::string clip = text.substr(name, text.find('"', name) - name);
  EXPECT_THAT(clip, StartsWith("c"));
  for (std::size_t at; (at = text.find(clip)) != std::string::npos;)
    text.replace(at, clip.size(), "CLIP");
  EXPECT_EQ(text, R"SVG(<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 100 50" role="img" font-family="DejaVu Sans, Verdana, sans-serif" fill="#222222" stroke-linejoin="round">
<title>A title</title>
<desc>And more</desc>
<rect width="100" height="50" fill="#ffffff"/>
<clipPath id="CLIP"><rect x="10" y="10" width="80" height="30"/></clipPath>
<g clip-path="url(#CLIP)">
<path fill="none" stroke="#0072b2" stroke-width="1.5" stroke-dasharray="6 4" d="M10 40l40 -10M60 30l30 -20.5 1 -.5"/>
<path fill="#767676" fill-opacity="0.2" d="M0 50l10 0 -10 -10z"/>
</g>
<g fill="#0072b2" stroke="#ffffff" stroke-width="0.6">
<circle cx="1" cy="48" r="3"/>
<circle cx="3" cy="45.75" r="3"/>
</g>
<path fill="none" stroke="#009e73" stroke-opacity="0.5" stroke-width="2" stroke-linecap="round" d="M5 44h0"/>
<path fill="none" stroke="#009e73" stroke-opacity="0.5" stroke-width="2" stroke-linecap="round" d="M7 42h0"/>
<path fill="none" stroke="#009e73" stroke-width="2" stroke-linecap="round" d="M5 44h0M7 42h0"/>
<text x="50" y="28.96" font-size="11" font-weight="bold" text-anchor="middle">it's</text>
<text transform="translate(5 25)rotate(-90)" y="3.6" font-size="10" fill="#0072b2">up</text>
</svg>
)SVG");
}

TEST(Svg, TextArrivesAsItWasWritten) {
  Figure figure = small_figure();
  figure.panel_width_px = 900;  // one line
  figure.title = "task_name {x^2} `id` 'q' \"p\" @a ~b %d \\n 10% <b> & end ]]> 数学 −1 10⁻³ α";
  EXPECT_THAT(svg(figure), HasSubstr(">task_name {x^2} `id` 'q' \"p\" @a ~b %d \\n 10% &lt;b&gt; "
                                     "&amp; end ]]&gt; 数学 −1 10⁻³ α</text>"));
  EXPECT_THAT(svg(figure), HasSubstr("<title>task_name {x^2} `id`"));
}

TEST(Svg, IsValidXmlForAnyBytes) {
  for (const std::string text :
       {"<script>alert(1)</script>", "a & b", "\"'><g>", "]]>", "<!-- x -->", "&#0;", "\x1b[31mred",
        "\xff\xfe", "\xc3", "\xe2\x82", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
        "\xf0\x9f\x98\x80", "\xef\xbf\xbf", "\xe2\x80\xaegnp.exe", "line\nline\ttab\r", ""}) {
    EXPECT_EQ(xml_problem(svg(full_of(text))), "") << text;
    EXPECT_EQ(xml_problem(svg(full_of(text + std::string(1, '\0') + text))), "") << text;
  }
  std::uint32_t state = 1;
  for (int round = 0; round < 300; ++round) {
    std::string bytes;
    for (int i = 0; i < 24; ++i) {
      state = state * 1664525 + 1013904223;
      bytes += static_cast<char>(state >> 24);
    }
    EXPECT_EQ(xml_problem(svg(full_of(bytes))), "") << round;
  }
}

TEST(Svg, TheCheckOfItsXmlFindsFaults) {
  for (const char* broken : {"<a>", "<a></b>", "<a x=\"<\"/>", "<a>&</a>", "<a>\x01</a>",
                             "<a>\xff</a>", "<a/><b/>", "<a x=\"1\" x=\"2\"/>", "<a", ""}) {
    EXPECT_NE(xml_problem(broken), "") << broken;
  }
  EXPECT_EQ(xml_problem("<?xml version=\"1.0\"?>\n<a x=\"1\">b &amp; c<d/></a>\n"), "");
}

TEST(Svg, ThePageLoadsNothing) {
  const std::string page = html(small_figure());
  EXPECT_THAT(page, HasSubstr("<title>Loss</title>"));
  EXPECT_THAT(page, HasSubstr("<svg"));
  EXPECT_THAT(page, EndsWith("</svg>\n</body>\n</html>\n"));
  for (const char* loading : {"<?xml", "<script", "src=", "href=", "@import", "url(h", "url(\""}) {
    EXPECT_THAT(page, Not(HasSubstr(loading)));
  }
}

TEST(Svg, TheSameFigureGivesTheSameBytes) { EXPECT_EQ(svg(small_figure()), svg(small_figure())); }

TEST(Svg, ClipPathsOfDifferentFiguresDiffer) {
  const auto clip = [](const std::string& text) {
    const std::size_t at = text.find("<clipPath id=");
    return text.substr(at, text.find('>', at) - at);
  };
  Figure other = small_figure();
  other.panels[0].title = "HellaSwag";
  EXPECT_NE(clip(svg(small_figure())), clip(svg(other)));
}

TEST(Svg, DrawsAFigureWithoutAnythingInIt) {
  for (const Figure& figure : {Figure{}, Figure{.panels = {Panel{}}}})
    EXPECT_EQ(xml_problem(svg(figure)), "");
}

TEST(Glyphs, WidthsAreThoseOfTheFont) {
  EXPECT_NEAR(text_width_px("iii", 10), 8.34, 0.01);
  EXPECT_NEAR(text_width_px("WWW", 10, true), 33.09, 0.01);
  EXPECT_NEAR(text_width_px("数学", 10), 20, 0.01);
  EXPECT_EQ(text_width_px("\xff", 10), text_width_px("\ufffd", 10));
}

TEST(Glyphs, Utf8ComesBackAsItWas) {
  const std::string text = "aé−数\U0001f600";
  std::string back;
  for (const char32_t c : characters(text)) back += utf8(c);
  EXPECT_EQ(back, text);
  EXPECT_EQ(characters("\xe2\x82z"), U"\ufffd\ufffdz");
}

}  // namespace
}  // namespace rung
