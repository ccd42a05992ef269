"""How fast kernels are on a GPU: useful bytes per second beside a copy of as many bytes, and beside PyTorch where it is there."""

import ctypes
import json
import statistics

import numpy as np

from devicetest import DeviceLibrary

LENGTHS = tuple(2**k for k in range(6, 19))
TYPES = {"f32": 4, "bf16": 2}
ROUNDS = 9
# In and out together: more than three times what the second cache of any GPU holds.
VOLUME = 1 << 30
# Rows of calls that are too small to fill a GPU: what they show is latency.
FEW_ROWS = (1, 32)

LAYER_NORM = """
func.func @layer_norm_{t}_{n}(%x: memref<?x{n}x{t}>, %g: memref<{n}xf32>, %b: memref<{n}xf32>, %y: memref<?x{n}x{t}>)
    attributes {{llvm.emit_c_interface}} {{
  norm.layer_norm ins(%x : memref<?x{n}x{t}>) gamma(%g : memref<{n}xf32>) beta(%b : memref<{n}xf32>)
      outs(%y : memref<?x{n}x{t}>) axes = [1] epsilon = 1.0e-5
  return
}}
"""
RMS_NORM = """
func.func @rms_norm_{t}_{n}(%x: memref<?x{n}x{t}>, %g: memref<{n}xf32>, %y: memref<?x{n}x{t}>)
    attributes {{llvm.emit_c_interface}} {{
  norm.rms_norm ins(%x : memref<?x{n}x{t}>) gamma(%g : memref<{n}xf32>) outs(%y : memref<?x{n}x{t}>) axes = [1] epsilon = 1.0e-5
  return
}}
"""
# The sum is returned too.
ADD_NORM = """
func.func @add_norm_{t}_{n}(%x: memref<?x{n}x{t}>, %r: memref<?x{n}x{t}>, %g: memref<{n}xf32>, %s: memref<?x{n}x{t}>,
    %y: memref<?x{n}x{t}>) attributes {{llvm.emit_c_interface}} {{
  norm.generic {{indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (n)>,
                                 affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>], normalized_dims = [1]}}
      ins(%x, %r, %g : memref<?x{n}x{t}>, memref<?x{n}x{t}>, memref<{n}xf32>)
      outs(%s, %y : memref<?x{n}x{t}>, memref<?x{n}x{t}>) {{
  ^bb0(%xe: {t}, %re: {t}, %ge: f32):
    %sum = arith.addf %xe, %re : {t}
    %h = {widen}
    %square = arith.mulf %h, %h : f32
    %total = norm.reduce <add> %square : f32
    %count = norm.size : f32
    %mean = arith.divf %total, %count : f32
    %epsilon = arith.constant 1.0e-5 : f32
    %safe = arith.addf %mean, %epsilon : f32
    %inverse = math.rsqrt %safe : f32
    %normal = arith.mulf %h, %inverse : f32
    %scaled = arith.mulf %normal, %ge : f32
    %out = {narrow}
    norm.yield %sum, %out : {t}, {t}
  }}
  return
}}
"""
COPY = """
func.func @copy_{t}_{n}(%x: memref<?x{n}x{t}>, %y: memref<?x{n}x{t}>) attributes {{llvm.emit_c_interface}} {{
  norm.generic {{indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>], normalized_dims = []}}
      ins(%x : memref<?x{n}x{t}>) outs(%y : memref<?x{n}x{t}>) {{
  ^bb0(%v: {t}):
    norm.yield %v : {t}
  }}
  return
}}
"""
# Text, arrays of rows that are read, of rows that are written, vectors.
KINDS = {"layer_norm": (LAYER_NORM, 1, 1, 2), "rms_norm": (RMS_NORM, 1, 1, 1), "add_norm": (ADD_NORM, 2, 2, 1)}


def modules(lengths=LENGTHS):
    """A module per length: a GPU loads no more than it runs."""
    for n in lengths:
        text = ""
        for t in TYPES:
            wide = t == "f32"
            parts = {"t": t, "n": n, "widen": "arith.addf %sum, %zero : f32" if wide else f"arith.extf %sum : {t} to f32",
                     "narrow": "arith.addf %scaled, %zero : f32" if wide else f"arith.truncf %scaled : f32 to {t}"}
            for kind, (template, *_) in KINDS.items():
                body = template.format(**parts)
                if wide and kind == "add_norm":
                    body = body.replace("%h = arith.addf %sum, %zero : f32\n    ", "").replace("%h", "%sum")
                    body = body.replace("%out = arith.addf %scaled, %zero : f32\n    ", "").replace("%out", "%scaled")
                text += body
            text += COPY.format(**parts)
        yield n, text


