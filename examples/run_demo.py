#!/usr/bin/env python3
"""Compiles and runs transformer layers that a frontend emitted, and times their normalizations.

For a BERT layer and a Llama decoder layer: which normalizations are found in the frontend's IR, how each is scheduled, and
how far the compiled layer is from the frontend's own numbers. Then each kind of normalization at 4096x768, beside the same
normalization lowered by upstream's passes alone, in turns within one run.

Exits with 1 if a layer's largest error exceeds the bound.
"""
import argparse
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
LAYERS = {"hf_bert_layer_f32": "BERT encoder layer (Hugging Face, PyTorch)",
          "hf_llama_decoder_layer_f32": "Llama decoder layer (Hugging Face, PyTorch)"}
NORMS = ("layer_norm_4096x768", "rms_norm_4096x768")
BOUND = 1e-5


def run(*command):
    """The standard output and error of a command, which must succeed."""
    process = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=HERE)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nfailed with {process.returncode}:\n{process.stdout}{process.stderr}")
    return process.stdout, process.stderr


def lines_of(location, aliases):
    """The lines of the file that a location names, through its aliases."""
    lines = {int(line) for line in re.findall(r'":(\d+):\d+', location)}
    for alias in re.findall(r"#loc\d*", location):
        lines |= lines_of(aliases.get(alias, ""), aliases)
    return lines


def print_raised(norm_opt, file):
    text, _ = run(norm_opt, file, "--norm-raise", "--mlir-print-debuginfo")
    aliases = dict(re.findall(r"^(#loc\d*) = loc\((.*)\)$", text, re.M))
    found = re.findall(r"(norm\.\w+) ins\(%\S+ : tensor<([^>]*)>\)(.*) loc\((.*)\)$", text, re.M)
    for op, shape, rest, location in found:
        axes = re.search(r"axes = (\[[^\]]*\])", rest).group(1)
        epsilon = re.search(r"epsilon = (\S+)", rest).group(1)
        lines = lines_of(location, aliases)
        print(f"  found {op} of {shape} over axes {axes}, epsilon {float(epsilon):g}, "
              f"in place of {len(lines)} lines up to {file}:{max(lines)}")
    if not found:
        sys.exit(f"{file}: no normalization was found")
    return len(found)


def print_schedules(norm_run, file, count):
    _, dumps = run(norm_run, file, "--dump-asm", "--print-ir-after-all")
    dump = re.split(r"// -----// IR Dump After NormSchedulePass[^\n]*\n", dumps)[1].split("// -----//")[0]
    schedules = re.findall(r"schedule = (<[^>]*>)", dump)
    # Fusion makes further kernels, of softmax for one.
    if len(schedules) < count:
        sys.exit(f"{file}: {count} normalizations were found, but {len(schedules)} kernels were scheduled")
    for schedule in schedules:
        print(f"  kernel #norm.cpu_schedule{schedule}")


def print_error(norm_run, name):
    inputs = sorted(HERE.glob(f"data/{name}.in*.npy"), key=lambda path: int(re.search(r"in(\d+)", path.name).group(1)))
    arguments = [f"--input={path}" for path in inputs]
    text, errors = run(norm_run, f"{name}.mlir", *arguments, f"--expect={HERE}/data/{name}.out0.npy",
                       "--rtol=0", f"--atol={BOUND}")
    error = re.search(r"maximum error (\S+)", text + errors)
    if not error:
        sys.exit(f"{name}: no error was reported:\n{text}{errors}")
    print(f"  maximum error against the frontend's output: {float(error.group(1)):.2e} (at most {BOUND:g})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="the folder of norm-opt and norm-run")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each measurement (default: 15)")
    arguments = parser.parse_args()
    norm_opt, norm_run = (arguments.tools.resolve() / tool for tool in ("norm-opt", "norm-run"))

    for name, title in LAYERS.items():
        print(f"\n{title}: {name}.mlir", flush=True)
        count = print_raised(norm_opt, f"{name}.mlir")
        print_schedules(norm_run, f"{name}.mlir", count)
        print_error(norm_run, name)

    print("\nKernels at 4096x768, f32, one thread, in turns with upstream's lowering and a copy of as many bytes:")
    for name in NORMS:
        print(f"\n{name}.mlir", flush=True)
        text, _ = run(norm_run, f"{name}.mlir", "--bench", "--baseline", f"--rounds={arguments.rounds}")
        print(text, end="")
        times = dict(re.findall(r"^(\S+(?: \(upstream\))?)\s{2,}([\d.]+)", text, re.M))
        ours = next(time for label, time in times.items() if label + " (upstream)" in times)
        upstream = next(time for label, time in times.items() if label.endswith("(upstream)"))
        print(f"{float(upstream) / float(ours):.2f} times as fast as upstream's lowering (medians)")


if __name__ == "__main__":
    main()
