"""Tiles functions by upstream's transform scripts, runs them, and compares with the same function untiled, in f64.

Usage: tiling.py TOOLS FOLDER. A case is a function, the shapes of its arguments, and scripts; sizes are no multiples of
the tiles'. Each runs by our kernels and by upstream's lowering alone.
"""

import pathlib
import subprocess
import sys

import numpy as np

TOOLS, FOLDER = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])

# A loop over tiles of the operation %op, sequential or parallel; one over the tiles of %op with the producers in it.
ANY = "!transform.any_op"
MATCH = '%op = transform.structured.match ops{{["{op}"]}} in %root : (' + ANY + ") -> " + ANY + "\n"


def tile_for(op, sizes):
    loops = sum(size != 0 for size in sizes)
    types = ", ".join([ANY] * (1 + loops))
    return (MATCH.format(op=op) + f"%tiled, %loops:{loops} = transform.structured.tile_using_for %op tile_sizes {sizes}"
            f" : ({ANY}) -> ({types})")


def tile_forall(op, sizes, by="tile_sizes"):
    return (MATCH.format(op=op) + f"%tiled, %loop = transform.structured.tile_using_forall %op {by} {sizes}"
            f" : ({ANY}) -> ({ANY}, {ANY})")


def fuse(op, sizes):
    loops = sum(size != 0 for size in sizes)
    types = ", ".join([ANY] * (1 + loops))
    return (MATCH.format(op=op) + f"%tiled, %loops:{loops} = transform.structured.fuse %op tile_sizes {sizes}"
            f" : ({ANY}) -> ({types})")


def split(op, *steps):
    """Steps after the operation's program is split."""
    first = (f"%program = transform.norm.generalize %op : ({ANY}) -> {ANY}\n" if op != "norm.generic" else "%program = "
             f"transform.merge_handles %op : {ANY}\n")
    return MATCH.format(op=op) + first + f"transform.norm.split_phases %program : {ANY}\n" + "\n".join(steps)


def partial(handle, results, by):
    """Partial results of tiles; there are handles to each initial tensor and to each but one of what merges."""
    types = ", ".join([ANY] * (results + 3))
    return (f"%parts_{handle}:{results}, %split_{handle}, %merge_{handle}, %forall_{handle} = "
            f"transform.structured.tile_reduction_using_forall %{handle} by {by} : ({ANY}) -> ({types})")


def match(handle, op):
    return f'%{handle} = transform.structured.match ops{{["{op}"]}} in %root : ({ANY}) -> {ANY}'


def loops(handle, sizes):
    count = sum(size != 0 for size in sizes)
    types = ", ".join([ANY] * (1 + count))
    return (f"%tiled_{handle}, %loops_{handle}:{count} = transform.structured.tile_using_for %{handle} tile_sizes {sizes}"
            f" : ({ANY}) -> ({types})")


