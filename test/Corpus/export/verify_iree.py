"""Compile every file that has arrays with IREE (llvm-cpu) and compare: checks the corpus itself.

  verify_iree.py [PATTERN]
"""
import fnmatch
import json
import os
import re
import sys

import numpy as np
import iree.compiler as ic
import iree.runtime as rt

from common import MLIR_OPT, OUT, run

LOWER = ("--pass-pipeline=builtin.module(func.func(tosa-to-linalg-named,tosa-to-linalg,tosa-to-arith,"
         "tosa-to-tensor,linalg-generalize-named-ops))")


def wrap(text, entry):
    """Add @check, which takes and gives f32 whatever the entry's element types are."""
    sig = re.search(r"func\.func (?:public )?@" + entry + r"\((.*?)\)\s*->\s*(.*?) \{\n", text, re.S)
    ins = re.findall(r"tensor<[^>]*>", sig.group(1))
    outs = re.findall(r"tensor<[^>]*>", sig.group(2))
    f32 = lambda t: re.sub(r"<((?:[\d?]+x)*)\w+>", r"<\1f32>", t)
    b, args = [], []
    for k, t in enumerate(ins):
        if t.endswith("f32>"):
            args.append(f"%a{k}")
        else:
            cast = "extf" if t.endswith("f64>") else "truncf"
            b.append(f"%b{k} = arith.{cast} %a{k} : {f32(t)} to {t}")
            args.append(f"%b{k}")
    b.append(f"%r:{len(outs)} = call @{entry}({', '.join(args)}) : ({', '.join(ins)}) -> ({', '.join(outs)})")
    res = []
    for k, t in enumerate(outs):
        if t.endswith("f32>"):
            res.append(f"%r#{k}")
        else:
            cast = "truncf" if t.endswith("f64>") else "extf"
            b.append(f"%e{k} = arith.{cast} %r#{k} : {t} to {f32(t)}")
            res.append(f"%e{k}")
    ro = ", ".join(f32(t) for t in outs)
    fn = (f"  func.func @check({', '.join(f'%a{k}: {f32(t)}' for k, t in enumerate(ins))}) -> ({ro}) {{\n"
          + "".join("    " + l + "\n" for l in b) + f"    return {', '.join(res)} : {ro}\n  }}\n")
    end = text.index("{-#") if "{-#" in text else len(text)
    cut = text.rindex("}", 0, end)
    text = text[:cut] + fn + text[cut:]
    return re.sub(r"func\.func (public )?@" + entry + r"\(", f"func.func private @{entry}(", text, count=1)


def main():
    pat = sys.argv[1] if len(sys.argv) > 1 else "*"
    bad = 0
    for f in json.load(open(os.path.join(OUT, "manifest.json")))["files"]:
        if "numeric" not in f or not fnmatch.fnmatch(f["file"], pat):
            continue
        try:
            text = wrap(open(os.path.join(OUT, f["file"])).read(), f["entry"])
            # IREE's MLIR is newer than 22 (no linalg.div, other tosa syntax): lower these here
            text = run([MLIR_OPT, LOWER, "--mlir-elide-resource-strings-if-larger=100000000"], text)
            vm = ic.compile_str(text, target_backends=["llvm-cpu"],
                                extra_args=["--iree-llvmcpu-target-cpu=host",
                                            "--iree-input-demote-f64-to-f32=false"])
            cfg = rt.Config("local-sync")
            mod = rt.load_vm_module(rt.VmModule.copy_buffer(cfg.vm_instance, vm), cfg)
            got = mod["check"](*[np.load(os.path.join(OUT, p)) for p in f["numeric"]["inputs"]])
            got = got if isinstance(got, (tuple, list)) else (got,)
            tol, err = f["numeric"]["tolerance"], []
            for g, p in zip(got, f["numeric"]["outputs"]):
                ref = np.load(os.path.join(OUT, p)).astype(np.float64)
                g = g.to_host().astype(np.float64).reshape(ref.shape)
                err.append((np.abs(g - ref) / (tol["atol"] + tol["rtol"] * np.abs(ref))).max())
            ok = len(got) == len(f["numeric"]["outputs"]) and max(err) <= 1
            print(f"{'ok  ' if ok else 'BAD '} {f['file']:45} error/tolerance {max(err):.3g}", flush=True)
            bad += not ok
        except Exception as e:
            bad += 1
            message = re.sub(r"Invoked with.*", "", str(e), flags=re.S)[-300:].replace("\n", " ")
            print("FAIL", f["file"], message, flush=True)
    sys.exit(1 if bad else 0)


main()
