"""Who watches a network run: every recurrent call, recorded under the name of its layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from remy import ops
from remy.inspect.override import Override, held_values
from remy.layers.recurrent import Recurrent
from remy.ops.arguments import Arguments
from remy.ops.loop import Held
from remy.ops.watching import Recording, Result


@dataclass(frozen=True)
class Place:
    """A direction of a recurrent layer in its network."""

    name: str
    direction: str
    layer: Recurrent


@dataclass(frozen=True)
class Segment:
    """A part of a layer's steps that ran as one call: a recording, where it starts, and what was held."""

    recording: Recording
    start: int
    held: Held | None = None

    @property
    def stop(self) -> int:
        """The step after its last."""
        return self.start + self.recording.arguments.steps


@dataclass
class Run:
    """What a layer did over one sequence; `end` has the states after it so far."""

    place: Place
    segments: list[Segment] = field(default_factory=list)
    steps: int = 0
    end: tuple[Tensor, Tensor | None] | None = None

    def goes_on_with(self, a: Arguments) -> bool:
        """Whether a call begins where the last one ended, as of a decoder that is fed what it wrote."""
        if self.end is None or a.reverse or a.h0 is None or a.h0.shape != self.end[0].shape:
            return False
        h, c = self.end
        same_h = torch.equal(a.h0.detach(), h.detach())
        return same_h and (c is None or (a.c0 is not None and torch.equal(a.c0.detach(), c.detach())))


def places(network: torch.nn.Module) -> dict[int, Place]:
    """Return every recurrent layer by the identity of its recurrent kernel.

    Names are those of the model file where the network knows them, else of the modules.
    """
    named = getattr(network, "named_weights", None)
    in_file = {} if named is None else {id(weight): name for name, weight in named().items()}
    found: dict[int, Place] = {}
    for name, module in network.named_modules():
        if not isinstance(module, Recurrent):
            continue
        path = in_file.get(id(module.recurrent_kernel), f"{name}/recurrent_kernel").rpartition("/")[0]
        for ending in ("/forward", "/backward", ".forward_layer", ".backward_layer"):
            path = path.removesuffix(ending)
        if path in ("forward_layer", "backward_layer"):
            path = ""
        direction = "backward" if module.go_backwards else "forward"
        found[id(module.recurrent_kernel)] = Place(path or module.sizes.family, direction, module)
    return found


class Recorder:
    """Computes every recurrent call of a network and keeps what happened; see :func:`remy.ops.watch`.

    Parameters
    ----------
    network
        Its layers give the names.
    token
        As in :func:`remy.ops.record`.
    overrides
        What is held.
    nudge
        A layer's name and direction (None for both), and what is added to its inputs, (B, T, I).
    """

    def __init__(
        self,
        network: torch.nn.Module,
        *,
        token: Tensor | None,
        overrides: Sequence[Override] = (),
        nudge: tuple[tuple[str, str | None], Tensor] | None = None,
    ) -> None:
        self._places = places(network)
        self._token, self._overrides, self._nudge = token, overrides, nudge
        self._by_place: dict[int, list[Run]] = {}

    @property
    def runs(self) -> list[Run]:
        """What every layer did, in the order of first calls."""
        return [run for runs in self._by_place.values() for run in runs]

    def __call__(self, a: Arguments, loop: bool) -> Result:
        """Compute a call."""
        key = id(a.recurrent_kernel)
        place = self._places.get(key)
        if place is None:  # not of this network's layers
            return ops.record(a, token=self._token, loop=loop)[0]
        runs = self._by_place.setdefault(key, [])
        if not runs or not runs[-1].goes_on_with(a):
            # Another sequence: the layer reads several, such as both of a pair.
            name = place.name + (f"#{len(runs) + 1}" if runs else "")
            runs.append(Run(replace(place, name=name)))
        run, start = runs[-1], runs[-1].steps
        place = run.place
        run.steps += a.steps
        meant = ((place.name, place.direction), (place.name, None))
        if self._nudge is not None and self._nudge[0] in meant:
            added = self._nudge[1][:, start : start + a.steps].to(a.x.dtype)
            a = a._replace(x=a.x + (added if a.batch_first else added.transpose(0, 1)))
        held: Held = {}
        if self._overrides:
            like = a.x.new_zeros(a.steps, a.batch, a.units)
            held = held_values(self._overrides, place.name, place.direction, a.cell, like, start)
        if not held:
            result, recording = ops.record(a, token=self._token, loop=loop)
            run.segments.append(Segment(recording, start))
        else:
            result = self._hold(run, a, held, start)
        run.end = result[1], result[2]
        return result

    def _hold(self, run: Run, a: Arguments, held: Held, start: int) -> Result:
        """Run the loop from the first to the last step where something is held, and the kernel around it."""
        touched = torch.stack([where.flatten(1).any(dim=1) for where, _ in held.values()]).any(dim=0)
        places_held = touched.nonzero()[:, 0]
        first, end = int(places_held[0]), int(places_held[-1]) + 1
        spans = [(0, first), (first, end), (end, a.steps)]
        parts: dict[int, Tensor] = {}
        for begin, stop in reversed(spans) if a.reverse else spans:
            if begin == stop:
                continue
            chosen = None
            if begin == first:
                chosen = {name: (w[begin:stop], v[begin:stop]) for name, (w, v) in held.items()}
            part = part_of(a, begin, stop)
            (parts[begin], h, c), recording = ops.record(part, token=self._token, held=chosen)
            run.segments.append(Segment(recording, start + begin, chosen))
            a = a._replace(h0=h, c0=c)
        assert a.h0 is not None
        time = 1 if a.batch_first else 0
        return torch.cat([parts[begin] for begin in sorted(parts)], dim=time), a.h0, a.c0


def part_of(a: Arguments, start: int, stop: int) -> Arguments:
    """Return the arguments of the steps from `start` to `stop`, excluded."""

    def cut(t: Tensor | None) -> Tensor | None:
        if t is None:
            return None
        return t[:, start:stop] if a.batch_first else t[start:stop]

    lengths = None if a.lengths is None else (a.lengths - start).clamp(0, stop - start)
    x = cut(a.x)
    assert x is not None
    return a._replace(x=x, mask=cut(a.mask), lengths=lengths)
