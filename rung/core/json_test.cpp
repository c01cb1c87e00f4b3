#include "rung/core/json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "rung/core/error.hpp"

namespace rung {
namespace {

Problem problem_in(std::string_view text) {
  try {
    parse_json(text, "runs.json");
  } catch (const InputError& error) {
    return error.problems().at(0);
  }
  ADD_FAILURE() << "accepted: " << text;
  return {};
}

TEST(Json, keeps_the_order_of_keys) {
  EXPECT_EQ(parse_json(R"({"b": 1, "a": [2.5, null]})", "").dump(), R"({"b":1,"a":[2.5,null]})");
}

TEST(Json, says_where_the_text_is_wrong) {
  const Problem problem = problem_in("{\n  \"loss\": 2.5,\n  \"name\" 3\n}");
  EXPECT_EQ(problem.location.file, "runs.json");
  EXPECT_EQ(problem.location.line, 3u);
  EXPECT_EQ(problem.location.column, 10u);
  EXPECT_EQ(problem.message, "not valid JSON: unexpected number literal; expected ':'");
}

TEST(Json, tells_a_truncated_text_from_a_wrong_one) {
  for (const char* text : {"", "{\"a\": [1, 2", "{\n\"a\": \"b"}) {
    EXPECT_EQ(problem_in(text).message, "the JSON ends too early") << text;
  }
}

TEST(Json, a_number_may_be_too_large) {
  const Problem problem = problem_in("[1,\n 1e999]");
  EXPECT_EQ(problem.location.line, 2u);
  EXPECT_EQ(problem.location.column, 2u);
  EXPECT_EQ(problem.message, "not valid JSON: number overflow parsing '1e999'");
}

}  // namespace
}  // namespace rung
