/// Training runs of a bigram model: they learn, and go on as if never interrupted.

#include "rung/lm/trainer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/failure.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/lm/checkpoint.hpp"
#include "rung/lm/log_check.hpp"
#include "rung/lm/run_folder.hpp"
#include "rung/system/file.hpp"
#include "tests/support/bigram_network.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::lm {
namespace {

using ::testing::HasSubstr;

constexpr int kVocabulary = 16;

class TrainerTest : public ::testing::Test {
 protected:
  TrainerTest() {
    // Each token but a tenth of them follows from the one before.
    std::vector<Token> tokens = {1};
    for (int i = 1; i < 4000; ++i)
      tokens.push_back(i % 10 == 0 ? i / 10 % kVocabulary : (5 * tokens.back() + 3) % kVocabulary);
    write_file(folder_.path() / "train.bin", token_bytes(tokens, TokenType::uint16));
    write_file(folder_.path() / "held-out.bin",
               token_bytes(std::span(tokens).first(400), TokenType::uint16));
    mix_ = {.name = "mix", .vocab_size = kVocabulary};
    mix_.train.push_back({folder_.path() / "train.bin", {}});
    mix_.validation.push_back({"text", folder_.path() / "held-out.bin", 800});
    settings_.name = "run";
    settings_.data = "mix.toml";
    settings_.model = {.name = "m",
                       .family = "f",
                       .d_model = 8,
                       .n_heads = 2,
                       .n_layers = 1,
                       .d_hidden = 16,
                       .vocab_size = kVocabulary,
                       .padded_vocab_size = kVocabulary};
    settings_.model.sequence_length = 20;
    settings_.recipe = {
        .length = "16K", .batch_sequences = 20, .learning_rate = 0.3, .warmup_tokens = 800};
    settings_.save_interval = 7;
    settings_.eval_interval = 10;
    settings_.device_batch_size = 8;
  }

  std::filesystem::path place(const char* name) const { return folder_.path() / name; }

  /// Trains in a folder, at most so many steps; the step it came to.
  std::int64_t train_in(const char* name, int most_steps = 1000) {
    prepare_folder(settings_, place(name));
    BigramNetwork network(settings_.model);
    const TrainTools tools{network, mix_, {}};
    int n = 0;
    return train(settings_, place(name), tools,
                 {.on_notice = [&](const std::string& sentence) { notices_ += sentence + "\n"; },
                  .should_stop = [&] { return ++n == most_steps; }});
  }
  std::string text(const char* run, const char* file) { return read_file(place(run) / file); }

