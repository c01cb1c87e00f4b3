#include "rung/study/plan/hardware.hpp"

#include <gtest/gtest.h>

namespace rung::plan {
namespace {

TEST(Hardware, BillIsFlopsOverTheRateTimesPriceAndPower) {
  const HardwareTable table = HardwareTable::embedded();
  const Hardware h100(table, {.name = "h100", .utilization = 0.5, .n_accelerators = 8});
  const double flops = 989.4e12 * 0.5 * 3600 * 800;  // 800 hours of one
  const Bill bill = h100.bill(flops);
  EXPECT_NEAR(bill.accelerator_hours, 800, 1e-9);
  EXPECT_NEAR(bill.wall_hours, 100, 1e-9);
  const Accelerator& facts = table.accelerator("h100");
  EXPECT_NEAR(*bill.money, 800 * *facts.price_per_hour, 1e-9);
  EXPECT_NEAR(*bill.energy_kwh, 800 * 0.7 * table.power_overhead(), 1e-9);
  EXPECT_EQ(Hardware(table, {.name = "h100"}).utilization(), table.utilization());
  EXPECT_FALSE(Hardware(table, {.name = "tpu-v5e"}).bill(1e20).energy_kwh);
}

TEST(Hardware, BudgetsInEveryUnitBuyTheFlopsThatTheirBillSays) {
  const Hardware a100(HardwareTable::embedded(), {.name = "a100"});
  const Bill bill = a100.bill(3e21);
  const auto text = [](double value, const char* unit) { return std::to_string(value) + unit; };
  EXPECT_EQ(a100.flops_for("3e21"), 3e21);
  EXPECT_EQ(a100.flops_for(" 3e21 FLOPs "), 3e21);
  EXPECT_NEAR(a100.flops_for(text(bill.accelerator_hours, "h")) / 3e21, 1, 1e-8);
  EXPECT_NEAR(a100.flops_for(text(*bill.money, " USD")) / 3e21, 1, 1e-8);
  EXPECT_NEAR(a100.flops_for(text(*bill.energy_kwh, "kWh")) / 3e21, 1, 1e-8);
  for (const char* wrong : {"", "usd", "-1", "0", "10eur", "1e999", "1e300h", "10 usd more", "nan"})
    EXPECT_THROW(a100.flops_for(wrong), InputError) << wrong;
  EXPECT_THROW(Hardware(HardwareTable::embedded(), {.name = "tpu-v5p"}).flops_for("5kwh"),
               InputError);
  EXPECT_EQ(flops_of_budget("2e20"), 2e20);
  EXPECT_EQ(flops_of_budget("1.5ZFLOP"), 1.5e21);
  EXPECT_EQ(a100.flops_for("200 EFLOPs"), 2e20);
  EXPECT_THROW(flops_of_budget("2usd"), InputError);
}

TEST(Hardware, AUsersTableIsMergedOverTheEmbeddedOne) {
  HardwareTable table = HardwareTable::embedded();
  const std::size_t before = table.accelerators().size();
  table.add_text(R"(
[assumptions]
currency = "EUR"
[accelerators.h100]
price_per_hour = 1
peak_flops_per_second = { fp4 = 9e15 }
[accelerators.abacus]
number_format = "beads"
peak_flops_per_second = { beads = 2 }
)",
                 "mine.toml");
  EXPECT_EQ(table.accelerators().size(), before + 1);
  EXPECT_EQ(table.accelerator("h100").price_per_hour, 1);
  EXPECT_EQ(table.accelerator("h100").power_watts, 700);
  EXPECT_EQ(table.accelerator("h100").peak_flops_per_second.size(), 6u);
  EXPECT_GT(Hardware(table, {.name = "h100"}).flops_for("1eur"), 0);
  EXPECT_FALSE(Hardware(table, {.name = "abacus"}).bill(100).money);
}

std::vector<Problem> problems_of(const std::string& toml) {
  HardwareTable table = HardwareTable::embedded();
  try {
    table.add_text(toml, "mine.toml");
  } catch (const InputError& error) {
    EXPECT_TRUE(table.accelerator("h100").price_per_hour);  // as it was
    return error.problems();
  }
  return {};
}

TEST(Hardware, EveryProblemOfATableIsToldWithItsPlace) {
  const auto problems = problems_of(
      "[assumptions]\nutilization = 1.5\n[accelerators.x]\nprize_per_hour = 3\npower_watts = -1\n");
  ASSERT_EQ(problems.size(), 3u);
  for (const Problem& problem : problems) {
    EXPECT_EQ(problem.location.file, "mine.toml");
    EXPECT_GT(problem.location.line, 1u);
  }
  EXPECT_EQ(problems_of("[accelerators.x]\nnumber_format = 'bf16'\n").size(), 1u);
  EXPECT_EQ(problems_of("[accelerators.x]\nnumber_format = 'bf16'\n"
                        "peak_flops_per_second = { fp8 = 1 }\n")
                .size(),
            1u);
  EXPECT_EQ(problems_of("accelerators = 3").size(), 1u);
  EXPECT_EQ(problems_of("[accelerators").size(), 1u);
  const HardwareTable table = HardwareTable::embedded();
  EXPECT_THROW(table.accelerator("h10"), InputError);
  EXPECT_THROW(Hardware(table, {.name = "v100", .number_format = "bf16"}), InputError);
}

}  // namespace
}  // namespace rung::plan
