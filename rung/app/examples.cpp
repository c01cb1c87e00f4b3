#include "rung/app/examples.hpp"

namespace rung::app {
namespace {

struct Example {
  std::string_view command, words;
};

// Of the ladder and the testbed those run as they stand, on the measurements that ship.
constexpr Example kExamples[] = {
    {"demo", "--figures figures"},
    {"ladder step1", "-k arc_challenge_test_5shot -c published:olmo-ladder/configs/final.json"},
    {"ladder step2",
     "-k arc_challenge_test_5shot -c published:olmo-ladder/configs/final.json -o step2.svg"},
    {"ladder predict",
     "-k v2_main -c published:olmo-ladder/configs/final.json -n 7B -d 4T --method combined"},
    {"ladder diagnose", "-k v2_main -c published:olmo-ladder/configs/final.json"},
    {"ladder step1-flops",
     "-k arc_challenge_test_5shot -c published:olmo-ladder/configs/final.json"},
    {"ladder predict-flops",
     "-k arc_challenge_test_5shot -c published:olmo-ladder/configs/final.json"},
    {"ladder single-step",
     "-k arc_challenge_test_5shot -c published:olmo-ladder/configs/final.json"},
    {"ladder step2-mc", "-k arc_challenge_test_5shot -c config.json -y mc_acc"},
    {"ladder variance", "-k v2_main -c published:olmo-ladder/configs/final_variance.json"},
    {"ladder compute-error", "-k v2_main --vary N --do_average"},
    {"ladder compare", "-k v2_main -c published:olmo-ladder/configs/final.json"},
    {"ladder sensitivity",
     "-k arc_challenge_test_5shot -c published:olmo-ladder/configs/final.json"},
    {"ladder extrapolate-d",
     "-k arc_challenge_test_5shot -c published:olmo-ladder/configs/final.json"},
    {"ladder extrapolate-n",
     "-k arc_challenge_test_5shot -c published:olmo-ladder/configs/final.json"},
    {"ladder configuration", "runs.csv --loss c4 --accuracy hellaswag_acc_norm -o ladder.json"},
    {"ladder tasks", ""},
    {"overtraining fit", "--train-set rpj --loss-set c4_val --error-set avg"},
    {"overtraining figure1", "-o figure1.svg"},
    {"overtraining tokens", "-o tokens.svg"},
    {"overtraining tasks", "-o tasks.svg"},
    {"overtraining correlation", "-o correlation.svg"},
    {"overtraining cost", "--study wide --compute 1e22 --ratio 20 --ratio 160"},
    {"overtraining budget", "-o budget.svg"},
    {"overtraining table", "loss-laws"},
    {"overtraining explore", "runs --sort -tokens_per_parameter --first 10"},
    {"observe demo", "--figures figures"},
    {"observe pca", "--models base -o components.svg"},
    {"observe fit", "--downstream emergent --y word_unscrambling_2_exact_match --x pc:3"},
    {"observe select", "--budgets 4,8 --max-size-b 7"},
    {"observe compare", "--downstream emergent --y word_unscrambling_2_exact_match"},
    {"observe test-ratio", "--downstream emergent --y word_unscrambling_2_exact_match"},
    {"observe place", "--mine mine.csv"},
    {"observe sets", ""},
    {"decide", "results.csv --target 7B -o decide.svg"},
    {"import", "wandb.csv mlruns/ -o runs.csv"},
    {"laws", "chinchilla"},
    {"fit",
     "runs.csv --law chinchilla --x \"N=params, D=tokens\" --at \"N=7B, D=4T\" --save-fit "
     "fit.json"},
    {"predict", "fit.json --at \"N=7B, D=4T\""},
    {"backtest", "runs.csv --law chinchilla,farseer --x \"N=params, D=tokens\" -o backtest.svg"},
    {"allocate", "runs.csv --law chinchilla --x \"N=params, D=tokens\" --budget 1e21,1e23"},
    {"plan",
     "runs.csv --law chinchilla --x \"N=params, D=tokens\" --at \"N=7B, D=4T\" --grid "
     "\"N=1e8..1e9:4, D=20*N\" --budget 1e20"},
    {"hardware", "--toml"},
    {"study list", ""},
    {"study show", "ladder-predict"},
    {"study run", "ladder-predict --bootstrap 0"},
    {"data list", ""},
    {"data get", "olmo-ladder"},
    {"doctor", ""},
    {"version", ""},
    {"completion", "bash > ~/.local/share/bash-completion/completions/rung"},
    {"manual", "fit > rung-fit.1"},
};

}  // namespace

std::string example_of(std::string_view command) {
  for (const Example& example : kExamples) {
    if (example.command != command) continue;
    std::string text = "rung " + std::string(command);
    return example.words.empty() ? text : text + " " + std::string(example.words);
  }
  return "";
}

}  // namespace rung::app
