"""The contenders, in the order of tables. Their libraries are imported only in their own processes."""

from .native import CEILINGS, REFERENCE_CEILING, NormMLIR, Upstream
from .onednn import OneDNN
from .torch_eager import TorchEager

OURS = NormMLIR.name
ALL = [NormMLIR, OneDNN, TorchEager, Upstream, *CEILINGS]
BY_NAME = {contender.name: contender for contender in ALL}
