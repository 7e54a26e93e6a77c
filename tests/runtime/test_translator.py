"""The translator without torch: against a textbook one and against the network that was trained."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from remy import runtime
from remy.data.batches import pad
from remy.data.pieces import BEGIN_ID, END_ID, UNKNOWN_ID, PieceTokenizer
from remy.decoding import Sampling
from remy.errors import DataError, ModelFileError, UsageError
from remy.io import model_file
from remy.io.model_file import ModelFile
from remy.models.translator import TranslatorNetwork
from remy.models.written import written_loss
from remy.runtime import Search
from remy.runtime.translator_network import RecurrentTranslator
from tests.runtime.translator_oracle import ARCHITECTURE, Textbook, log_softmax, weights
from tests.tolerances import assert_close

SOURCES = [[3, 4, 5, 8, 2], [7, 2], [4, 4, 6, 3, 5, 6, 7, 2]]
TARGETS = [[3, 5, 2], [4, 7, 6, 5, 3, 2], [2]]

#: One of each setting that changes what is computed.
KINDS = [
    {"cell": cell, "attention": attention, "input_feeding": feeding, "tied": tied}
    for cell, attention, feeding, tied in [
        ("lstm", "additive", False, True),
        ("gru", "additive", True, False),
        ("simple_rnn", "multiplicative", False, True),
        ("lstm", "multiplicative", True, True),
        ("gru", "none", False, False),
        ("lstm", "none", True, True),
    ]
] + [{"cell": "gru", "reset_after": False, "layers": 1}]


def arrays(rows: list[list[int]]) -> list[np.ndarray[Any, Any]]:
    return [np.array(row, np.int64) for row in rows]


def model(seed: int = 0, **changes: Any) -> ModelFile:
    """A translator between texts of the letters a to f and A to E, with random weights."""
    architecture = ARCHITECTURE | changes
    sides = [PieceTokenizer.fit([letters], pieces="characters") for letters in ("abcdef", "ABCDE")]
    tokenizer = {"source": sides[0].to_json(), "target": sides[1].to_json(), "max_length": 12}
    return ModelFile("translator", architecture, weights(architecture, seed), tokenizer=tokenizer)


@pytest.mark.parametrize("changes", KINDS)
def test_it_gives_the_probabilities_of_the_textbook(changes: dict[str, Any]) -> None:
    architecture = ARCHITECTURE | changes
    tensors = weights(architecture)
    network, book = RecurrentTranslator(architecture, tensors), Textbook(architecture, tensors)
    never = [UNKNOWN_ID, BEGIN_ID]
    together = network.decoder.log_probabilities(network.write_of(arrays(SOURCES)), arrays(TARGETS))
    for source, target, found in zip(SOURCES, TARGETS, together, strict=True):
        scores = book.scores(source, target)
        scores[:, never] = -np.inf
        expected = log_softmax(scores)[np.arange(len(target)), target]
        assert_close(found.astype(np.float32), expected, dtype=np.float32, steps=64)


@pytest.mark.parametrize("changes", KINDS)
def test_the_network_that_learns_gives_the_scores_of_the_textbook(changes: dict[str, Any]) -> None:
    architecture = ARCHITECTURE | changes
    tensors = weights(architecture)
    network, book = TranslatorNetwork(architecture), Textbook(architecture, tensors)
    network.from_tensors(tensors)
    network.eval()
    (ids, lengths), (written, _) = (
        tuple(torch.from_numpy(array) for array in pad(arrays(rows))) for rows in (SOURCES, TARGETS)
    )
    read = torch.cat([torch.full((3, 1), BEGIN_ID), written[:, :-1]], dim=1)
    with torch.no_grad():
        decoder = network.decoder
        scores = decoder.scores(decoder(read, network(ids, lengths))).numpy()
    for row, (source, target) in enumerate(zip(SOURCES, TARGETS, strict=True)):
        expected = book.scores(source, target)
        assert_close(scores[row, : len(target)], expected, dtype=np.float32, steps=64)


def test_the_loss_of_training_is_the_one_of_the_runtime_and_padding_counts_nothing() -> None:
    tensors = weights(ARCHITECTURE)
    network = TranslatorNetwork(ARCHITECTURE)
    network.from_tensors(tensors)
    network.eval()
    book = Textbook(ARCHITECTURE, tensors)
    expected = np.concatenate(
        [
            -log_softmax(book.scores(source, target))[np.arange(len(target)), target]
            for source, target in zip(SOURCES, TARGETS, strict=True)
        ]
    ).mean()
    for filler in (0, 5):
        ids, lengths = (torch.from_numpy(array) for array in pad(arrays(SOURCES)))
        written, counts = (torch.from_numpy(array) for array in pad(arrays(TARGETS)))
        for row, count in enumerate(counts):
            written[row, count:] = filler
        for row, count in enumerate(lengths):
            ids[row, count:] = filler
        with torch.no_grad():
            loss = written_loss(network.decoder, network(ids, lengths), written, counts, begin=BEGIN_ID)
        assert loss.item() == pytest.approx(expected, rel=1e-5)


def test_smoothing_spreads_a_share_over_the_whole_vocabulary() -> None:
    tensors = weights(ARCHITECTURE)
    network = TranslatorNetwork(ARCHITECTURE)
    network.from_tensors(tensors)
    network.eval()
    logs = log_softmax(Textbook(ARCHITECTURE, tensors).scores(SOURCES[0], TARGETS[0]))
    ids, lengths = (torch.from_numpy(array) for array in pad(arrays(SOURCES[:1])))
    written, counts = (torch.from_numpy(array) for array in pad(arrays(TARGETS[:1])))
    with torch.no_grad():
        memory = network(ids, lengths)
        loss = written_loss(network.decoder, memory, written, counts, begin=BEGIN_ID, smoothing=0.3)
    right = logs[np.arange(3), TARGETS[0]]
    assert loss.item() == pytest.approx(-(0.7 * right + 0.3 * logs.mean(axis=1)).mean(), rel=1e-5)


def test_scheduled_sampling_reads_the_networks_own_guesses() -> None:
    network = TranslatorNetwork(ARCHITECTURE)
    network.from_tensors(weights(ARCHITECTURE))
    network.eval()
    ids, lengths = (torch.from_numpy(array) for array in pad(arrays(SOURCES[:1])))
    written, counts = (torch.from_numpy(array) for array in pad(arrays([[4, 7, 6, 5, 3, 2]])))
    decoder, memory = network.decoder, network(ids, lengths)
    read = torch.cat([torch.full((1, 1), BEGIN_ID), written[:, :-1]], dim=1)
    with torch.no_grad():
        guesses = decoder.scores(decoder(read, memory)).argmax(dim=2)
        own = torch.cat([torch.full((1, 1), BEGIN_ID), guesses[:, :-1]], dim=1)
        assert not torch.equal(own, read)
        scores = decoder.scores(decoder(own, memory))[0]
        expected = torch.nn.functional.cross_entropy(scores, written[0]).item()
        # A share of almost 1 replaces every token but the one that begins.
        loss = written_loss(decoder, memory, written, counts, begin=BEGIN_ID, own=1.0 - 1e-9)
    assert loss.item() == pytest.approx(expected, rel=1e-5)


def test_every_gradient_is_that_of_finite_differences() -> None:
    architecture = ARCHITECTURE | {"layers": 1, "cell": "gru", "input_feeding": True, "tied": False}
    network = TranslatorNetwork(architecture).double()
    tensors = weights(architecture)
    named = network.named_weights()
    with torch.no_grad():
        for name, parameter in named.items():
            parameter.copy_(torch.from_numpy(tensors[name]))
    (ids, lengths), (written, counts) = (
        tuple(torch.from_numpy(array) for array in pad(arrays(rows))) for rows in (SOURCES, TARGETS)
    )

    def loss() -> torch.Tensor:
        return written_loss(network.decoder, network(ids, lengths), written, counts, begin=BEGIN_ID)

    loss().backward()
    generator = np.random.default_rng(1)
    for name, parameter in named.items():
        assert parameter.grad is not None, name
        place = tuple(int(generator.integers(size)) for size in parameter.shape)
        largest = np.unravel_index(int(parameter.grad.abs().argmax()), parameter.shape)
        for where in (place, tuple(int(each) for each in largest)):
            with torch.no_grad():
                kept = parameter[where].item()
                parameter[where] = kept + 1e-5
                above = loss().item()
                parameter[where] = kept - 1e-5
                below = loss().item()
                parameter[where] = kept
            slope = (above - below) / 2e-5
            assert parameter.grad[where].item() == pytest.approx(slope, rel=1e-4, abs=1e-8), name


def _likeliest_of_all(book: Textbook, source: list[int], longest: int) -> list[tuple[float, list[int]]]:
    """Every sequence of at most `longest` tokens and its end, by log-probability, the best first."""
    letters = [3, 4, 5, 6, 7]
    found = []
    for count in range(longest + 1):
        for tokens in itertools.product(letters, repeat=count):
            written = [*tokens, END_ID]
            scores = book.scores(source, written)
            scores[:, [UNKNOWN_ID, BEGIN_ID]] = -np.inf
            found.append((log_softmax(scores)[np.arange(len(written)), written].sum(), written))
    return sorted(found, key=lambda one: -one[0])


@pytest.mark.parametrize("changes", [KINDS[0], KINDS[3]])
def test_a_wide_beam_finds_the_likeliest_of_all_sequences(changes: dict[str, Any]) -> None:
    made = model(**changes)
    translator, book = runtime.Translator(made), Textbook(made.architecture, dict(made.tensors))
    search = Search(beam=160, n_best=5, length_penalty=0.0, max_length=3)
    texts = ["abc", "f", "deadbeef"]
    for text, found in zip(texts, translator.translate(texts, search), strict=True):
        [source] = translator.source.encode([text])
        best = _likeliest_of_all(book, source.tolist(), 3)[:5]
        assert [one.text for one in found] == [translator.target.decode(np.array(ids)) for _, ids in best]
        for one, (value, _) in zip(found, best, strict=True):
            assert one.log_probability == pytest.approx(value, abs=1e-4)
        assert len({one.text for one in found}) == 5


@pytest.mark.parametrize("changes", KINDS)
def test_going_on_with_some_sources_is_as_if_the_others_had_never_been_read(changes: dict[str, Any]) -> None:
    architecture = ARCHITECTURE | changes
    network = RecurrentTranslator(architecture, weights(architecture))
    all_of_them, some = (
        network.write_of(arrays(rows)) for rows in (SOURCES, [SOURCES[1], SOURCES[1], SOURCES[2], SOURCES[2]])
    )
    all_of_them.step(np.array([1, 1, 1]))
    # Two rows each of the second and third source, which have other lengths than the first.
    all_of_them.keep(np.array([1, 1, 2, 2]), np.array([1, 2]))
    some.step(np.array([1, 1, 1, 1]))
    for tokens in ([3, 4, 5, 6], [4, 7, 3, 3]):
        found, expected = (each.step(np.array(tokens)) for each in (all_of_them, some))
        assert_close(found, expected, dtype=np.float32, steps=8)


def test_texts_are_translated_alike_alone_and_together_and_in_their_order() -> None:
    translator = runtime.Translator(model())
    texts = ["abc", "", "f", "deadbeef", "abc", "ff"]
    together = translator.translate(texts, Search(beam=3, n_best=2, max_length=6))
    for text, found in zip(texts, together, strict=True):
        [alone] = translator.translate([text], Search(beam=3, n_best=2, max_length=6))
        assert [one.text for one in found] == [one.text for one in alone]
        for one, other in zip(found, alone, strict=True):
            assert one.score == pytest.approx(other.score, abs=1e-5)
    assert together[1][0].text == ""
    assert together[1][0].ended


def test_attention_adds_up_to_one_over_the_source_and_its_end() -> None:
    translator = runtime.Translator(model())
    for text in ("abc", "deadbeef"):
        [[best]] = translator.translate([text], Search(beam=2, max_length=5))
        assert best.attention is not None
        assert best.attention.shape == (len(best.pieces), len(translator.pieces(text)))
        np.testing.assert_allclose(best.attention.sum(axis=1), 1.0, atol=1e-5)
    [[silent]] = runtime.Translator(model(attention="none")).translate(["abc"])
    assert silent.attention is None


def test_what_does_not_end_is_cut_and_says_so() -> None:
    made = model()
    tensors = dict(made.tensors)
    tensors["output/bias"] = tensors["output/bias"] + np.where(np.arange(8) == END_ID, -1e4, 0).astype(
        np.float32
    )
    translator = runtime.Translator(replace(made, tensors=tensors))
    [[best]] = translator.translate(["abc"], Search(max_length=4))
    assert not best.ended
    assert len(best.pieces) == 4
    assert [len(one[0].pieces) for one in translator.translate(["abc"])] == [2 * 4 + 10]


def test_what_is_never_written_is_not_even_drawn() -> None:
    made = model()
    tensors = dict(made.tensors)
    bias = np.array(tensors["output/bias"])
    bias[[UNKNOWN_ID, BEGIN_ID]] = 50.0
    translator = runtime.Translator(replace(made, tensors=tensors | {"output/bias": bias}))
    search = Search(n_best=4, sampling=Sampling(temperature=2.0), seed=3, max_length=6)
    for found in translator.translate(["abc", "fed"], search):
        assert len(found) == 4
        assert all(set(one.text) <= set("ABCDE") for one in found)
    assert all(set(one[0].text) <= set("ABCDE") for one in translator.translate(["abc", "fed"]))


def test_drawing_follows_the_seed() -> None:
    translator = runtime.Translator(model())
    texts = ["abc", "fed", "dad"]
    first, again, other = (
        [one[0].text for one in translator.translate(texts, Search(sampling=Sampling(), seed=seed))]
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_of_a_longer_text_than_in_training_only_the_beginning_is_read() -> None:
    translator = runtime.Translator(model())
    long, cut = "abcdef" * 4, "abcdef" * 2
    assert translator.translate([long])[0][0].text == translator.translate([cut])[0][0].text
    assert len(translator.pieces(long)) == 13


def test_a_letter_nobody_saw_is_unknown_and_not_an_error() -> None:
    translator = runtime.Translator(model())
    assert translator.pieces("aZ") == ["a", "<unk>", "</s>"]
    assert translator.translate(["Z€"])[0][0].ended in (True, False)


def test_the_golden_example_is_replayed_and_a_change_is_noticed(tmp_path: Path) -> None:
    made = model()
    made = replace(made, golden=runtime.Translator(made).golden("abcdef"))
    model_file.write(tmp_path / "m.safetensors", made)
    loaded = runtime.load(tmp_path / "m.safetensors")
    assert isinstance(loaded, runtime.Translator)
    assert loaded.verify() < 1e-5
    tensors = dict(made.tensors)
    gates = tensors["decoder_rnn_0/recurrent_kernel"]
    swapped = np.concatenate([gates[:, 7:14], gates[:, :7], gates[:, 14:]], axis=1)
    with pytest.raises(ModelFileError, match="golden example"):
        runtime.Translator(
            replace(made, tensors=tensors | {"decoder_rnn_0/recurrent_kernel": swapped})
        ).verify()
    with pytest.raises(ModelFileError, match="no golden example"):
        runtime.Translator(replace(made, golden=None)).verify()


def test_what_cannot_be_used_is_said_in_a_sentence() -> None:
    translator = runtime.Translator(model())
    with pytest.raises(DataError, match="expected strings, got int at place 1"):
        translator.translate(["a", 3])  # type: ignore[list-item]
    with pytest.raises(DataError, match="expected 2 targets, one a source, got 1"):
        translator.log_probabilities(["a", "b"], ["A"])
    for options, message in [
        ({"beam": 0}, "beam: expected at least 1, got 0"),
        ({"max_length": 0}, "max_length: expected at least 1, got 0"),
        ({"n_best": 6}, "n_best: expected from 1 to the beam, 5, got 6"),
        ({"seed": -1}, "seed: expected at least 0, got -1"),
    ]:
        with pytest.raises(UsageError, match=message):
            Search(**options)  # type: ignore[arg-type]
    broken = replace(model(), tokenizer={"source": {}, "target": {}})
    with pytest.raises(ModelFileError, match="tokenizer"):
        runtime.Translator(broken)
    other = model()
    assert other.tokenizer is not None
    swapped = other.tokenizer | {"source": other.tokenizer["target"]}
    with pytest.raises(ModelFileError, match="a tokenizer has 8 pieces, the network 9"):
        runtime.Translator(replace(other, tokenizer=swapped))


def test_info_tells_what_it_is() -> None:
    found = runtime.Translator(model()).info()
    assert (found["task"], found["source_pieces"], found["target_pieces"]) == (
        "translator",
        "characters",
        "characters",
    )
