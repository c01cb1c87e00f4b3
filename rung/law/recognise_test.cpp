#include "rung/law/recognise.hpp"

#include <gmock/gmock.h>

#include "rung/core/index.hpp"
#include "rung/law/formula.hpp"

namespace rung {
namespace {

using testing::ElementsAre;

TEST(Recognise, AFormulaUnderOtherNamesAndInAnotherOrder) {
  const Law law = formula_law("floor+s/size^p + t/tokens^q", {"tokens", "size"});
  const auto like = written_like(law);
  ASSERT_TRUE(like.has_value());
  EXPECT_EQ(like->law->info.name, "chinchilla");
  const auto named = [&](const char* name) {
    return law.info.parameters[at(like->parameters[at(like->law->parameter_index(name))])].name;
  };
  EXPECT_EQ(named("E"), "floor");
  EXPECT_EQ(named("A"), "s");
  EXPECT_EQ(named("beta"), "q");
  EXPECT_THAT(like->inputs, ElementsAre(1, 0)) << "N is size, which comes second";
}

TEST(Recognise, NotAnotherFormulaNorALawItself) {
  EXPECT_FALSE(written_like(formula_law("E + A/N^alpha + B*D^beta", {"N", "D"})));
  EXPECT_FALSE(written_like(*built_in_laws().front()));
}

TEST(Recognise, EveryLawThatIsAFormula) {
  for (const Law* law : built_in_laws()) {
    if (law->info.formula.find(" = ") != std::string::npos) continue;
    std::vector<std::string> inputs;
    for (const InputInfo& input : law->info.inputs) inputs.push_back(input.name);
    const auto like = written_like(formula_law(law->info.formula, inputs));
    ASSERT_TRUE(like.has_value()) << law->info.name;
    EXPECT_EQ(like->law->n_parameters(), law->n_parameters()) << law->info.name;
  }
}

}  // namespace
}  // namespace rung
