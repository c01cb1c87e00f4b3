#!/usr/bin/env python3
"""Takes the few numbers that the golden tests compare with out of the published programs' full results, so that those
tests run in every clone.

usage: tests/golden/derive_numbers.py [--from ../shared/goldens] [--check]

Writes tests/golden/numbers/*.json, doubles at full precision. --check writes nothing; exit 1 where they differ.
"""
import argparse
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
NUMBERS = ROOT / "tests/golden/numbers"

STEPS = ("step1_main", "step1_c4", "step1_acc", "step1_taskce", "step2_main", "step2_c4", "step2_taskce")
CHAINS = ("chained_main_p0_fixed", "chained_c4_p0_fixed")
BEST = {"step1_main": "multistart_step1_main.json"} | dict.fromkeys(
    ("step1_c4", "step1_acc", "step1_taskce"), "multistart_step1_c4_step1_acc_step1_taskce.json")


def chosen(entry, *keys):
    """The same object with these keys only, those that it has."""
    return {key: entry[key] for key in keys if key in entry}


def predicted(evaluations):
    return {target: chosen(entry, "y", "y_pred") for target, entry in evaluations.items()}


def ladder_fits(source):
    fits = json.loads((source / "olmo-ladder/fits.json").read_text())
    numbers = {step: {task: chosen(entry, "sse") | {"eval": predicted(entry["eval"])}
                      for task, entry in fits[step].items()} for step in STEPS}
    for chain in CHAINS:
        numbers[chain] = {"tasks": {task: {"eval": predicted(entry["eval"])}
                                    for task, entry in fits[chain]["tasks"].items()}}
    numbers["flops"] = {"tasks": {
        task: chosen(entry, "coefficients", "objective", "fitting_error")
        | {key: predicted(entry[key]) for key in ("step1_eval", "chained_p0_fixed")}
        for task, entry in fits["flops"]["tasks"].items()}}
    numbers["single_step"] = {"tasks": {
        task: chosen(entry, "objective", "fitting_error") | {"eval": predicted(entry["eval"])}
        for task, entry in fits["single_step"]["tasks"].items()}}
    return numbers


def ladder_best(source):
    return {step: {task: chosen(entry, "best_objective")
                   for task, entry in json.loads((source / "olmo-ladder" / file).read_text())[step].items()}
            for step, file in BEST.items()}


def compute_error(source):
    studies = json.loads((source / "olmo-ladder/cve.json").read_text())
    return {vary: {key: {task: chosen(entry, "step1", "step2", "stacked", "step2_coefficients", "step2_sse")
                         for task, entry in tasks.items()} for key, tasks in keys.items()}
            for vary, keys in studies.items() if vary in ("N", "xC", "flops")}


def variance(source):
    losses = json.loads((source / "olmo-ladder/variance.json").read_text())
    keys = ("loss_std_dev", "loss_coeff_of_var", "acc_std_dev", "acc_coeff_of_var", "corr", "p_val")
    return {loss: {task: chosen(entry, *keys) for task, entry in losses[loss].items()}
            for loss in ("rc_bpb", "c4", "rc_soft_log")}


def overtraining(source):
    folder = source / "over-training"
    fits = json.loads((folder / "fits_default_c4val.json").read_text())
    headline = json.loads((folder / "headline.json").read_text())
    return {
        "fits": {name: {"loss": entry["loss_scaling_paper_params"] | chosen(entry["loss_scaling"], "E"),
                        "error": entry["error_scaling"]} for name, entry in fits.items()},
        "targets": {name: {"loss": entry["c4_val"], "error": chosen(entry["err"], "avg", "avg_subset")}
                    for name, entry in headline.items()},
    }


FILES = {"ladder_fits": ladder_fits, "ladder_best": ladder_best, "compute_error": compute_error, "variance": variance,
         "overtraining": overtraining}


def text_of(value, depth=0):
    """Two levels deep a line an entry, so that a change shows."""
    if depth == 2 or not isinstance(value, dict):
        return json.dumps(value)
    inner = ",\n".join(f"{'  ' * (depth + 1)}{json.dumps(key)}: {text_of(entry, depth + 1)}"
                       for key, entry in value.items())
    return "{\n" + inner + "\n" + "  " * depth + "}"


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--from", dest="source", type=pathlib.Path, default=ROOT.parent / "shared/goldens")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    differing = []
    for name, derive in FILES.items():
        path, text = NUMBERS / f"{name}.json", text_of(derive(options.source)) + "\n"
        if path.exists() and path.read_text() == text:
            continue
        differing.append(path.name)
        if not options.check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    print(", ".join(differing) or "every number is as derived")
    return 1 if options.check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