  TempFolder folder_;
  DataMix mix_;
  Settings settings_;
  std::string notices_;
};

TEST_F(TrainerTest, LearnsAndWritesTheLaddersColumns) {
  EXPECT_EQ(train_in("run"), 40);
  const std::vector<std::string> lines = split(text("run", kMetricsFile), '\n');
  ASSERT_EQ(lines.size(), 6u);  // header, steps 10, 20, 30, 40, end
  EXPECT_THAT(lines[0], HasSubstr("_step,throughput/total_tokens,throughput/total_training_Gflops,"
                                  "batch_size_in_tokens,optim/learning_rate_group0,"
                                  "train/CrossEntropyLoss,eval/text-validation/CrossEntropyLoss,"
                                  "eval/text-validation/BitsPerByte"));
  const std::vector<std::string> last = split(lines[4], ',');
  EXPECT_EQ(last[0], "40");
  EXPECT_EQ(last[1], "16000");
  const double loss = *parse_double(last[6]);
  EXPECT_LT(loss, 1.2);  // of log(16) = 2.77 at first
  EXPECT_NEAR(*parse_double(last[7]), loss * 400 / (800 * std::log(2.0)), 1e-12);
}

TEST_F(TrainerTest, InterruptedAnywhereItComesToTheSameBitForBit) {
  train_in("whole");
  for (const int most : {1, 6, 7, 13}) {
    const std::string name = "parts" + std::to_string(most);
    std::int64_t step = 0;
    while (step < 40) step = train_in(name.c_str(), most);
    EXPECT_EQ(text(name.c_str(), kStepsFile), text("whole", kStepsFile)) << most;
    EXPECT_EQ(text(name.c_str(), kMetricsFile), text("whole", kMetricsFile)) << most;
    EXPECT_EQ(text(name.c_str(), "checkpoints/step40.rung"),
              text("whole", "checkpoints/step40.rung"));
  }
}

TEST_F(TrainerTest, WhatWasLoggedAfterTheLastCheckpointIsLoggedAnew) {
  train_in("whole");
  train_in("killed", 9);
  // As if killed between checkpoints, within a line.
  std::filesystem::remove(checkpoint_path(place("killed"), 9));
  write_file(place("killed") / kStepsFile, text("killed", kStepsFile) + "10,4");
  train_in("killed");
  EXPECT_EQ(text("killed", kStepsFile), text("whole", kStepsFile));
}

TEST_F(TrainerTest, RefusesADamagedOrForeignCheckpointAndKeepsTheOthers) {
  train_in("run", 20);
  const auto last = checkpoint_path(place("run"), 20);
  std::string content = read_file(last);
  content[content.size() - 100] ^= 1;
  write_file(last, content);
  EXPECT_THAT(error_of([&] { train_in("run"); }), HasSubstr("damaged"));
  write_file(last, std::string_view(content).substr(0, 500));
  EXPECT_THAT(error_of([&] { train_in("run"); }), HasSubstr("bytes of numbers"));
  write_file(last, "PK");
  EXPECT_THAT(error_of([&] { train_in("run"); }), HasSubstr("no checkpoint of rung train"));
  std::filesystem::remove(last);
  EXPECT_EQ(train_in("run"), 40);  // from step 14 on
  train_in("whole");
  EXPECT_EQ(text("run", kStepsFile), text("whole", kStepsFile));

  settings_.model.n_layers = 2;
  settings_.load_path = checkpoint_path(place("run"), 40);
  EXPECT_THAT(error_of([&] { train_in("other"); }), HasSubstr("another model"));
}

TEST_F(TrainerTest, AFolderWithOtherSettingsIsRefusedUnlessOverwritten) {
  train_in("run", 7);
  settings_.recipe.learning_rate = 0.2;
  EXPECT_THAT(error_of([&] { train_in("run"); }), HasSubstr("learning_rate = 0.3"));
  RunFolder overwritten(settings_, place("run"), true);
  EXPECT_FALSE(overwritten.goes_on());
  EXPECT_TRUE(checkpoint_steps(place("run")).empty());
  overwritten.keep();
  EXPECT_EQ(train_in("run"), 40);
}

TEST_F(TrainerTest, TheSettingsThatDifferAreNamedByKey) {
  prepare_folder(settings_, place("run"));
  Settings other = settings_;
  other.load_path = "elsewhere.rung";  // a line more: all below stand elsewhere
  other.recipe.warmup_tokens.reset();
  other.seed = 3;
  const std::string error = error_of([&] { prepare_folder(other, place("run")); });
  EXPECT_THAT(error, HasSubstr("load_path is not set there, \"elsewhere.rung\" here"));
  EXPECT_THAT(error, HasSubstr("seed = 0 there, 3 here"));
  EXPECT_THAT(error, HasSubstr("[recipe] warmup_tokens = 800 there, not set here"));
  EXPECT_THAT(error, ::testing::Not(HasSubstr("data_seed")));
  const auto path = place("run") / kSettingsFile;
  write_file(path, "# of mine\n" + read_file(path));
  EXPECT_TRUE(prepare_folder(settings_, place("run")));
}

TEST_F(TrainerTest, ACheckpointAtOrPastTheLastStepLeavesNothingToTrain) {
  train_in("whole");
  EXPECT_EQ(train_in("whole"), 40);
  EXPECT_THAT(notices_, HasSubstr("step 40 is the last of this run: nothing is left to train"));
  settings_.load_path = checkpoint_path(place("whole"), 40);
  EXPECT_EQ(train_in("taken"), 40);  // and is a whole run
  EXPECT_EQ(checkpoint_steps(place("taken")), std::vector<std::int64_t>{40});
  EXPECT_EQ(RunLog(place("taken") / kMetricsFile).rows().size(), 1u);
  notices_.clear();
  train_in("taken");
  EXPECT_THAT(notices_, ::testing::Not(HasSubstr("warning")));
  settings_.recipe.length = "8K";
  EXPECT_THAT(error_of([&] { train_in("past"); }),
              HasSubstr("step40.rung: error: it is of step 40, past this run's last, 20"));
  EXPECT_FALSE(file_exists(place("past") / kMetricsFile));
}

TEST_F(TrainerTest, LogsThatLackRowsAreNamedWhereARunGoesOn) {
  train_in("run", 20);
  EXPECT_THAT(missing_from_logs(settings_, place("run"), 20), ::testing::IsEmpty());
  const auto warnings = [&](const char* file, const std::string& content) {
    const auto path = place("run") / file;
    const std::string whole = read_file(path);
    std::filesystem::remove(path);
    if (!content.empty()) write_file(path, content);
    std::string all;
    for (const std::string& each : missing_from_logs(settings_, place("run"), 20)) all += each;
    write_file(path, whole);
    return all;
  };
  EXPECT_THAT(warnings(kStepsFile, ""), HasSubstr("it would hold 20 steps, of steps 1 to 20"));
  EXPECT_THAT(warnings(kMetricsFile, ""), HasSubstr("hold 2 evaluations, of steps 10 to 20"));
  const std::string steps = text("run", kStepsFile), metrics = text("run", kMetricsFile);
  EXPECT_THAT(warnings(kStepsFile, steps.substr(0, steps.find("\n20,") + 1)),
              HasSubstr("steps.csv lacks 1 step, of step 20"));
  EXPECT_THAT(warnings(kMetricsFile, metrics.substr(0, metrics.find("\n20,") + 5)),
              HasSubstr("metrics.csv lacks 1 evaluation, of step 20"));
  EXPECT_THAT(error_of([&] { warnings(kStepsFile, "PK\n"); }), HasSubstr("no log of a training"));
  write_file(place("run") / kStepsFile, steps);
  std::filesystem::remove(place("run") / kMetricsFile);
  EXPECT_EQ(train_in("run"), 40);
  EXPECT_THAT(notices_, HasSubstr("warning: "));
  EXPECT_THAT(notices_, HasSubstr("metrics.csv is missing"));
}

TEST_F(TrainerTest, WhatFailsOnceItHasBegunIsNoBadInput) {
  std::filesystem::create_directories(place("run"));
  write_file(place("run") / "checkpoints", "in the way");
  EXPECT_THROW(train_in("run"), Failure);
}

TEST_F(TrainerTest, WhatFailsBeforeAStepTakesNothingAway) {
  train_in("run");
  const std::string steps = text("run", kStepsFile), settings = text("run", kSettingsFile);
  const std::vector<std::int64_t> checkpoints = checkpoint_steps(place("run"));
  settings_.recipe.learning_rate = 0.2;
  RunFolder failed(settings_, place("run"), true);
  failed.undo_unless_begun();
  EXPECT_EQ(text("run", kStepsFile), steps);
  EXPECT_EQ(text("run", kSettingsFile), settings);
  EXPECT_EQ(checkpoint_steps(place("run")), checkpoints);
  EXPECT_FALSE(std::filesystem::exists(place("run") / ".replaced"));
  RunFolder made(settings_, place("new"), false);
  made.undo_unless_begun();
  EXPECT_FALSE(std::filesystem::exists(place("new")));
}

TEST_F(TrainerTest, WhatFailsLaterIsKept) {
  train_in("run");
  settings_.recipe.learning_rate = 0.2;
  RunFolder failed(settings_, place("run"), true);
  train_in("run", 8);
  failed.undo_unless_begun();
  EXPECT_EQ(checkpoint_steps(place("run")).back(), 8);
  EXPECT_FALSE(std::filesystem::exists(place("run") / ".replaced"));
}

TEST_F(TrainerTest, GradientsOfPartsOfABatchAreThoseOfTheWhole) {
  train_in("parts", 3);
  settings_.device_batch_size = 20;
  train_in("whole", 3);
  const auto losses = [&](const char* run) {
    std::vector<double> values;
    for (const std::string& line : split(text(run, kStepsFile), '\n')) {
      if (const auto cells = split(line, ','); cells.size() > 2)
        values.push_back(parse_double(cells[2]).value_or(0));
    }
    return values;
  };
  EXPECT_THAT(losses("parts"), ::testing::Pointwise(::testing::DoubleNear(1e-6), losses("whole")));
}

TEST_F(TrainerTest, EvaluatesItsCheckpointsOnMoreAndMergesTheColumns) {
  train_in("run");
  DataMix more = mix_;
  more.validation[0].name = "more";
  BigramNetwork network(settings_.model);
  const TrainTools tools{network, more, {}};
  evaluate_checkpoints(settings_, place("run"), {7, 40}, tools, {});
  const std::vector<LogRow> rows = RunLog(place("run") / kMetricsFile).rows();
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0].front().second, 7);  // no evaluation was there before
  EXPECT_EQ(rows[0].back().first, "eval/more-validation/BitsPerByte");
  const auto value = [](const LogRow& row, const std::string& name) {
    for (const auto& [key, number] : row)
      if (key == name) return number;
    return -1.0;
  };
  EXPECT_EQ(value(rows[4], "eval/more-validation/CrossEntropyLoss"),
            value(rows[4], "eval/text-validation/CrossEntropyLoss"));
  EXPECT_EQ(value(rows[1], "eval/more-validation/CrossEntropyLoss"), -1);  // no checkpoint there
}

