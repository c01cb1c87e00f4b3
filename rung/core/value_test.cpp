#include "rung/core/value.hpp"

#include <gmock/gmock.h>

#include "rung/core/error.hpp"

namespace rung {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <class Parse>
std::string error_of(Parse parse, std::string_view text) {
  try {
    parse(text, "x");
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

std::vector<std::string> keys_of(const Value& value) {
  std::vector<std::string> keys;
  for (const Member& member : *value.table()) keys.push_back(member.key);
  return keys;
}

std::string place(const Value& value) {
  return std::to_string(value.line) + ":" + std::to_string(value.column);
}

TEST(TomlValue, HoldsEveryKindInTheFilesOrder) {
  const Value root = toml_value(
      "z = 'text'\nn = 12345678901234567\nx = 0.5\non = true\n"
      "list = [1, 'a']\n[b]\nc = 1\n[a]\n",
      "x");
  EXPECT_THAT(keys_of(root), ElementsAre("z", "n", "x", "on", "list", "b", "a"));
  EXPECT_EQ(*root.find("z")->text(), "text");
  EXPECT_EQ(std::get<std::int64_t>(root.find("n")->data), 12345678901234567);
  EXPECT_EQ(root.find("x")->number(), 0.5);
  EXPECT_EQ(*root.find("on")->flag(), true);
  EXPECT_EQ(root.find("list")->list()->size(), 2u);
  EXPECT_EQ(root.find("b")->find("c")->number(), 1);
  EXPECT_EQ(root.find("none"), nullptr);
  EXPECT_EQ(root.find("x")->find("none"), nullptr);
}

TEST(TomlValue, KnowsPlaces) {
  const Value root = toml_value("a = 1\n  b = [2,\n 3]\n", "x");
  EXPECT_EQ(place(*root.find("b")), "2:7");
  EXPECT_EQ(place(root.find("b")->list()->at(1)), "3:2");
  EXPECT_EQ(root.table()->at(1).column, 3u);
}

TEST(TomlValue, SaysWhereTheTextIsWrong) {
  EXPECT_THAT(error_of(toml_value, "a = 1\nb = \n"), HasSubstr("x:2:5: error: "));
  EXPECT_THAT(error_of(toml_value, "a = 1\nday = 2024-01-01\n"),
              HasSubstr("x:2:7: error: a date or a time"));
  EXPECT_THAT(error_of(toml_value, "a = 1\na = 2\n"), HasSubstr("x:2:5: error: "));
}

TEST(JsonValue, HoldsEveryKindInTheFilesOrder) {
  const Value root = json_value(
      R"({"z": "te\u00e9xt", "n": -3, "x": 0.5, "big": 18446744073709551615, "on": false,)"
      R"( "none": null, "list": [1, [], {}], "a": {"c": 1e3}})",
      "x");
  EXPECT_THAT(keys_of(root), ElementsAre("z", "n", "x", "big", "on", "none", "list", "a"));
  EXPECT_EQ(*root.find("z")->text(), "teéxt");
  EXPECT_EQ(std::get<std::int64_t>(root.find("n")->data), -3);
  EXPECT_EQ(root.find("big")->number(), 18446744073709551615.0);
  EXPECT_EQ(*root.find("on")->flag(), false);
  EXPECT_TRUE(root.find("none")->is_null());
  EXPECT_TRUE(root.find("list")->list()->at(1).list()->empty());
  EXPECT_TRUE(root.find("list")->list()->at(2).table()->empty());
  EXPECT_EQ(root.find("a")->find("c")->number(), 1000);
}

TEST(JsonValue, KnowsPlaces) {
  const Value root = json_value(
      "\n {\"a\": [1,\n2\n] , \"b\"\n:{\"c\":\n\n  \"d,\\\": \", \"e\":[[\n1],2]}\n,\"f\":3}", "x");
  EXPECT_EQ(place(root), "2:2");
  const Value& a = *root.find("a");
  EXPECT_EQ(place(a), "2:8");
  EXPECT_EQ(place(a.list()->at(0)), "2:9");
  EXPECT_EQ(place(a.list()->at(1)), "3:1");
  const Value& b = *root.find("b");
  EXPECT_EQ(place(b), "5:2");
  EXPECT_EQ(place(*b.find("c")), "7:3");
  EXPECT_EQ(place(b.find("e")->list()->at(0).list()->at(0)), "8:1");
  EXPECT_EQ(place(b.find("e")->list()->at(1)), "8:4");
  EXPECT_EQ(place(*root.find("f")), "9:6");
  EXPECT_EQ(root.table()->at(2).line, 9u);
  EXPECT_EQ(root.table()->at(2).column, 2u);
  EXPECT_EQ(place(json_value(" 3", "x")), "1:2");
}

TEST(JsonValue, SaysWhereTheTextIsWrong) {
  EXPECT_EQ(error_of(json_value, "{\n  \"loss\": 2.5,\n  \"name\" 3\n}"),
            "x:3:10: error: not valid JSON: unexpected number literal; expected ':'");
  EXPECT_EQ(error_of(json_value, "[1,\n 1e999]"),
            "x:2:2: error: not valid JSON: number overflow parsing '1e999'");
  EXPECT_THAT(error_of(json_value, "{\"a\": [1, 2"), HasSubstr("ends too early"));
  EXPECT_THAT(error_of(json_value, ""), HasSubstr("ends too early"));
  EXPECT_THAT(error_of(json_value, "[NaN]"), HasSubstr("x:1:2: error: not valid JSON"));
  EXPECT_THAT(error_of(json_value, "[1] 2"), HasSubstr("x:1:5: error: not valid JSON"));
  EXPECT_EQ(error_of(json_value, "{\"a\": 1,\n\"b\": {\"a\": 1}, \"a\": 2}"),
            "x:2:16: error: the key 'a' stands twice");
}

TEST(JsonValue, RefusesNestingThatWouldOverflow) {
  EXPECT_EQ(error_of(json_value, std::string(200, '[') + std::string(200, ']')), "none");
  EXPECT_EQ(error_of(json_value, std::string(1'000'000, '[')),
            "x:1:201: error: this is nested too deep");
}

TEST(Value, Descriptions) {
  const Value root = json_value(R"([{}, [], [1], true, 3, 2.5, "x", null])", "x");
  std::vector<std::string> descriptions;
  for (const Value& value : *root.list()) descriptions.push_back(value.description());
  EXPECT_THAT(descriptions,
              ElementsAre("a table", "an empty list", "a list", "true", "3", "2.5", "'x'", "null"));
}

}  // namespace
}  // namespace rung
