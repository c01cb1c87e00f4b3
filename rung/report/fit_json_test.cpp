#include "rung/report/fit_json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/fit/fit.hpp"

namespace rung {
namespace {

TEST(FitJson, HasTheContractsKeysInOrder) {
  Fit fit;
  fit.law = &find_law("chinchilla");
  fit.objective = 0.25;
  fit.n_points = 16;
  fit.status = Status::unbounded;
  fit.identified = false;
  fit.notes = {"along k"};
  fit.parameters = {{"k", std::nan(""), {}, {}, {}, false}, {"E", 1.5, 0.1, 1.3, 1.7, false}};
  const Json expected = Json::parse(R"({
    "law": "chinchilla",
    "parameters": {"k": {"value": null, "stderr": null, "lower": null, "upper": null},
                   "E": {"value": 1.5, "stderr": 0.1, "lower": 1.3, "upper": 1.7}},
    "objective": 0.25, "n_points": 16, "status": "unbounded", "identified": false, "notes": ["along k"]})");
  EXPECT_EQ(json_fit(fit).dump(), expected.dump());
  EXPECT_EQ(json_fit(fit, "step1")["law"], "step1");
}

}  // namespace
}  // namespace rung