TEST_F(TrainerTest, EventFilesHoldWhatTheTablesDo) {
  settings_.writes_tensorboard = true;
  train_in("run", 13);
  train_in("run");  // goes on in another file
  const std::filesystem::path second = place("run") / "events.out.tfevents.0000000013.rung";
  const std::vector<std::string> sources = {second.string()};
  const Imported imported = import_files(sources, {}).imported;
  ASSERT_EQ(imported.runs.size(), 1u);
  EXPECT_THAT(imported.warnings, ::testing::IsEmpty());
  const rung::Run& run = imported.runs.front();
  EXPECT_EQ(run.model, "run");
  const LogRow last = RunLog(place("run") / kMetricsFile).rows().back();
  for (const auto& [name, value] : last) {
    if (!name.starts_with("eval/")) continue;
    ASSERT_TRUE(run.metrics.contains(name)) << name;
    EXPECT_FLOAT_EQ(static_cast<float>(run.metrics.at(name).back()), static_cast<float>(value));
  }
  const auto& losses = run.metrics.at("train/CrossEntropyLoss");
  const auto finite = [](double x) { return std::isfinite(x); };
  EXPECT_EQ(std::count_if(losses.begin(), losses.end(), finite), 40 - 13);
  EXPECT_TRUE(path_exists(place("run") / "events.out.tfevents.0000000000.rung"));
}

