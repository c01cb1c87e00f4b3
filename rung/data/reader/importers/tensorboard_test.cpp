#include <gmock/gmock.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/reader/tfrecord.hpp"
#include "tests/support/error_of.hpp"

namespace rung {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::NanSensitiveDoubleEq;

/// Three records, made byte by byte by another program from the published description: the file's
/// version; step 10 with loss 2.5 (simple_value); step 20 with loss 2.25 and acc 0.5 (a double
/// tensor's content).
constexpr std::string_view kEvents =
    "1800000000000000a37f4b220900000040fc54d9411a0d627261696e2e4576656e743a32eced8f9d"
    "1a00000000000000129bd82d0900000040fc54d941100a2a0d0a0b0a046c6f73731500002040663c"
    "d7c131000000000000009d8383e90900000040fc54d94110142a240a0b0a046c6f73731500001040"
    "0a150a03616363420e080212002208000000000000e03f08c71d24";

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

Imported import_events(std::string content,
                       const std::string& path = "logs/190M/events.out.tfevents.1.host") {
  return import_content(find_importer("tensorboard"), {path, std::move(content)});
}

TEST(TensorBoard, KnowsThePublishedCheckSum) {
  // CRC-32C of "123456789" is e3069283; the mask rotates it by 15 and adds a282ead8.
  EXPECT_EQ(masked_crc32c("123456789"), ((0xe3069283u >> 15) | (0xe3069283u << 17)) + 0xa282ead8u);
}

TEST(TensorBoard, ReadsScalarsAndTensors) {
  const Imported imported = import_events(bytes_of(kEvents));
  ASSERT_EQ(imported.runs.size(), 1u);
  const rung::Run& run = imported.runs.front();
  EXPECT_EQ(run.model, "190M");
  EXPECT_THAT(run.metrics.at(kStep), ElementsAre(10, 20));
  EXPECT_THAT(run.metrics.at("loss"), ElementsAre(2.5, 2.25));
  EXPECT_THAT(run.metrics.at("acc"), ElementsAre(NanSensitiveDoubleEq(std::nan("")), 0.5));
  EXPECT_TRUE(imported.warnings.empty());
}

TEST(TensorBoard, NamesWhatKerasValidatesOn) {
  const Imported imported =
      import_events(bytes_of(kEvents), "logs/190M/validation/events.out.tfevents.1.host");
  EXPECT_EQ(imported.runs.front().model, "190M");
  EXPECT_TRUE(imported.runs.front().metrics.count("validation/loss"));
}

TEST(TensorBoard, GivesAllWholeRecordsOfATruncatedFile) {
  const std::string whole = bytes_of(kEvents);
  const std::size_t third = whole.size() - (8 + 4 + 0x31 + 4);
  for (std::size_t size = third + 1; size < whole.size(); ++size) {
    const Imported imported = import_events(whole.substr(0, size));
    ASSERT_EQ(imported.runs.size(), 1u) << size;
    EXPECT_THAT(imported.runs.front().metrics.at("loss"), ElementsAre(2.5));
    ASSERT_EQ(imported.warnings.size(), 1u);
    EXPECT_THAT(imported.warnings.front(),
                HasSubstr("breaks off at byte " + std::to_string(third) + ": the 2 whole records"));
  }
}

TEST(TensorBoard, StopsWhereAFileIsDamaged) {
  std::string damaged = bytes_of(kEvents);
  damaged[damaged.size() - 10] ^= 1;
  const Imported imported = import_events(damaged);
  EXPECT_THAT(imported.runs.front().metrics.at("loss"), ElementsAre(2.5));
  EXPECT_THAT(imported.warnings.front(), HasSubstr("is damaged at byte"));
}

TEST(TensorBoard, RefusesOtherBytes) {
  EXPECT_THAT(error_of([] { import_events("no event file at all"); }),
              HasSubstr("holds no whole record"));
  EXPECT_THAT(error_of([] { import_events(""); }), HasSubstr("holds no whole record"));
}

}  // namespace
}  // namespace rung
