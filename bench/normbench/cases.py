"""What is measured: operations, sizes and how much memory they go through."""

import dataclasses
import math

MIB = 1 << 20
GROUPS = 32
EPSILON = 1e-5
ITEM_BYTES = {"f32": 4, "bf16": 2}

# Of each operation: large arrays, then parameters (always f32), then outputs; our kernels take them in this order.
SIGNATURES = {
    "layer_norm": (("x",), ("gamma", "beta"), ("y",)),
    "rms_norm": (("x",), ("gamma",), ("y",)),
    "add_layer_norm": (("x", "residual"), ("gamma", "beta"), ("y", "sum")),
    "channel_norm": (("x",), ("gamma", "beta"), ("y",)),
    "group_norm": (("x",), ("gamma", "beta"), ("y",)),
}
TITLES = {
    "layer_norm": "layer norm", "rms_norm": "RMS norm", "add_layer_norm": "add & norm, sum returned",
    "channel_norm": "layer norm over the channels of NCHW", "group_norm": f"group norm of NCHW, {GROUPS} groups",
}
REGIMES = {
    "dram": "memory: {mib:.0f} MiB in and as much out",
    "cache": "cache-resident: 512 KiB in all",
    "latency": "latency of small calls",
}


@dataclasses.dataclass(frozen=True)
class Case:
    """An operation on arrays of one size.

    `shape` is M x N or B x C x H x W. `sets` groups of arrays are used in turn, so that a case of `dram` goes through as
    much memory as it says even where a single call does not.
    """
    op: str
    dtype: str
    regime: str
    shape: tuple
    sets: int = 1

    @property
    def name(self):
        return f"{self.op}/{self.dtype}/{self.regime}/{'x'.join(map(str, self.shape))}"

    @property
    def group(self):
        """Cases whose results are one table and one plot."""
        return f"{self.op}/{self.dtype}/{self.regime}"

    @property
    def channels(self):
        """The length of gamma and beta."""
        return self.shape[1]

    @property
    def arrays_in(self):
        return SIGNATURES[self.op][0]

    @property
    def parameters(self):
        return SIGNATURES[self.op][1]

    @property
    def arrays_out(self):
        return SIGNATURES[self.op][2]

    @property
    def elements(self):
        return math.prod(self.shape)

    @property
    def bytes_per_call(self):
        """Useful bytes: each large array once; parameters do not count."""
        return (len(self.arrays_in) + len(self.arrays_out)) * self.elements * ITEM_BYTES[self.dtype]

    @property
    def label(self):
        """The case within its group."""
        if self.regime == "latency" or len(self.shape) > 2:
            return "x".join(map(str, self.shape))
        return f"N = {self.shape[1]}"


def of_length(op, dtype, length, total_bytes, regime):
    """The case with rows of `length` that goes through `total_bytes` in a call."""
    inputs, _, outputs = SIGNATURES[op]
    row = (len(inputs) + len(outputs)) * length * ITEM_BYTES[dtype]
    return Case(op, dtype, regime, (total_bytes // row, length))


def of_images(op, shape, total_bytes):
    """The case with as many images as go through `total_bytes`."""
    single = Case(op, "f32", "dram", shape)
    return dataclasses.replace(single, sets=max(1, total_bytes // single.bytes_per_call))


LENGTHS = (64, 128, 256, 512, 768, 1024, 2048, 4096, 8192, 16384, 32768, 65536)
FEWER_LENGTHS = (64, 256, 768, 1024, 4096, 16384, 65536)
CACHE_LENGTHS = (64, 256, 768, 1024, 4096)
# The first one is little more than the cost of a call.
SMALL_CALLS = ((1, 16), (1, 768), (8, 768), (32, 64), (1, 4096))
IMAGES = ((8, 96, 56, 56), (32, 256, 14, 14))


def all_cases(memory_mib=512):
    """Every case; those of `dram` go through `memory_mib` MiB."""
    total = memory_mib * MIB
    cases = [of_length("layer_norm", "f32", n, total, "dram") for n in LENGTHS]
    for op, dtype in (("rms_norm", "f32"), ("add_layer_norm", "f32"), ("layer_norm", "bf16")):
        cases += [of_length(op, dtype, n, total, "dram") for n in FEWER_LENGTHS]
    cases += [of_images(op, shape, total) for op in ("channel_norm", "group_norm") for shape in IMAGES]
    cases += [of_length("layer_norm", "f32", n, MIB // 2, "cache") for n in CACHE_LENGTHS]
    return cases + [Case("layer_norm", "f32", "latency", shape) for shape in SMALL_CALLS]


def quick_cases():
    """A few of each kind, on a quarter of the memory."""
    total = 128 * MIB
    return ([of_length("layer_norm", "f32", n, total, "dram") for n in (64, 768, 4096)]
            + [of_length("rms_norm", "f32", 768, total, "dram"), of_length("add_layer_norm", "f32", 768, total, "dram"),
               of_length("layer_norm", "bf16", 768, total, "dram")]
            + [of_images(op, IMAGES[0], total) for op in ("channel_norm", "group_norm")]
            + [of_length("layer_norm", "f32", 768, MIB // 2, "cache"), Case("layer_norm", "f32", "latency", (8, 768))])


def tiny_cases():
    """One of each kind of kernel, for tests of what is computed rather than how fast."""
    return [Case("layer_norm", "f32", "latency", (5, 100)), Case("rms_norm", "f32", "latency", (5, 100)),
            Case("add_layer_norm", "f32", "latency", (5, 100)), Case("layer_norm", "bf16", "latency", (5, 100)),
            Case("channel_norm", "f32", "latency", (2, 64, 3, 5), sets=2), Case("group_norm", "f32", "latency", (2, 64, 3, 5))]


def to_json(case):
    return dataclasses.asdict(case)


def from_json(fields):
    return Case(**{**fields, "shape": tuple(fields["shape"])})