class Rows:
    """Memory of the GPU for rows, filled with numbers around 1."""

    def __init__(self, device, num_bytes):
        self.device, self.address = device, device.allocate(num_bytes)
        block = np.random.default_rng(1).normal(1, 1, 1 << 20).astype(np.float32)
        for begin in range(0, num_bytes, block.nbytes):
            device.copy(self.address + begin, block.ctypes.data, min(block.nbytes, num_bytes - begin))

    def descriptor(self, *sizes):
        strides = (sizes[1], 1) if len(sizes) == 2 else (1,)
        fields = (self.address, self.address, 0, *sizes, *strides)
        return (ctypes.c_int64 * len(fields))(*fields)


class Operand:
    def __init__(self, rows, *sizes):
        self.words = rows.descriptor(*sizes)

    def descriptor(self):
        return self.words


def torch_calls(kind, t, m, n):
    """PyTorch's own and its compiler's, where there is PyTorch."""
    try:
        import torch
        import torch.nn.functional as functional
    except ImportError:
        return {}
    if kind == "add_norm":
        def run(x, r, g):
            total = x + r
            return total, functional.rms_norm(total, (n,), g)
    elif kind == "rms_norm":
        def run(x, _, g):
            return functional.rms_norm(x, (n,), g)
    else:
        def run(x, _, g):
            return functional.layer_norm(x, (n,), g, g)
    dtype = torch.float32 if t == "f32" else torch.bfloat16
    x, r = (torch.randn(m, n, device="cuda", dtype=dtype) for _ in range(2))
    g = torch.ones(n, device="cuda", dtype=dtype)
    compiled = torch.compile(run, dynamic=False)
    stream = torch.cuda.ExternalStream(0)

    def on_stream(function):
        def call():
            with torch.cuda.stream(stream):
                function(x, r, g)
        return call
    return {"PyTorch": on_stream(run), "torch.compile": on_stream(compiled)}


def measure(device, library, kind, t, n, m, rows):
    """Seconds of each round by contender, all in turns."""
    _, reads, writes, vectors = KINDS[kind]
    operands = [Operand(rows[i], m, n) for i in range(reads)] + [Operand(rows[4], n)] * vectors
    operands += [Operand(rows[2 + i], m, n) for i in range(writes)]
    contenders = {"norm-mlir": library.bind(f"{kind}_{t}_{n}", *operands)}
    contenders["copy"] = library.bind(f"copy_{t}_{n}", Operand(rows[0], m, n), Operand(rows[2], m, n))
    contenders.update(torch_calls(kind, t, m, n))
    for call in contenders.values():
        device.milliseconds(call, 3)
    count = 3 if m * n * TYPES[t] >= 1 << 26 else 100
    times = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, call in contenders.items():
            times[name].append(device.milliseconds(call, count) / 1e3)
    return times


def report(device, output, lengths=LENGTHS, volume=VOLUME):
    rows = [Rows(device, volume // 2) for _ in range(4)] + [Rows(device, max(lengths) * 4)]
    results = []
    print("| kind | type | rows | N | norm-mlir GB/s | of copy | spread | copy GB/s | others, of copy |")
    print("|---|---|---|---|---|---|---|---|---|")
    for n, text in modules(lengths):
        library = DeviceLibrary(device, text)
        for kind, (_, reads, writes, _) in KINDS.items():
            for t, size in TYPES.items():
                for m in (max(volume // ((reads + writes) * n * size), 1), *FEW_ROWS):
                    times = measure(device, library, kind, t, n, m, rows)
                    results.append({"kind": kind, "type": t, "rows": m, "n": n, "seconds": times})
                    print(line(results[-1], (reads + writes) * m * n * size, 2 * m * n * size), flush=True)
    with open(output, "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)


def line(result, num_bytes, copied_bytes):
    """Shares of the copy's bytes per second, by medians."""
    speed = {name: (copied_bytes if name == "copy" else num_bytes) / statistics.median(seconds) / 1e9
             for name, seconds in result["seconds"].items()}
    ours = result["seconds"]["norm-mlir"]
    spread = (max(ours) - min(ours)) / statistics.median(ours)
    others = ", ".join(f"{name} {value / speed['copy']:.2f}" for name, value in speed.items() if name not in ("norm-mlir", "copy"))
    return (f"| {result['kind']} | {result['type']} | {result['rows']} | {result['n']} | {speed['norm-mlir']:.0f} | "
            f"{speed['norm-mlir'] / speed['copy']:.2f} | {spread:.0%} | {speed['copy']:.0f} | {others} |")