TEST_F(TrainerTest, SettingsAreReadAsWritten) {
  settings_.name = "a \"quoted\"\\ name\n";
  settings_.recipe.scheduler = model::Scheduler::constant_then_decay;
  EXPECT_EQ(toml_of(parse_settings(toml_of(settings_), "run.toml")), toml_of(settings_));
  EXPECT_THAT(error_of([] { parse_settings("name = 'x'\n", "run.toml"); }), HasSubstr("'model'"));
}

TEST(Score, RanksChoicesByLikelihood) {
  // Three tokens; after 0 comes 1 with odds e^2 to one, after 1 anything.
  const model::Config config{.d_model = 4,
                             .n_heads = 1,
                             .n_layers = 1,
                             .d_hidden = 4,
                             .vocab_size = 3,
                             .padded_vocab_size = 3};
  BigramNetwork network(config);
  network.weights()[1] = 2;
  const Encode encode = [](std::string_view text) {
    std::vector<Token> tokens;
    for (const char c : text) tokens.push_back(c - 'a');
    return tokens;
  };
  const auto questions = parse_questions(
      "{\"context\": \"a\", \"choices\": [\"b\", \"c\"], \"answer\": 0}\n"
      "{\"context\": \"a\", \"choices\": [\"bb\", \"c\"], \"answer\": 1}\n",
      "q.jsonl");
  const EvaluateOptions options{.length = 8, .vocab_size = 3, .batch_size = 3};
  const TaskScores scores = score(network, questions, encode, options);
  const double all = std::log(std::exp(2.0) + 2), b = 2 - all, c = -all, bb = b - std::log(3.0);
  EXPECT_EQ(scores.acc, 0.5);  // bb is likelier than c
  EXPECT_EQ(scores.len_norm, 0.5);
  EXPECT_NEAR(scores.bpb, -(b + c) / 2 / std::log(2.0), 1e-6);
  EXPECT_NEAR(scores.ce, -(b + c) / 2, 1e-6);
  const double first = 1 / (1 + std::exp(c - b)), second = 1 / (1 + std::exp(bb - c));
  EXPECT_NEAR(scores.soft, (first + second) / 2, 1e-6);
  EXPECT_NEAR(scores.soft_log, (std::log(first) + std::log(second)) / 2, 1e-6);
}

