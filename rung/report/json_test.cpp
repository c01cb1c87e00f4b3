#include "rung/report/json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace rung {
namespace {

TEST(Json, DoublesReadBackAsThemselves) {
  for (const double value :
       {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, 3812622336.0, -0.0, 1e22, 6.02e-23}) {
    const double read = Json::parse(json_text(value)).get<double>();
    EXPECT_EQ(std::signbit(read), std::signbit(value));
    EXPECT_EQ(read, value);
  }
  EXPECT_EQ(json_text(0.1), "0.1\n");
  EXPECT_EQ(json_text(3812622336.0), "3812622336.0\n");
  EXPECT_EQ(json_text(2e-7), "2e-07\n");
}

TEST(Json, WhatIsNotFiniteIsNull) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(json_number(std::nan("")).is_null());
  EXPECT_TRUE(json_number(infinity).is_null());
  EXPECT_TRUE(json_number(std::nullopt).is_null());
  EXPECT_EQ(json_text({{"a", std::nan("")}, {"b", -infinity}}), "{\"a\": null, \"b\": null}\n");
  EXPECT_EQ(json_text(json_interval(0.95, 0.1, infinity, "bootstrap")),
            "{\"level\": 0.95, \"lower\": 0.1, \"upper\": null, \"method\": \"bootstrap\"}\n");
}

TEST(Json, TextIsTheSameValueInTheSameOrder) {
  const Json value = {
      {"z", {1, 2.5, nullptr, true, "line\n\"quoted\" \\ \u00e9"}},
      {"a", Json::array()},
      {"m", {{"deep", {{"deeper", {{{"x", 1}}, {{"x", 2}}}}}}, {"empty", Json::object()}}}};
  const Json read = Json::parse(json_text(value));
  EXPECT_EQ(read, value);
  EXPECT_EQ(read.begin().key(), "z");
  const Json two_lists = {{"lists", {{1, 2}, {3}}}};
  EXPECT_EQ(json_text(two_lists), "{\n  \"lists\": [\n    [1, 2],\n    [3]\n  ]\n}\n");
}

TEST(Json, LongListsAreBroken) {
  const Json numbers(std::vector<double>(60, 0.125));
  const std::string text = json_text(numbers);
  EXPECT_EQ(Json::parse(text), numbers);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 62);
}

TEST(Json, TextThatIsNotUtf8IsMended) {
  EXPECT_TRUE(Json::accept(json_text({{"path", "caf\xe9.csv"}})));
}

TEST(Json, EnvelopeHasTheContractsKeys) {
  const Json options = {{"k", "v2_main"}};
  RunContext context;
  context.version = "1.2.3";
  context.options = &options;
  context.seed = 18446744073709551615u;
  context.inputs = {{"a.csv", "00ff"}};
  context.seconds = 0.5;
  const Json expected = Json::parse(R"({
    "schema_version": 1, "command": "ladder step1",
    "context": {"version": "1.2.3", "options": {"k": "v2_main"}, "seed": 18446744073709551615,
                "inputs": [{"path": "a.csv", "sha256": "00ff"}], "seconds": 0.5},
    "warnings": ["careful"], "results": [{"task": "t"}]})");
  EXPECT_EQ(json_envelope("ladder step1", context, {"careful"}, {{{"task", "t"}}}).dump(),
            expected.dump());
  EXPECT_EQ(json_envelope("x", {}, {}, Json::array())["context"]["seed"], nullptr);
}

}  // namespace
}  // namespace rung
