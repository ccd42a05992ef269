"""The contenders, in the order of tables. Their libraries are imported only in their own processes."""

from .iree import IREE
from .jax_xla import JAX
from .native import CEILINGS, REFERENCE_CEILING, NormMLIR, Upstream, UpstreamLoops
from .onednn import OneDNN, OneDNNForSYCL
from .onnx_runtime import OnnxRuntime
from .open_vino import OpenVINO
from .torch_compiled import TorchCompiled
from .torch_eager import TorchEager

OURS = NormMLIR.name
ALL = [NormMLIR, OneDNN, OneDNNForSYCL, TorchEager, TorchCompiled, OnnxRuntime, OpenVINO, JAX, IREE, UpstreamLoops, Upstream, *CEILINGS]
BY_NAME = {contender.name: contender for contender in ALL}