TEST(Score, ShotsAreOtherQuestionsSolved) {
  const std::vector<Question> questions = {
      {"a?", {" 1", " 2"}, 1}, {"b?", {" 3", " 4"}, 0}, {"c?", {" 5"}, 0}};
  const auto own = with_shots(questions, questions, 2);
  EXPECT_EQ(own[0].context, "b? 3\n\nc? 5\n\na?");
  EXPECT_EQ(own[1].context, "a? 2\n\nc? 5\n\nb?");
  EXPECT_EQ(own[2].choices, questions[2].choices);
  EXPECT_THAT(error_of([&] { with_shots(questions, questions, 3); }), HasSubstr("there are 2"));
  TempFolder folder;
  write_file(folder.path() / "t.jsonl",
             "{\"context\": \"x\", \"choices\": [\"y\"], \"answer\": 0}\n");
  write_file(folder.path() / "shots.jsonl",
             "{\"context\": \"s\", \"choices\": [\"t\", \"u\"], \"answer\": 1}\n");
  const DataMix mix = parse_data_mix(
      "vocab_size = 9\neos_token = 0\n[[validation]]\nname = 'v'\npath = 'v.bin'\n"
      "[[tasks]]\nname = 't'\npath = 't.jsonl'\nshots = 1\nshots_path = 'shots.jsonl'\n",
      folder.path() / "data.toml");
  EXPECT_EQ(questions_of(mix.tasks.front()).front().context, "su\n\nx");
  TaskPart alone = mix.tasks.front();
  alone.shots_path.clear();
  EXPECT_THAT(error_of([&] { questions_of(alone); }), HasSubstr("task 't': there are 0"));
}

TEST(Score, QuestionsAreRefusedWithTheirLines) {
  const auto error = [](const char* text) {
    return error_of([&] { parse_questions(text, "q.jsonl"); });
  };
  EXPECT_THAT(error("\n{\"choices\": [\"b\"], \"answer\": 1}\n"), HasSubstr("q.jsonl:2"));
  EXPECT_THAT(error("{\"answer\": 0}\n"), HasSubstr("'choices'"));
  EXPECT_THAT(error("\n"), HasSubstr("no questions"));
  EXPECT_THAT(error("{\"choices\": [], \"answer\": 0}\n"), HasSubstr("'choices'"));
}

}  // namespace
}  // namespace rung::lm
