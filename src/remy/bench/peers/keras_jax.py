"""Keras's layers on its JAX backend, as one compiled step."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from remy.bench.cases import Case
from remy.bench.problem import Floats, Problem, name_gradients
from remy.bench.side import Answer, Prepared

_CLASSES = {"simple_rnn": "SimpleRNN", "gru": "GRU", "lstm": "LSTM"}


class KerasJax:
    """Keras with JAX: ``stateless_call`` within ``jax.jit``, all arrays on the device beforehand."""

    name = "Keras-JAX"
    distributions: tuple[str, ...] = ("keras", "jax")

    def load(self, threads: int) -> None:
        """Import both, on the CPU.

        Raises
        ------
        ImportError
            If one is missing, or Keras is in use with another backend.
        """
        # Both are read once: Keras's when it is imported, the size of XLA's pool when JAX first computes.
        os.environ["KERAS_BACKEND"] = "jax"
        os.environ["NPROC"] = str(threads)
        import jax
        import keras

        if keras.backend.backend() != "jax":
            raise ImportError(f"keras is in use with the backend {keras.backend.backend()}")
        jax.config.update("jax_platforms", "cpu")

    def can(self, case: Case) -> bool:
        """Whether it computes such a case: whole sequences without lengths."""
        return case.mode != "step" and not case.mixed

    def prepare(self, problem: Problem) -> Prepared:
        """Build the layers and compile the step."""
        import jax

        layers = _build(problem)
        variables = [[variable.value for variable in layer.trainable_variables] for layer in layers]
        fixed = [[variable.value for variable in layer.non_trainable_variables] for layer in layers]
        x, d_outputs = jax.device_put(problem.x), jax.device_put(problem.d_outputs)

        def forward(variables: Any, fixed: Any, x: Any) -> Any:
            for layer, own, others in zip(layers, variables, fixed, strict=True):
                x, _ = layer.stateless_call(own, others, x)
            return x

        if problem.case.mode == "inference":
            infer = jax.jit(forward).lower(variables, fixed, x).compile()

            def inferred() -> Answer:
                return {"outputs": np.asarray(infer(variables, fixed, x))}

            return Prepared(lambda: infer(variables, fixed, x).block_until_ready(), inferred)

        def loss(variables: Any, x: Any, fixed: Any, d_outputs: Any) -> Any:
            outputs = forward(variables, fixed, x)
            return (outputs * d_outputs).sum(), outputs

        def step(variables: Any, x: Any, fixed: Any, d_outputs: Any) -> Any:
            # The loss itself is not returned, so XLA leaves its sum out, as the other sides do.
            (_, outputs), found = jax.value_and_grad(loss, argnums=(0, 1), has_aux=True)(
                variables, x, fixed, d_outputs
            )
            return outputs, found

        train = jax.jit(step).lower(variables, x, fixed, d_outputs).compile()

        def trained() -> Answer:
            outputs, (weights, d_x) = train(variables, x, fixed, d_outputs)
            answer = {"outputs": np.asarray(outputs), "gradient of x": np.asarray(d_x)}
            return answer | _named(problem, weights)

        return Prepared(lambda: jax.block_until_ready(train(variables, x, fixed, d_outputs)), trained)


def _build(problem: Problem) -> list[Any]:
    import keras

    case, built = problem.case, []
    for number, weights in enumerate(problem.weights):
        layer = getattr(keras.layers, _CLASSES[case.cell])(case.units, return_sequences=True)
        if case.bidirectional:
            layer = keras.layers.Bidirectional(layer)
        layer.build((case.batch, case.steps, case.inputs_of(number)))
        layer.set_weights(
            [part for given in weights for part in (given.kernel, given.recurrent_kernel, given.bias)]
        )
        built.append(layer)
    return built


def _named(problem: Problem, gradients: Any) -> dict[str, Floats]:
    named: dict[str, Floats] = {}
    for layer, weights in enumerate(problem.weights):
        for direction in range(len(weights)):
            parts = [np.asarray(part) for part in gradients[layer][3 * direction : 3 * direction + 3]]
            named |= name_gradients(layer, direction, parts)
    return named
