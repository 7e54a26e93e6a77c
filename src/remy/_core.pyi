"""
Remy's compiled core. See csrc/include/remy for what each function means.
"""

from typing import Annotated, overload

import numpy
from numpy.typing import NDArray


def set_num_threads(count: int) -> None: ...

def get_num_threads() -> int: ...

def borrow_openmp() -> None:
    """Work on the threads of a GNU OpenMP that the process has loaded."""

def isa() -> str:
    """Name of the instruction set in use."""

def available_isas() -> list[str]:
    """Instruction sets of this build that this machine has, best last."""

def set_isa(name: str) -> None: ...

@overload
def exp(x: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float32], dict(shape=(None,))]: ...

@overload
def exp(x: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None,))]: ...

@overload
def tanh(x: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float32], dict(shape=(None,))]: ...

@overload
def tanh(x: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None,))]: ...

@overload
def sigmoid(x: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float32], dict(shape=(None,))]: ...

@overload
def sigmoid(x: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None,))]: ...

def pooled(arg: int, /) -> Annotated[NDArray[numpy.float32], dict(shape=(None,))]:
    """
    An array of so many values, not cleared, whose memory is lent again once nobody holds it.
    """

def pooled64(arg: int, /) -> Annotated[NDArray[numpy.float64], dict(shape=(None,))]:
    """
    An array of so many values, not cleared, whose memory is lent again once nobody holds it.
    """

def release_memory() -> None:
    """Give the idle blocks of the pool back to the system."""

def idle_memory() -> int:
    """Bytes of the idle blocks of the pool."""

def read(x: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu', writable=False)], times: int) -> float:
    """Sum of an array that is read so many times; for measuring caches."""

def cell_index(arg: str, /) -> int: ...

def sequence_forward(arg0: int, arg1: bool, arg2: int, arg3: int, arg4: int, arg5: int, arg6: bool, arg7: bool, arg8: bool, arg9: int, arg10: int, arg11: int, arg12: int, arg13: int, arg14: int, arg15: int, arg16: int, arg17: int, arg18: int, arg19: int, arg20: int, arg21: int, arg22: int, arg23: int, /) -> int:
    """
    Fill the arrays at the last six addresses; or return the first row whose length is not from 0 to T, else -1.
    """

def sequence_backward(arg0: int, arg1: bool, arg2: int, arg3: int, arg4: int, arg5: int, arg6: bool, arg7: bool, arg8: bool, arg9: int, arg10: int, arg11: int, arg12: int, arg13: int, arg14: int, arg15: int, arg16: int, arg17: int, arg18: int, arg19: int, arg20: int, arg21: int, arg22: int, arg23: int, arg24: int, arg25: int, arg26: int, arg27: int, arg28: int, arg29: int, arg30: int, arg31: int, /) -> int:
    """
    Fill the arrays at the last eight addresses from what sequence_forward wrote; refuses lengths as it does.
    """

class BoundStep:
    def __call__(self) -> None: ...

class PackedCell:
    def __init__(self, cell: str, kernel: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], recurrent_kernel: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], bias: Annotated[NDArray[numpy.float32], dict(order='C', device='cpu', writable=False)] | None) -> None: ...

    def step(self, x: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], h: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')], c: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')] | None) -> None: ...

    def bind(self, x: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], h: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')], c: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')] | None) -> BoundStep:
        """A call without arguments that takes a step with these very arrays."""

    def sequence(self, x: Annotated[NDArray[numpy.float32], dict(shape=(None, None, None), order='C', device='cpu', writable=False)], h: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')], c: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')] | None, lengths: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)] | None, mask: Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu', writable=False)] | None, reverse: bool, zero_output: bool, outputs: Annotated[NDArray[numpy.float32], dict(shape=(None, None, None), order='C', device='cpu')] | None) -> None: ...

class PackedDense:
    def __init__(self, kernel: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], bias: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu', writable=False)] | None) -> None: ...

    def apply(self, x: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], out: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')]) -> None: ...

class BoundStep64:
    def __call__(self) -> None: ...

class PackedCell64:
    def __init__(self, cell: str, kernel: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], recurrent_kernel: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], bias: Annotated[NDArray[numpy.float64], dict(order='C', device='cpu', writable=False)] | None) -> None: ...

    def step(self, x: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], h: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')], c: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')] | None) -> None: ...

    def bind(self, x: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], h: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')], c: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')] | None) -> BoundStep64:
        """A call without arguments that takes a step with these very arrays."""

    def sequence(self, x: Annotated[NDArray[numpy.float64], dict(shape=(None, None, None), order='C', device='cpu', writable=False)], h: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')], c: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')] | None, lengths: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)] | None, mask: Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu', writable=False)] | None, reverse: bool, zero_output: bool, outputs: Annotated[NDArray[numpy.float64], dict(shape=(None, None, None), order='C', device='cpu')] | None) -> None: ...

class PackedDense64:
    def __init__(self, kernel: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], bias: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)] | None) -> None: ...

    def apply(self, x: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], out: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')]) -> None: ...
