"""Running a tower of layers there and back."""

from __future__ import annotations

from typing import Any

from remy.errors import UsageError
from remy.inspect import LayerTrace
from remy.lab.binding import bind
from remy.lab.bound import Bound
from remy.lab.following import NEXT
from remy.lab.fresh_subjects import LAST
from remy.lab.library import Library
from remy.lab.schemas.choices import FreshModel, TextInput, TrainedModel
from remy.lab.schemas.tower import Floor, Tower, TowerAnswer, TowerAsked
from remy.lab.tower import sentences
from remy.lab.tower.parts import parts_of


def measure(library: Library, asked: TowerAsked) -> TowerAnswer:
    """Run a tower, of a fresh one also its twin with residual connections the other way, and describe both.

    The loss is that of the last character whose follower is known; of noise, the last state's part along a
    random direction.

    Parameters
    ----------
    library
        Knows the trained models.
    asked
        Which tower, and what it reads.

    Raises
    ------
    UsageError
        If there is no such model, it is no language model, or it does not read such an input.
    DataError
        If the model cannot be read, or reads no such text.
    """
    bound = _bound(library, asked)
    network: Any = bound.of.network
    tower, items = _tower(bound, residual=network.rnn.residual)
    other = None
    if isinstance(asked.model, FreshModel):
        turned = asked.model.model_copy(update={"residual": not asked.model.residual})
        twin = _bound(library, asked.model_copy(update={"model": turned}))
        other, _ = _tower(twin, residual=turned.residual)
    parts = parts_of(network.named_weights())
    return TowerAnswer(
        items=items,
        at=_at(bound, len(items)),
        tower=tower,
        other=other,
        parts=parts,
        parameters=bound.parameters,
        trained=bound.trained,
        state_sentences=sentences.of_states(tower),
        gradient_sentences=sentences.of_gradients(tower),
        line_sentences=sentences.of_lags(tower),
        residual_sentences=sentences.of_residuals(tower, other),
        part_sentences=sentences.of_parts(parts, bound.parameters),
    )


def _bound(library: Library, asked: TowerAsked) -> Bound:
    is_text = isinstance(asked.input, TextInput)
    if isinstance(asked.model, TrainedModel):
        card = library.card(asked.model.id)
        if card.task != "language_model":
            raise UsageError(f"model: expected a language model, got the {card.task} '{card.id}'")
    return bind(library, asked.model, asked.input, NEXT if is_text else LAST, -1 if is_text else None)


def _at(bound: Bound, steps: int) -> int:
    return steps - 1 if bound.at is None else bound.at % steps


def _tower(bound: Bound, *, residual: bool) -> tuple[Tower, tuple[str, ...]]:
    """Return the tower, and what it read."""
    found = bound.trace()
    assert found.loss is not None
    steps = found.layers[0].h.shape[1]
    at = _at(bound, steps)
    # The answer of numbers takes the state that a layer reading backwards ends with: that of step 0.
    ends = {"forward": at, "backward": 0 if bound.at is None else at}
    floors = tuple(_floor(layer, ends[layer.direction]) for layer in found.layers)
    return Tower(residual=residual, floors=floors, loss=found.loss), found.items_of(found.layers[0])


def _floor(layer: LayerTrace, end: int) -> Floor:
    assert layer.gradients is not None
    steps = range(layer.h.shape[1])
    return Floor(
        name=layer.name,
        layer=int(layer.name.removeprefix("rnn_")),
        direction=layer.direction,  # type: ignore[arg-type]  # checked by the record
        cell=layer.cell,
        units=layer.units,
        h=layer.h[0],
        gradient=layer.gradients.norms["h"][0],
        lags=tuple(end - step if layer.direction == "forward" else step - end for step in steps),
    )
