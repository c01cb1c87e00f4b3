#include "rung/core/quantity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/core/text.hpp"

namespace rung {
namespace {

TEST(Quantity, CountsAsPeopleWriteThem) {
  EXPECT_EQ(parse_quantity("7B"), 7e9);
  EXPECT_EQ(parse_quantity("1.4b"), 1.4e9);
  EXPECT_EQ(parse_quantity("2G"), 2e9);
  EXPECT_EQ(parse_quantity("4T"), 4e12);
  EXPECT_EQ(parse_quantity("20M"), 20e6);
  EXPECT_EQ(parse_quantity("70m"), 70e6);
  EXPECT_EQ(parse_quantity("512k"), 512e3);
  EXPECT_EQ(parse_quantity("1.2P"), 1.2e15);
  EXPECT_EQ(parse_quantity("1e22"), 1e22);
  EXPECT_EQ(parse_quantity("+1E3B"), 1e12);
  EXPECT_EQ(parse_quantity(" -3.5 M "), -3.5e6);
  EXPECT_EQ(parse_quantity("0"), 0.0);
}

TEST(Quantity, FlopsWithTheirPrefixes) {
  EXPECT_EQ(parse_quantity("1.5ZFLOP"), 1.5e21);
  EXPECT_EQ(parse_quantity("2 EFLOPs"), 2e18);
  EXPECT_EQ(parse_quantity("3YFLOPS"), 3e24);
  EXPECT_EQ(parse_quantity("3kFLOP"), 3e3);
  EXPECT_EQ(parse_quantity("8 PFLOP"), 8e15);
  EXPECT_EQ(parse_quantity("3e21 FLOPs"), 3e21);
  EXPECT_EQ(parse_quantity("1e3EFLOP"), 1e21);
}

TEST(Quantity, WhatIsNone) {
  for (const char* text : {"", " ", "B", "7BB", "7 billion", "7B4", "1Z", "2E", "nan", "inf",
                           "1e400", "1e305T", "--7B", "FLOP", "7B-4T", "0x10", "1e", "7e9 tok"}) {
    EXPECT_EQ(parse_quantity(text), std::nullopt) << text;
  }
}

TEST(Quantity, HowToWriteWhatIsWrittenOtherwise) {
  EXPECT_EQ(how_to_write("35.4%"), "write 0.354, a share, without a percent sign");
  EXPECT_EQ(how_to_write(" 7 % "), "write 0.07, a share, without a percent sign");
  EXPECT_EQ(how_to_write("150%"), "write 1.5, without a percent sign");
  EXPECT_EQ(how_to_write("1,234,567.5"), "write 1234567.5, without commas");
  EXPECT_EQ(how_to_write("3,14"), "write 3.14, with a decimal point");
  EXPECT_EQ(how_to_write("0,512"), "write 0.512, with a decimal point");
  EXPECT_EQ(how_to_write("-0,512"), "write -0.512, with a decimal point");
  EXPECT_EQ(how_to_write("5,312"), "write 5312, without commas, or 5.312, with a decimal point");
  EXPECT_EQ(how_to_write("5,312.5"), "write 5312.5, without commas");
  EXPECT_EQ(how_to_write("1e400"), "numbers reach to 1.8e308");
  for (const char* text : {"", "%", "x%", "c4", "a,b", "1,2,3", ",5", "0.9,0.95", "inf%"})
    EXPECT_EQ(how_to_write(text), "") << text;
}

TEST(Quantity, APercentageMayStandForAnAmount) {
  EXPECT_EQ(instead_of_percent("7%"), "write 0.07 for a share, or the amount itself, as 7e9 or 7B");
  for (const char* text : {"", "7", "7B", "x%"}) EXPECT_EQ(instead_of_percent(text), "") << text;
}

TEST(Quantity, IsWrittenShortWithFourDigits) {
  EXPECT_EQ(short_quantity(7e9), "7B");
  EXPECT_EQ(short_quantity(1.28e9), "1.28B");
  EXPECT_EQ(short_quantity(190354176), "190.4M");
  EXPECT_EQ(short_quantity(999.96e6), "1B");
  EXPECT_EQ(short_quantity(5000), "5000");
  EXPECT_EQ(short_quantity(-20000), "-20K");
  EXPECT_EQ(short_quantity(1e22), "1e22");
  EXPECT_EQ(short_quantity(0.00025), "0.00025");
}

TEST(Quantity, IsReadBackAsItIsWritten) {
  for (const double value : {7e9, 3.9e12, 190.4e6, 12e3, 512.0, 1e22, 2.5e15})
    EXPECT_DOUBLE_EQ(parse_quantity(short_count(value)).value(), value) << short_count(value);
}

TEST(Quantity, HugeNumbersAreWrittenWithTheirExponent) {
  EXPECT_EQ(short_count(1e22), "1e22");
  EXPECT_EQ(short_count(-2.5e300), "-2.5e300");
  EXPECT_EQ(short_count(999.96e6), "1B");
  EXPECT_EQ(fixed(1e308, 2), "1e308");
  EXPECT_EQ(fixed(859609995481710080, 4), "8.596e17");
  EXPECT_EQ(percent(1e300), "1e302%");
  EXPECT_EQ(fixed(123456.5, 1), "123456.5");
}

}  // namespace
}  // namespace rung
