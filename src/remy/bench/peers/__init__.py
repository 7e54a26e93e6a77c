"""The libraries Remy is measured against, one file each."""

from remy.bench.peers.keras_jax import KerasJax
from remy.bench.peers.onnx_runtime import OnnxRuntime
from remy.bench.peers.packed_sequence import Packed
from remy.bench.peers.torch_nn import TorchNN

__all__ = ["KerasJax", "OnnxRuntime", "Packed", "TorchNN"]
