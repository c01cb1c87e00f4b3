#include "rung/figure/gnuplot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "rung/core/error.hpp"
#include "rung/system/file.hpp"
#include "rung/system/process.hpp"

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

std::filesystem::path temporary(const std::string& name) {
  return std::filesystem::path(testing::TempDir()) / name;
}

class WithGnuplot : public testing::Test {
 protected:
  void SetUp() override {
    if (!run_process("gnuplot", {"--version"})) GTEST_SKIP() << "gnuplot is not installed";
  }
};

/// PATH without programs, for as long as it lives.
class EmptyPath {
 public:
  EmptyPath() : path_(std::getenv("PATH")) { setenv("PATH", "/nonexistent", 1); }
  ~EmptyPath() { setenv("PATH", path_.c_str(), 1); }

 private:
  std::string path_;
};

TEST(GnuplotScript, WritesAScene) {
  const Scene scene{
      .width_px = 100,
      .height_px = 50,
      .clips = {{.box = {10, 10, 90, 40},
                 .shapes = {{.pieces = {{{10, 10}, {50, 20}}, {{60, 20}, {90, 40}}},
                             .stroke = Stroke{kBlue, 1.5, Dash::dashed}},
                            {.pieces = {{{0, 0}, {10, 0}, {0, 10}}}, .fill = Fill{kGrey, 0.2}}}}},
      .words = {{.at = {50, 25}, .text = "it's", .bold = true, .align = Anchor::centre}}};
  EXPECT_EQ(gnuplot_script(scene, GnuplotFormat::png),
            R"(set encoding utf8
set terminal pngcairo noenhanced size 200,100 background '#ffffff' fontscale 1.5 linewidth 2 font 'DejaVu Sans,11' butt
unset key; unset border; unset tics
set multiplot
set label 1 'it''s' at screen 0.50000,0.50000 center front rotate by 0 font 'DejaVu Sans:Bold,11' textcolor rgb '#222222'
set lmargin at screen 0.10000; set rmargin at screen 0.90000
set bmargin at screen 0.20000; set tmargin at screen 0.80000
set xrange [10:90]; set yrange [10:40]
$shape1 << EOD
10.00 10.00
50.00 20.00

60.00 20.00
90.00 40.00

EOD
$shape2 << EOD
0.00 0.00
10.00 0.00
0.00 10.00
0.00 0.00

EOD
plot  \
  $shape1 using 1:2 notitle with lines lc rgb '#0072b2' lw 1.5 dt (12,8), \
  $shape2 using 1:2 notitle with filledcurves closed lc rgb '#cc767676' fs solid noborder
unset multiplot
)");
}

TEST(GnuplotScript, NoTextLeavesItsQuotes) {
  Scene scene{.width_px = 10, .height_px = 10, .clips = {{.box = {0, 0, 10, 10}}}};
  scene.words = {{.text = "a'b\"c\nplot `id` @x \\n {y}_1^2"}};
  EXPECT_THAT(gnuplot_script(scene, GnuplotFormat::svg),
              HasSubstr("set label 1 'a''b\"c plot `id` @x \\n {y}_1^2' at"));
}

TEST_F(WithGnuplot, EachFormatIsWhatItsNameSays) {
  const std::pair<const char*, const char*> kBeginnings[] = {{"png", "\x89PNG\r\n\x1a\n"},
                                                             {"pdf", "%PDF-"},
                                                             {"svg", "<?xml"},
                                                             {"html", "<!doctype html>"}};
  for (const auto& [ending, beginning] : kBeginnings) {
    const auto path = temporary(std::string("figure.") + ending);
    write_figure(small_figure(), path);
    EXPECT_THAT(read_file(path), StartsWith(beginning)) << ending;
    std::filesystem::remove(path);
  }
}

TEST_F(WithGnuplot, TextArrivesAsItWasWritten) {
  Figure figure = small_figure();
  figure.panel_width_px = 800;  // one line
  figure.title = "task_name {x^2} `id` 'q' \"p\" @a ~b %d \\n 10% <b> & end";
  const auto path = temporary("text.svg");
  write_figure(figure, path);
  const std::string svg = read_file(path);
  EXPECT_THAT(svg,
              HasSubstr("<text>task_name {x^2} `id` 'q' \"p\" @a ~b %d \\n 10% &lt;b> &amp; end<"));
  EXPECT_THAT(svg, HasSubstr("font-weight=\"bold\""));
  EXPECT_THAT(svg, HasSubstr("<title>task_name {x^2} `id`"));
  EXPECT_THAT(svg, Not(HasSubstr("<title>gnuplot")));
  std::filesystem::remove(path);
}

TEST_F(WithGnuplot, ThePageLoadsNothing) {
  const auto path = temporary("page.html");
  write_figure(small_figure(), path);
  const std::string page = read_file(path);
  EXPECT_THAT(page, HasSubstr("<title>Loss</title>"));
  EXPECT_THAT(page, HasSubstr("<svg"));
  EXPECT_THAT(page, EndsWith("</svg>\n\n</body>\n</html>\n"));
  for (const char* loading : {"<?xml", "<script", "src=", "@import", "url("}) {
    EXPECT_THAT(page, Not(HasSubstr(loading)));
  }
  std::filesystem::remove(path);
}

TEST_F(WithGnuplot, TheSameFigureGivesTheSameBytes) {
  const auto one = temporary("one.svg"), two = temporary("two.svg");
  write_figure(small_figure(), one);
  write_figure(small_figure(), two);
  EXPECT_EQ(read_file(one), read_file(two));
  std::filesystem::remove(one);
  std::filesystem::remove(two);
}

TEST_F(WithGnuplot, DrawsAFigureWithoutAnythingInIt) {
  const auto path = temporary("nothing.png");
  for (const Figure& figure : {Figure{}, Figure{.panels = {Panel{}}}}) {
    write_figure(figure, path);
    EXPECT_THAT(read_file(path), StartsWith("\x89PNG"));
  }
  std::filesystem::remove(path);
}

TEST(WriteFigure, RefusesAnUnknownEnding) {
  const auto path = temporary("figure.jpg");
  try {
    write_figure(small_figure(), path);
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("'.jpg'"));
    EXPECT_THAT(error.what(), HasSubstr(".png, .pdf, .svg or .html"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(WriteFigure, SaysWhatToInstallWithoutGnuplot) {
  const auto path = temporary("absent.png");
  const EmptyPath empty;
  try {
    write_figure(small_figure(), path);
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("gnuplot-nox"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(WithGnuplot, RefusesAFolderThatIsNotThere) {
  EXPECT_THROW(write_figure(small_figure(), temporary("no/such/folder/figure.png")), InputError);
}

}  // namespace
}  // namespace rung
