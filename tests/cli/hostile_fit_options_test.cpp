#include "tests/cli/hostile.hpp"

namespace rung::cli {
namespace {

const std::string kFitChinchilla = "fit runs.csv --law chinchilla --bootstrap 0 --x N=N,D=D";

TEST(HostileFitOptions, Numbers) {
  const std::vector<std::string> no_count = {"-1", "1.5", "many", "nan", "''"};
  HostileFolder().run(std::vector<HostileValues>{
      {kFitChinchilla + " --seed {}", no_count, "--seed"},
      {kFitChinchilla + " --seed {}",
       {"18446744073709551616", "99999999999999999999999", "1e400"},
       "--seed"},
      {kFitChinchilla + " --threads {}", {"-1", "4097", "two", "1e9", "nan", "''"}, "--threads"},
      {kFitChinchilla + " --bootstrap {}",
       {"-1", "10000001", "1.5", "nan", "-inf", "many"},
       "--bootstrap"},
      {kFitChinchilla + " --level {}",
       {"0", "1", "-0.5", "2", "95", "nan", "inf", "most"},
       "--level"},
      {kFitChinchilla + " --level {}", {"90%"}, "write 0.9, a share"},
      {kFitChinchilla + " --prior 'alpha ~ normal(0.3, 0.1)' --noise-sd {}",
       {"-1", "nan", "inf", "loud"},
       "--noise-sd"},
      {kFitChinchilla + " --most-unpacked {}", {"nan", "0", "-1", "much"}, "--most-unpacked"},
  });
}

TEST(HostileFitOptions, WordsThatHaveAGrammar) {
  HostileFolder().run(std::vector<HostileValues>{
      {kFitChinchilla + " --loss {}",
       {"huber:", "huber:0", "huber:-1", "huber:nan", "huber:inf", "huber:x", "l3", "squared:2"},
       "--loss"},
      {kFitChinchilla + " --loss {}",
       {"quantile:0", "quantile:1", "quantile:nan", "asymmetric:0", "asymmetric:-1", "lad:1"},
       "--loss"},
      {kFitChinchilla + " --residual {}", {"exp", "Log", "none"}, "--residual"},
      {kFitChinchilla + " --param {}",
       {"alpha", "alpha=", "=1", "alpha=1..0", "alpha=nan..1", "alpha=0..1@2", "alpha=@inf"},
       "--param"},
      {kFitChinchilla + " --param {}", {"gamma=0..1"}, "gamma"},
      {kFitChinchilla + " --fix {}", {"alpha", "alpha=nan", "alpha=inf", "alpha=x"}, "alpha"},
      {kFitChinchilla + " --fix {}", {"gamma=1"}, "gamma"},
      {kFitChinchilla + " --fix {}", {"alpha=-1", "E=-2"}, "is below 0"},
      {kFitChinchilla + " --tie {}", {"alpha", "alpha=alpha", "alpha=beta+"}, "--tie"},
      {kFitChinchilla + " --tie {}", {"alpha=gamma"}, "gamma"},
      {kFitChinchilla + " --prior '{}'",
       {"alpha", "alpha ~", "alpha ~ normal(0.3)", "alpha ~ normal(0.3, 0)", "alpha normal(0,1)"},
       "--prior"},
      {kFitChinchilla + " --prior '{}'",
       {"alpha ~ normal(0.3, -1)", "alpha ~ normal(nan, 1)", "alpha ~ normal(0.3, inf)",
        "alpha ~ cauchy(0, 1)"},
       "--prior"},
      {kFitChinchilla + " --prior '{}'", {"gamma ~ normal(0, 1)"}, "gamma"},
      {kFitChinchilla + " --at '{}'",
       {"N=7e9", "N=0,D=1e12", "N=-1,D=1e12", "N=7e9,D=nan", "N=inf,D=1e12", "N=7e9,D="},
       "--at"},
      {kFitChinchilla + " --at '{}'",
       {"N=7e9,D=4Q", "N=7e9;D=1e12", "7e9", "N=7e9,N=7e9,D=1e12", "N=1e999,D=1e12"},
       "--at"},
      {kFitChinchilla + " --at '{}'", {"N=7e9,D=1e12,Q=1"}, "Q"},
      {kFitChinchilla + " --at '{}'", {"N=nan,D=1e12", "N=7e9,D=20*nan"}, "'nan' is no quantity"},
      {kFitChinchilla + " --where \"{}\"",
       {"loss <", "loss < 'a", "loss ! 4", "sin(", "(loss", "loss < 4)", "1/0 > 1 and",
        "loss = 4 = 5", "'a' < 4"},
       "--where"},
      {kFitChinchilla + " --where \"{}\"", {"los < 4"}, "'los'"},
      {"fit runs.csv --formula '{}' --x N=N --bootstrap 0",
       {"E + ", "E + A/", "E ++", "(E", "E)", "A^^N", "2N", "E + A/N^alpha,", "foo(N)",
        "E + A/N al", "1e999*N + E", ".", "E=A"},
       "--formula"},
      {kFitChinchilla + " --loss-unit {}", {"nat", "7"}, "loss unit"},
      {kFitChinchilla + " --params {}", {"all"}, "parameter count"},
      {kFitChinchilla + " --bootstrap-kind {}", {"jackknife", "cluster:"}, "--bootstrap-kind"},
      {kFitChinchilla + " --covariance {}", {"robust", "cluster:"}, "--covariance"},
      {kFitChinchilla + " --interval {}", {"wide"}, "--interval"},
      {kFitChinchilla + " --format {}", {"xls"}, "--format"},
  });
}

std::string many_parameters() {
  std::string sum = "N";
  for (int i = 0; i < 300; ++i) sum += "+p" + std::to_string(i);
  return sum;
}

TEST(HostileFitOptions, NestedDeep) {
  const std::string begin = "fit runs.csv --x N=N --bootstrap 0 --formula ";
  HostileFolder().run(std::vector<Hostile>{
      {"brackets", begin + "'" + repeated("(", 20'000) + "N" + repeated(")", 20'000) + "'",
       "--formula"},
      {"minus signs", begin + "'E" + repeated("-", 20'000) + "N'", "--formula"},
      {"powers", begin + "'E" + repeated("^N", 20'000) + "'", "--formula"},
      {"brackets of a condition",
       kFitChinchilla + " --where '" + repeated("(", 20'000) + "N > 1" + repeated(")", 20'000) +
           "'",
       "--where"},
      {"more parameters than rows", begin + many_parameters(), "at most"},
  });
}

TEST(HostileFitOptions, WithoutEffectOrInContradiction) {
  HostileFolder().run(std::vector<Hostile>{
      {"picture that nobody asked for", kFitChinchilla + " --figure residuals", "--figure"},
      {"unknown picture", kFitChinchilla + " --figure pie -o out.svg", "--figure"},
      {"ending of no picture", kFitChinchilla + " -o out.bmp", "out.bmp"},
      {"best of sweep alone", kFitChinchilla + " --best-of-sweep", "--best-of-sweep"},
      {"sweep of no column", kFitChinchilla + " --sweep lr", "lr"},
      {"sweep's picture alone", kFitChinchilla + " --figure sweep -o out.svg", "--sweep"},
      {"input that the law lacks", kFitChinchilla + ",Q=C", "Q", 0},
      {"input said twice", kFitChinchilla + ",N=C", "N"},
      {"input left out", "fit runs.csv --law kaplan-joint --x N=N,Q=D --bootstrap 0", "Q", 0},
      {"no law", "fit runs.csv --x N=N,D=D --bootstrap 0", "--law"},
      {"law and formula", kFitChinchilla + " --formula E+A/N", "--formula"},
      {"unknown law", "fit runs.csv --law chinchila --x N=N,D=D", "chinchilla"},
      {"formula without inputs", "fit runs.csv --formula E+A/N", "--x"},
      {"formula of nothing", "fit runs.csv --formula '' --x N=N", "--formula"},
      {"formula without parameters", "fit runs.csv --formula '2*N' --x N=N", "parameter"},
      {"formula without a value", "fit runs.csv --formula 'E + log(-1-N)' --x N=N --bootstrap 0",
       "", 1},
      {"bound that no law has", kFitChinchilla + " --fix alpha=-1 --fix beta", "beta"},
      {"shared without groups", kFitChinchilla + " --share alpha", "--group-by"},
      {"multiplier without groups", kFitChinchilla + " --multiplier N", "--group-by"},
      {"shared by none", kFitChinchilla + " --group-by model --share gamma", "gamma"},
      {"all shared", kFitChinchilla + " --group-by model --share A,B,E,alpha,beta",
       "nothing is left in which groups differ"},
      {"pooled with a factor", kFitChinchilla + " --group-by model --share pool --multiplier C",
       "--multiplier"},
      {"groups by no column", kFitChinchilla + " --group-by data", "data"},
      {"clusters by no column",
       "fit runs.csv --law chinchilla --x N=N,D=D --bootstrap 20"
       " --bootstrap-kind cluster:data",
       "data"},
      {"two clusterings", kFitChinchilla + " --bootstrap-kind cluster:model --covariance cluster:w",
       "clusters"},
      {"conversion from nothing", kFitChinchilla + " --fit-loss-unit nats", "--loss-unit"},
      {"bits per byte of nothing", kFitChinchilla + " --loss-unit bpb --fit-loss-unit nats",
       "bytes"},
      {"no bytes a token",
       kFitChinchilla + " --loss-unit bpb --fit-loss-unit nats --bytes-per-token 0", "bytes"},
      {"bytes without a conversion", kFitChinchilla + " --bytes-per-token 4", "--fit-loss-unit"},
      {"embedding without a conversion", kFitChinchilla + " --embedding 1e6", "--fit-params"},
      {"idle without a conversion", kFitChinchilla + " --inactive 1e6", "--fit-params"},
      {"conversion from no convention", kFitChinchilla + " --fit-params total", "--params"},
      {"condition that keeps nothing", kFitChinchilla + " --where 'loss < 0'", "--where"},
      {"partner column without a table", kFitChinchilla + " --on model", "--join"},
      {"another command's option", kFitChinchilla + " --budget 1e21", "--budget"},
      {"law twice", kFitChinchilla + " --law farseer", "--law"},
      {"value missing", "fit runs.csv --law", "--law"},
      {"no table", "fit --law chinchilla", "TABLE"},
      {"two tables", "fit runs.csv runs.csv --law chinchilla", "runs.csv"},
      {"three arguments", "predict fit.json runs.csv third.csv", "third.csv"},
      {"no place to predict", "predict fit.json", "--at"},
      {"more predictions than a figure shows",
       "predict fit.json runs.csv --at N=7e9,D=1e12 -o p.svg", "runs.csv and 1 of --at"},
  });
}

}  // namespace
}  // namespace rung::cli