LAYER_NORM = """
func.func @main(%x: tensor<?x?x?xf32>, %g: tensor<?xf32>, %mask: tensor<?x?x?xi1>, %y0: tensor<?x?x?xf32>,
                %m0: tensor<?x?xf32>, %r0: tensor<?x?xf32>) -> (tensor<?x?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>) {
  %y, %m, %r = norm.layer_norm ins(%x : tensor<?x?x?xf32>) gamma(%g : tensor<?xf32>) mask(%mask : tensor<?x?x?xi1>)
      outs(%y0 : tensor<?x?x?xf32>) mean(%m0 : tensor<?x?xf32>) rstd(%r0 : tensor<?x?xf32>) axes = [1] epsilon = 1.0e-05
  return %y, %m, %r : tensor<?x?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>
}
"""
ADAPTIVE = """
func.func @main(%x: tensor<7x10x24xf32>, %g: tensor<7x24xf32>, %y0: tensor<7x10x24xf32>) -> tensor<7x10x24xf32> {
  %y = norm.rms_norm ins(%x : tensor<7x10x24xf32>) gamma(%g : tensor<7x24xf32>) outs(%y0 : tensor<7x10x24xf32>)
      axes = [2] parameter_axes = [0, 2] epsilon = 1.0e-05
  return %y : tensor<7x10x24xf32>
}
"""
GROUP_NORM = """
func.func @main(%x: tensor<5x12x7x?xf32>, %b: tensor<12xf32>, %y0: tensor<5x12x7x?xf32>, %r0: tensor<5x?xf32>)
    -> (tensor<5x12x7x?xf32>, tensor<5x?xf32>) {
  %y, %r = norm.group_norm ins(%x : tensor<5x12x7x?xf32>) beta(%b : tensor<12xf32>) outs(%y0 : tensor<5x12x7x?xf32>)
      rstd(%r0 : tensor<5x?xf32>) axes = [2, 3] channel_axis = 1 groups = 3 epsilon = 1.0e-05
  return %y, %r : tensor<5x12x7x?xf32>, tensor<5x?xf32>
}
"""
INSTANCE_NORM = """
func.func @main(%x: tensor<5x12x7x9xf32>, %b: tensor<12xf32>, %y0: tensor<5x12x7x9xf32>, %m0: tensor<5x12xf32>)
    -> (tensor<5x12x7x9xf32>, tensor<5x12xf32>) {
  %y, %m = norm.group_norm ins(%x : tensor<5x12x7x9xf32>) beta(%b : tensor<12xf32>) outs(%y0 : tensor<5x12x7x9xf32>)
      mean(%m0 : tensor<5x12xf32>) axes = [2, 3] channel_axis = 1 epsilon = 1.0e-05
  return %y, %m : tensor<5x12x7x9xf32>, tensor<5x12xf32>
}
"""
BATCH_NORM_INFERENCE = """
func.func @main(%x: tensor<?x10x6xf32>, %m: tensor<10xf32>, %v: tensor<10xf32>, %y0: tensor<?x10x6xf32>) -> tensor<?x10x6xf32> {
  %y = norm.batch_norm_inference ins(%x : tensor<?x10x6xf32>) mean(%m : tensor<10xf32>) variance(%v : tensor<10xf32>)
      outs(%y0 : tensor<?x10x6xf32>) channel_axis = 1 epsilon = 1.0e-01
  return %y : tensor<?x10x6xf32>
}
"""
BATCH_NORM_TRAINING = """
func.func @main(%x: tensor<9x10x6xf32>, %g: tensor<10xf32>, %y0: tensor<9x10x6xf32>, %m0: tensor<10xf32>, %v0: tensor<10xf32>)
    -> (tensor<9x10x6xf32>, tensor<10xf32>, tensor<10xf32>) {
  %y, %m, %v = norm.batch_norm_training ins(%x : tensor<9x10x6xf32>) gamma(%g : tensor<10xf32>) outs(%y0 : tensor<9x10x6xf32>)
      mean(%m0 : tensor<10xf32>) variance(%v0 : tensor<10xf32>) channel_axis = 1 epsilon = 1.0e-05
  return %y, %m, %v : tensor<9x10x6xf32>, tensor<10xf32>, tensor<10xf32>
}
"""
# Statistics of a row, a sum over the rows, and positions in both directions.
PROGRAM = """
#rc = affine_map<(r, c) -> (r, c)>
#cr = affine_map<(r, c) -> (c, r)>
#r = affine_map<(r, c) -> (r)>
#c = affine_map<(r, c) -> (c)>
func.func @main(%x: tensor<?x?xf32>, %w: tensor<?xf32>, %y0: tensor<?x?xf32>, %s0: tensor<?xf32>, %d0: tensor<?xf32>)
    -> (tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) {
  %0:3 = norm.generic {indexing_maps = [#rc, #c, #cr, #r, #c], normalized_dims = [1]}
      ins(%x, %w : tensor<?x?xf32>, tensor<?xf32>) outs(%y0, %s0, %d0 : tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) {
  ^bb0(%e: f32, %g: f32):
    %d, %mean, %var = norm.moments %e : f32
    %i = norm.index 0 : index
    %j = norm.index 1 : index
    %p = arith.addi %i, %j : index
    %q = arith.index_cast %p : index to i32
    %f = arith.sitofp %q : i32 to f32
    %o = arith.mulf %d, %f : f32
    %t = arith.mulf %o, %g : f32
    norm.yield %t, %mean, %o : f32, f32, f32
  }
  return %0#0, %0#1, %0#2 : tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>
}
"""
SOFTMAX = """
#rc = affine_map<(r, c) -> (r, c)>
func.func @main(%x: tensor<9x?xf32>) -> tensor<9x?xf32> {
  %0 = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : tensor<9x?xf32>) outs(%x : tensor<9x?xf32>) {
  ^bb0(%e: f32):
    %max = norm.reduce <maximumf> %e : f32
    %d = arith.subf %e, %max : f32
    %p = math.exp %d : f32
    %sum = norm.reduce <add> %p : f32
    %o = arith.divf %p, %sum : f32
    norm.yield %o : f32
  }
  return %0 : tensor<9x?xf32>
}
"""
# The value is computed, in an order of dims of its own; the mask is; the mean goes out alone; the count of a row too.
COMPUTED = """
#rcd = affine_map<(r, c, d) -> (r, c, d)>
#cd = affine_map<(r, c, d) -> (d, c)>
#r = affine_map<(r, c, d) -> (r)>
func.func @main(%x: tensor<5x?x6xf32>, %b: tensor<6x?xf32>, %y0: tensor<5x?x6xf32>, %m0: tensor<5xf32>, %n0: tensor<5xf32>)
    -> (tensor<5x?x6xf32>, tensor<5xf32>, tensor<5xf32>) {
  %0:3 = norm.generic {indexing_maps = [#rcd, #cd, #rcd, #r, #r], normalized_dims = [1, 2]}
      ins(%x, %b : tensor<5x?x6xf32>, tensor<6x?xf32>) outs(%y0, %m0, %n0 : tensor<5x?x6xf32>, tensor<5xf32>, tensor<5xf32>) {
  ^bb0(%e: f32, %f: f32):
    %h = arith.addf %e, %f : f32
    %three = arith.constant 3.0 : f32
    %valid = arith.cmpf ogt, %e, %three : f32
    %d, %mean, %var = norm.moments %h where %valid : f32
    %n = norm.size where %valid : f32
    %all = norm.size over [1] : f32
    %rstd = math.rsqrt %var : f32
    %o = arith.mulf %d, %rstd : f32
    %share = arith.divf %n, %all : f32
    norm.yield %o, %mean, %share : f32, f32, f32
  }
  return %0#0, %0#1, %0#2 : tensor<5x?x6xf32>, tensor<5xf32>, tensor<5xf32>
}
"""
# Positions, a sum over a row with a condition on them, and a maximum; one output adds up the sums of all rows.
REDUCTIONS = """
#rc = affine_map<(r, c) -> (r, c)>
#r = affine_map<(r, c) -> (r)>
#none = affine_map<(r, c) -> ()>
func.func @main(%x: tensor<9x?xf32>, %s0: tensor<9xf32>, %m0: tensor<9xf32>, %t0: tensor<f32>) -> (tensor<9xf32>, tensor<9xf32>, tensor<f32>) {
  %0:3 = norm.generic {indexing_maps = [#rc, #r, #r, #none], normalized_dims = [1]} ins(%x : tensor<9x?xf32>)
      outs(%s0, %m0, %t0 : tensor<9xf32>, tensor<9xf32>, tensor<f32>) {
  ^bb0(%e: f32):
    %c10 = arith.constant 10 : index
    %j = norm.index 1 : index
    %late = arith.cmpi ugt, %j, %c10 : index
    %s = norm.reduce <add> %e where %late : f32
    %m = norm.reduce <minnumf> %e : f32
    %t = norm.reduce <add> %e : f32
    norm.yield %s, %m, %t : f32, f32, f32
  }
  return %0#0, %0#1, %0#2 : tensor<9xf32>, tensor<9xf32>, tensor<f32>
}
"""
# Statistics on top of others; the pair that is the mean is added up, since only its sum is determined.
STATISTICS = """
func.func @main(%x: tensor<6x?xf32>, %before: tensor<6x?xf32>) -> (tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<6xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<6xf32>) -> tensor<6xf32>
  %0:4 = norm.statistics ins(%before : tensor<6x?xf32>) outs(%z, %z, %z, %z : tensor<6xf32>) axes = [1] {before}
  %1:4 = norm.statistics ins(%x : tensor<6x?xf32>) outs(%0#0, %0#1, %0#2, %0#3 : tensor<6xf32>) axes = [1] {tile}
  %2 = linalg.add ins(%1#1, %1#2 : tensor<6xf32>, tensor<6xf32>) outs(%e : tensor<6xf32>) -> tensor<6xf32>
  return %1#0, %2, %1#3 : tensor<6xf32>, tensor<6xf32>, tensor<6xf32>
}
"""
# The normalization of a matrix product, and the product with a normalized matrix.
BEHIND_MATMUL = """
func.func @main(%a: tensor<?x20xf32>, %b: tensor<20x40xf32>, %g: tensor<40xf32>) -> tensor<?x40xf32> {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %rows = tensor.dim %a, %c0 : tensor<?x20xf32>
  %e = tensor.empty(%rows) : tensor<?x40xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x40xf32>) -> tensor<?x40xf32>
  %p = linalg.matmul ins(%a, %b : tensor<?x20xf32>, tensor<20x40xf32>) outs(%f : tensor<?x40xf32>) -> tensor<?x40xf32>
  %y = norm.layer_norm ins(%p : tensor<?x40xf32>) gamma(%g : tensor<40xf32>) outs(%e : tensor<?x40xf32>) axes = [1] epsilon = 1.0e-05
  return %y : tensor<?x40xf32>
}
"""
BEFORE_MATMUL = """
func.func @main(%a: tensor<21x20xf32>, %b: tensor<20x40xf32>, %g: tensor<20xf32>) -> tensor<21x40xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<21x20xf32>
  %e2 = tensor.empty() : tensor<21x40xf32>
  %y = norm.rms_norm ins(%a : tensor<21x20xf32>) gamma(%g : tensor<20xf32>) outs(%e : tensor<21x20xf32>) axes = [1] epsilon = 1.0e-05
  %f = linalg.fill ins(%zero : f32) outs(%e2 : tensor<21x40xf32>) -> tensor<21x40xf32>
  %p = linalg.matmul ins(%y, %b : tensor<21x20xf32>, tensor<20x40xf32>) outs(%f : tensor<21x40xf32>) -> tensor<21x40xf32>
  return %p : tensor<21x40xf32>
}
"""

