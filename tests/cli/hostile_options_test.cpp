#include "tests/cli/hostile.hpp"

namespace rung::cli {
namespace {

const std::vector<std::string> kNoAmount = {"0", "-1", "nan", "inf", "x"};

TEST(HostileOptions, Allocate) {
  const std::string fit = "allocate --fit fit.json", budget = fit + " --budget 1e21";
  const HostileFolder folder;
  folder.run(std::vector<HostileValues>{
      {fit + " --budget '{}'",
       {"0", "-1e21", "nan", "inf", "1e400", "much", "1e21,", "1e21;1e22", "500h", "1e21usd", ""},
       "--budget"},
      {fit + " --target-loss {}", {"nan", "inf", "low"}, "--target-loss"},
      {fit + " --target-loss {}", {"0", "-1"}, "not reachable", 1},
      {fit + " --target-accuracy {}", {"nan", "high"}, "--target-accuracy"},
      {budget + " --inference-tokens {}", {"-1", "nan", "inf", "x"}, "--inference-tokens"},
      {budget + " --most-tokens {}", {"0", "-1", "nan", "x"}, "--most-tokens"},
      {budget + " --approach {}", {"0", "4", "1.5", "x", "1", "2"}, "--approach"},
      {fit + " --budget 500h --hardware h100 --utilization {}",
       {"-1", "2", "nan", "x"},
       "--utilization"},
      {fit + " --budget 500h --hardware h100 --accelerators {}",
       {"0", "-1", "nan", "x"},
       "--accelerators"},
  });
  folder.run(std::vector<Hostile>{
      {"neither budget nor target", fit, "--budget"},
      {"accuracy of no loss", budget + " --accuracy-fit fit.json", "chinchilla"},
      {"held input that is none", budget + " --hold U=3", "U"},
      {"held without a number", budget + " --hold U", "--hold"},
      {"unknown hardware", budget + " --hardware h1000", "h100"},
      {"utilization of nothing", budget + " --utilization 0.4", "--hardware"},
      {"unknown format of numbers", budget + " --hardware h100 --number-format fp99", "fp99"},
      {"table and fit", "allocate runs.csv --fit fit.json --budget 1e21", "--fit"},
      {"neither table nor fit", "allocate --budget 1e21", "TABLE"},
      {"noise of nothing", "fit runs.csv --law chinchilla --x N=N,D=D --noise-sd 0", "--noise-sd"},
      {"one budget", "allocate t.csv --approach 1 --x N=N,D=D --budget 1e21", "makes one budget", 2,
       "N,D,loss\n1e8,2e9,3\n2e8,1e9,3.1\n5e7,4e9,3.2\n"},
  });
}

TEST(HostileOptions, Chain) {
  HostileFolder().run(std::vector<Hostile>{
      {"fit over two inputs", "predict fit.json --then fit.json --at N=7e9,D=1e12", "loss alone"},
      {"no second fit", "predict fit.json --then runs.csv --at N=7e9,D=1e12", "runs.csv"},
  });
}

TEST(HostileOptions, Plan) {
  const std::string plan = "plan runs.csv --law chinchilla --x N=N,D=D",
                    target = plan + " --at N=7e9,D=1e12",
                    grid = target + " --grid N=1e8..1e9:3,D=20*N";
  const HostileFolder folder;
  folder.run(std::vector<HostileValues>{
      {grid + " --budget '{}'", {"0", "-1", "nan", "inf", "x", ""}, "--budget"},
      {target + " --budget 1e20 --grid '{}'",
       {"N", "N=", "N=1e9..1e8:3,D=20*N", "N=0..1e9:3,D=20*N", "N=1e8..1e9:0,D=20*N",
        "N=1e8..1e9:1e9,D=20*N", "N=nan,D=1e9", "N=1e8|x,D=1e9", "N=1e8", "N=1e8,D=20*M",
        "N=1e8..1e9:1.5,D=1e9", "N=1e8..1e9:2000,D=1e8..1e9:2000", "N=1e8,N=1e9,D=1e9"},
       "--grid"},
      {grid + " --budget 1e20 --criterion {}", {"e"}, "--criterion"},
      {grid + " --budget 1e20 --repeats {}", {"0", "-1", "1.5", "x", "1e12"}, "--repeats"},
      {grid + " --budget 1e20 --cost '{}'", {"N*", "0*N", "-N", "1/0"}, "--cost"},
  });
  folder.run(std::vector<Hostile>{
      {"a family without a plan", grid + " --budget 1e20 --family olmo", "--save-plan"},
      {"cost of no column", grid + " --budget 1e20 --cost Q", "'Q'"},
      {"no target", plan + " --grid N=1e8..1e9:3,D=20*N --budget 1e20", "--at"},
      {"no candidate", target + " --budget 1e20", "--grid"},
      {"a grid without an input", target + " --grid N=1e8..1e9:3 --budget 1e20", "nothing of 'D'"},
      {"budget below every candidate", grid + " --budget 1", "budget", 1},
      {"conformal candidates", grid + " --budget 1e20 --interval conformal", "--interval"},
      {"candidates are text", target + " --candidates t.csv --budget 1e20", "t.csv:2", 2,
       "N,D\n1e8,lots\n"},
      {"candidates are negative", target + " --candidates t.csv --budget 1e20", "t.csv:2", 2,
       "N,D\n1e8,-1e9\n"},
      {"candidates lack an input", target + " --candidates t.csv --budget 1e20", "t.csv", 2,
       "N\n1e8\n"},
      {"headings of candidates alone", target + " --candidates t.csv --budget 1e20", "t.csv", 2,
       "N,D\n"},
  });
}

TEST(HostileOptions, Backtest) {
  const std::string backtest = "backtest runs.csv --x N=N,D=D --law chinchilla";
  const HostileFolder folder;
  folder.run(std::vector<HostileValues>{{backtest + " --tolerance {}", kNoAmount, "--tolerance"}});
  folder.run(std::vector<Hostile>{
      {"over no column", backtest + " --over Q", "Q"},
      {"unknown average", backtest + " --at N=7e9,D=1e12 --average mean", "--average"},
      {"average of nothing", backtest + " --average backtest", "--at"},
      {"unknown law", backtest + ",chinchilla-nofloor", "chinchilla-no-floor"},
      {"law twice", backtest + ",chinchilla", "chinchilla"},
      {"no law", "backtest runs.csv --x N=N,D=D", "--law"},
  });
}

TEST(HostileOptions, Ladder) {
  const std::string ladder = " -c published:olmo-ladder/configs/final.json -k hellaswag_val_5shot";
  const HostileFolder folder;
  folder.run(std::vector<HostileValues>{
      {"ladder step2" + ladder + " --moving_avg {}",
       {"0", "-1", "1.5", "x", "1e12"},
       "--moving_avg"},
      {"ladder step2" + ladder + " --skip_perc {}", {"-0.1", "2", "nan", "x"}, "--skip_perc"},
      {"ladder step2" + ladder + " --last_n_points {}", {"-1", "1.5", "x"}, "--last_n_points"},
      {"ladder predict" + ladder + " -d 4e12 -n {}", kNoAmount, "--n"},
      {"ladder predict" + ladder + " -n 7e9 -d {}", kNoAmount, "--d"},
      {"ladder extrapolate-d" + ladder + " --train_step_max {}",
       {"-1", "x", "nan"},
       "--train_step_max"},
      {"ladder extrapolate-d" + ladder + " --final_loss_tokens {}", kNoAmount,
       "--final_loss_tokens"},
      {"ladder extrapolate-d" + ladder + " --lr_correction --final_lr_share {}",
       {"x", "nan", "2"},
       "--final_lr_share"},
      {"ladder extrapolate-d" + ladder + " --final_lr_share {}", {"0.1"}, "needs --lr_correction"},
      {"ladder extrapolate-d" + ladder + " --eval_step_max {}", {"10"}, "needs --train_step_max"},
      {"ladder variance" + ladder + " --prediction-config {}",
       {"x.json"},
       "needs --run_prediction"},
      {"ladder extrapolate-n" + ladder + " -d {}", {"0", "-5", "nan", "x"}, "--d"},
      {"ladder variance" + ladder + " --last_n_points {}", {"0", "-1", "x"}, "--last_n_points"},
      {"ladder predict" + ladder + " --level {}", {"0", "1", "95", "nan"}, "--level"},
  });
  folder.run(std::vector<Hostile>{
      {"no task", "ladder step1 -c published:olmo-ladder/configs/final.json -k", "-k"},
      {"task of one's own", "ladder step1 -c published:olmo-ladder/configs/final.json -k sciquiz",
       "--tasks FILE"},
      {"unknown task", "ladder step1 -c published:olmo-ladder/configs/final.json -k mmlo", "mmlu"},
      {"configuration that is none", "ladder step1 -k mmlu -c published:olmo-ladder/configs/x.json",
       "x.json"},
      {"N without D", "ladder predict" + ladder + " -n 7e9", "-d"},
      {"unknown target", "ladder predict" + ladder + " -t 8B-4T --bootstrap 0", "8B-4T"},
      {"unknown x", "ladder predict" + ladder + " -x bpb", "x_metric"},
      {"unknown y", "ladder predict" + ladder + " -y acc", "y_metric"},
      {"unknown method", "ladder predict" + ladder + " --method both", "--method"},
      {"nothing to vary", "ladder compute-error" + ladder + " --vary D", "--vary"},
      {"an option as a value", "ladder predict runs.csv --loss loss --accuracy --targets m1",
       "--accuracy needs a value, and '--targets' is an option"},
      {"step 3", "ladder compute-error" + ladder + " --which_step step3", "--which_step"},
  });
}

TEST(HostileOptions, Overtraining) {
  const HostileFolder folder;
  folder.run(std::vector<HostileValues>{
      {"overtraining cost --compute {}", kNoAmount, "--compute"},
      {"overtraining cost --ratio {}", {"0", "-1", "nan", "x"}, "--ratio"},
      {"overtraining explore --first {}", {"-1", "x"}, "--first"},
  });
  folder.run(std::vector<Hostile>{
      {"unknown set", "overtraining fit --train-set c4", "c4_original"},
      {"two sets for one", "overtraining figure1 --train-set rpj --train-set rw_original",
       "--train-set"},
      {"two losses for one", "overtraining tokens --loss-set c4_val --loss-set openlm",
       "--loss-set"},
      {"a size without its unit",
       "ladder predict -c published:olmo-ladder/configs/final.json -k hellaswag_val_5shot -n 7 -d "
       "4",
       "7B"},
      {"no folder", "overtraining fit --data nowhere", "nowhere"},
      {"unknown subject", "overtraining explore run", "runs"},
      {"sorted by no column", "overtraining explore --sort tokens_per", "tokens_per"},
      {"no column", "overtraining explore --columns nome", "nome"},
      {"condition cut short", "overtraining explore --where 'x <'", "--where"},
  });
}

TEST(HostileOptions, Observe) {
  const HostileFolder folder;
  folder.run(std::vector<HostileValues>{
      {"observe pca --components {}", {"-1", "x", "nan"}, "--components"},
      {"observe pca --components {}", {"99"}, "99"},
      {"observe pca --score-range {}", {"1,0", "0", "nan,1", "a,b"}, "--score-range"},
      {"observe pca --sparse --alpha {}", {"-1", "0", "nan", "x"}, "--alpha"},
      {"observe select --budgets '{}'", {"0", "-4", "x", ""}, "--budgets"},
      {"observe select --max-size-b {}", {"x", "nan"}, "--max-size-b"},
      {"observe fit --y gsm8k --x {}", {"pc:0", "pc", "colour", "pc:x"}, "predictor"},
      {"observe place --mine fit.json --level {}", {"0", "1", "nan"}, "--level"},
  });
  folder.run(std::vector<Hostile>{
      {"unknown set", "observe pca --models bases", "base"},
      {"unknown benchmark", "observe pca --metrics MMLUU", "MMLU"},
      {"cost of no loading", "observe pca --alpha 0.2", "--sparse"},
      {"unknown family", "observe pca --families Nobody", "Nobody"},
      {"family that is not there", "observe select --include-family Nobody", "Nobody"},
      {"metrics of no judge", "observe select --budgets 4 --max-size-b 7 --fit-metrics MMLU",
       "--fit-metrics has no effect", 0},
      {"no metric", "observe fit", "--y"},
      {"unknown metric", "observe fit --y word_unscrambl --downstream emergent", "word_unscramb"},
      {"no table of mine", "observe place", "--mine"},
  });
}

TEST(HostileOptions, TheRest) {
  HostileFolder().run(std::vector<Hostile>{
      {"no command", "fut", "fit"},
      {"command with an escape", "f\x1b[31mt", "unknown command"},
      {"option with an escape", "fit runs.csv --\x1b[31mlaw x", "no option"},
      {"unknown law", "laws chinchila", "chinchilla"},
      {"law and check", "laws --check nowhere.toml", "nowhere.toml"},
      {"unknown study", "study show ladder-predic", "ladder-predict"},
      {"study that is no file", "study run nowhere.toml", "nowhere.toml"},
      {"unknown data set", "data get olmo --to here", "olmo-ladder"},
      {"repository that is none", "data get olmo-ladder --to here/there --from ./nowhere.git",
       "nowhere"},
      {"repository that is an option", "data get olmo-ladder --to here --from=--upload-pack=touch",
       "upload-pack"},
      {"repository that is a command",
       "data get olmo-ladder --to here --from 'ext::sh -c touch% x'", "ext"},
      {"unknown topic", "help jsn", "json"},
      {"two outputs on one stream", "doctor --json - --csv -", "--csv"},
  });
}

}  // namespace
}  // namespace rung::cli