CASES = {
    "layer_norm": (LAYER_NORM, [(10, 33, 21), (33,), "10x33x21", (10, 33, 21), (10, 21), (10, 21)], [
        tile_for("norm.layer_norm", [4, 0, 16]), tile_for("norm.layer_norm", [0, 0, 5]),
        tile_forall("norm.layer_norm", [3, 0, 8]), tile_forall("norm.layer_norm", [4], "num_threads")]),
    "adaptive": (ADAPTIVE, [(7, 10, 24), (7, 24), (7, 10, 24)], [
        tile_for("norm.rms_norm", [3, 4]), tile_forall("norm.rms_norm", [2, 3])]),
    "group_norm": (GROUP_NORM, [(5, 12, 7, 9), (12,), (5, 12, 7, 9), (5, 3)], [
        tile_for("norm.group_norm", [2]), tile_forall("norm.group_norm", [2], "num_threads")]),
    "instance_norm": (INSTANCE_NORM, [(5, 12, 7, 9), (12,), (5, 12, 7, 9), (5, 12)], [
        tile_for("norm.group_norm", [2, 5])]),
    "batch_norm_inference": (BATCH_NORM_INFERENCE, [(7, 10, 6), (10,), (10,), (7, 10, 6)], [
        tile_for("norm.batch_norm_inference", [2, 3, 4])]),
    "batch_norm_training": (BATCH_NORM_TRAINING, [(9, 10, 6), (10,), (9, 10, 6), (10,), (10,)], [
        tile_for("norm.batch_norm_training", [0, 3])]),
    "program": (PROGRAM, [(17, 30), (30,), (30, 17), (17,), (30,)], [
        tile_for("norm.generic", [4]), tile_for("norm.generic", [1]),
        MATCH.format(op="norm.generic") + partial("op", 3, "num_threads = [3]"),
        MATCH.format(op="norm.generic") + partial("op", 3, "tile_sizes = [4]"),
        split("norm.generic", match("maps", "norm.generic"), loops("maps", [4]), match("s", "norm.statistics"),
              partial("s", 4, "num_threads = [0, 3]"))]),
    # Each row's mean is large beside its spread: what the pair of the mean is for.
    "split": (LAYER_NORM, [(10, 33, 21), (33,), "10x33x21", (10, 33, 21), (10, 21), (10, 21)], [
        split("norm.layer_norm", match("maps", "norm.generic"), loops("maps", [3, 8]), match("s", "norm.statistics"),
              partial("s", 4, "num_threads = [0, 4, 0]")),
        split("norm.layer_norm", match("s", "norm.statistics"), partial("s", 4, "tile_sizes = [0, 5, 0]")),
        split("norm.layer_norm", match("s", "norm.statistics"), loops("s", [4, 8, 0]))], 1.0e5),
    "statistics": (STATISTICS, [(6, 70), (6, 50)], [
        match("both", "norm.statistics") + "\n" + loops("both", [4, 16]),
        match("both", "norm.statistics") + "\n" + partial("both", 4, "tile_sizes = [0, 9]"),
        match("both", "norm.statistics") + "\n" + partial("both", 4, "num_threads = [0, 64]")], 1.0e5),
    "split_groups": (GROUP_NORM, [(5, 12, 7, 9), (12,), (5, 12, 7, 9), (5, 3)], [
        split("norm.group_norm", match("s", "norm.statistics"), partial("s", 4, "tile_sizes = [0, 0, 3, 2, 4]"))]),
    "split_rms": (ADAPTIVE, [(7, 10, 24), (7, 24), (7, 10, 24)], [
        split("norm.rms_norm", match("all", "norm.generic"),
              f"%sum, %map = transform.split_handle %all : ({ANY}) -> ({ANY}, {ANY})",
              partial("sum", 1, "num_threads = [0, 0, 5]"), loops("map", [2, 0, 7]))]),
    "softmax": (SOFTMAX, [(9, 50)], [
        split("norm.generic", match("all", "norm.generic"),
              f"%max, %sum, %map = transform.split_handle %all : ({ANY}) -> ({ANY}, {ANY}, {ANY})",
              partial("max", 1, "num_threads = [0, 4]"), partial("sum", 1, "tile_sizes = [0, 16]"), loops("map", [4, 8])),
        split("norm.generic", match("all", "norm.generic"), loops("all", [2]))]),
    "computed": (COMPUTED, [(5, 11, 6), (6, 11), (5, 11, 6), (5,), (5,)], [
        split("norm.generic", match("s", "norm.statistics"), partial("s", 4, "tile_sizes = [0, 4, 0]")),
        split("norm.generic", match("s", "norm.statistics"), partial("s", 4, "tile_sizes = [0, 4, 5]")),
        split("norm.generic", match("s", "norm.statistics"), loops("s", [2, 0, 4]))]),
    # Two operations merge: one by the kinds of the reductions, one adds up.
    "reductions": (REDUCTIONS, [(9, 50), (9,), (9,), ()], [
        MATCH.format(op="norm.generic") + partial("op", 4, "tile_sizes = [0, 7]"),
        MATCH.format(op="norm.generic") + partial("op", 4, "num_threads = [0, 4]")]),
    "behind_matmul": (BEHIND_MATMUL, [(21, 20), (20, 40), (40,)], [
        fuse("norm.layer_norm", [8]), tile_for("norm.layer_norm", [6]), fuse("norm.layer_norm", [1])]),
    "before_matmul": (BEFORE_MATMUL, [(21, 20), (20, 40), (20,)], [
        fuse("linalg.matmul", [8]), fuse("linalg.matmul", [4, 16])]),
}


def run(tool, *arguments, stdin=""):
    command = [str(TOOLS / tool), *arguments]
    result = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit code {result.returncode}\n{result.stderr[-8000:]}\n{stdin}")
    return result.stdout


def make_argument(random, shape, mean, path):
    if isinstance(shape, str):  # a mask
        np.save(path, random.random([int(size) for size in shape.split("x")]) < 0.7)
    else:
        np.save(path, random.normal(mean, 1.5, shape).astype(np.float32))


def check(name, function, shapes, scripts, mean=3.0):
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(5)
    inputs = [folder / f"in{index}.npy" for index in range(len(shapes))]
    for shape, path in zip(shapes, inputs):
        make_argument(random, shape, mean if path == inputs[0] else 3.0, path)
    inputs = [f"--input={path}" for path in inputs]
    results = function.split("return", 1)[1].split("\n", 1)[0].count("%")
    expected = [folder / f"out{index}.npy" for index in range(results)]
    decomposed = run("norm-opt", "-", "--norm-decompose=compute-type=f64", stdin=function)
    run("norm-run", "-", "--lowering=upstream", *inputs, *[f"--output={path}" for path in expected], stdin=decomposed)
    for number, script in enumerate(scripts):
        path = folder / f"script{number}.mlir"
        path.write_text("module attributes {transform.with_named_sequence} {\n"
                        f"transform.named_sequence @__transform_main(%root: {ANY} {{transform.readonly}}) {{\n"
                        f"{script}\ntransform.yield\n}}\n}}\n")
        tiled = run("norm-opt", "-", f"--transform-preload-library=transform-library-paths={path}", "--transform-interpreter",
                    "--canonicalize", "--cse", stdin=function)
        assert "scf.for" in tiled, f"{name}: no loop after\n{script}"
        for lowering in ("norm", "upstream"):
            run("norm-run", "-", f"--lowering={lowering}", *inputs, *[f"--expect={path}" for path in expected],
                "--rtol=1e-5", "--atol=2e-5", stdin=tiled)


def main():
    for name, (function, shapes, scripts, *mean) in CASES.items():
        check(name, function, shapes, scripts, *mean)
        print(f"{name}: {len(scripts)} scripts")


if __name__ == "__main__":
    main()
