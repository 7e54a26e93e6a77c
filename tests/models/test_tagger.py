"""The network of a tagger against a textbook one that reads every word and every sentence by itself."""

import itertools
from typing import Any

import numpy as np
import pytest
import torch

from remy.data.words import WordVocabulary
from remy.decoding import allowed_transitions
from remy.errors import ModelFileError
from remy.models.tagger import TaggerNetwork

ARCHITECTURE: dict[str, Any] = {
    "kind": "tagger",
    "vocabulary_size": 6,
    "embedding_size": 3,
    "characters": 12,
    "character_embedding_size": 4,
    "character_units": 5,
    "labels": 3,
    "output": "softmax",
    "scheme": "none",
    "bidirectional": True,
    "cell": "lstm",
    "units": 6,
    "layers": 2,
    "reset_after": True,
    "activation": "tanh",
}
VOCABULARY = WordVocabulary(["ab", "cde", "f", "ghij", "k"], "abcdefghijk")
SENTENCES = [["ab", "f", "Unknown", "ghij", "ab"], ["cde"], ["k", "ab", "cde"], ["kkkkkkkkkkkk", "f"]]
TAGS = [[0, 1, 2, 2, 1], [2], [1, 1, 0], [0, 2]]


def network(seed: int = 0, **changes: Any) -> TaggerNetwork:
    """Weights that differ from each other, biases too."""
    allowed = changes.pop("allowed", None)
    made = TaggerNetwork(ARCHITECTURE | changes, allowed=allowed)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in made.named_weights().values():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.5)
    return made


def tensors(sentences: list[list[str]]) -> list[torch.Tensor]:
    return [torch.from_numpy(array) for array in VOCABULARY.batch(sentences)]


def padded(tags: list[list[int]], filler: int = 0) -> torch.Tensor:
    longest = max(map(len, tags))
    return torch.tensor([row + [filler] * (longest - len(row)) for row in tags])


def lstm(x: np.ndarray, weights: dict[str, np.ndarray], name: str) -> np.ndarray:
    """All hidden states (T, H) of one sequence (T, I), gates in the order i, f, g, o."""
    kernel, recurrent, bias = (weights[f"{name}/{part}"] for part in ("kernel", "recurrent_kernel", "bias"))
    h = c = np.zeros(recurrent.shape[0])
    states = []
    for step in x:
        i, f, g, o = np.split(step @ kernel + h @ recurrent + bias, 4)
        c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        h = np.tanh(c) / (1 + np.exp(-o))
        states.append(h)
    return np.array(states)


def textbook(words: list[str], weights: dict[str, np.ndarray], *, bidirectional: bool = True) -> np.ndarray:
    """Scores (T, K) of one sentence, word by word, no batch, no padding, float64."""
    weights = {name: array.astype(np.float64) for name, array in weights.items()}
    rows = []
    for word, number in zip(words, VOCABULARY.ids(words), strict=True):
        letters = weights["characters_embedding/embeddings"][VOCABULARY.spelling(word)]
        forwards = lstm(letters, weights, "characters_rnn_0/forward")[-1]
        backwards = lstm(letters[::-1], weights, "characters_rnn_0/backward")[-1]
        rows.append(np.concatenate([weights["embedding/embeddings"][number], forwards, backwards]))
    x = np.array(rows)
    for layer in range(2):
        if bidirectional:
            ways = [
                lstm(x, weights, f"rnn_{layer}/forward"),
                lstm(x[::-1], weights, f"rnn_{layer}/backward")[::-1],
            ]
            x = np.concatenate(ways, axis=1)
        else:
            x = lstm(x, weights, f"rnn_{layer}")
    return x @ weights["dense/kernel"] + weights["dense/bias"]


@pytest.mark.parametrize("bidirectional", [True, False])
def test_scores_are_those_of_each_sentence_read_by_itself(bidirectional: bool) -> None:
    made = network(bidirectional=bidirectional).eval()
    with torch.no_grad():
        scores = made(*tensors(SENTENCES)).numpy()
    for row, words in enumerate(SENTENCES):
        expected = textbook(words, made.to_tensors(), bidirectional=bidirectional)
        np.testing.assert_allclose(scores[row, : len(words)], expected, atol=2e-6)


def test_the_loss_is_the_mean_over_words_and_never_sees_padding() -> None:
    made = network().eval()
    words, lengths, places, spellings, spelling_lengths = tensors(SENTENCES)
    expected = []
    for sentence, tags in zip(SENTENCES, TAGS, strict=True):
        scores = textbook(sentence, made.to_tensors())
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        expected += [-logs[step, tag] for step, tag in enumerate(tags)]
    scores = made(words, lengths, places, spellings, spelling_lengths)
    loss = made.loss(scores, padded(TAGS), lengths)
    assert loss.item() == pytest.approx(np.mean(expected), rel=1e-5)
    # Whatever stands in the padding, the loss and every gradient are the same to the last bit.
    gradients = torch.autograd.grad(loss, list(made.parameters()))
    inside = torch.arange(words.shape[1]) < lengths[:, None]
    within = torch.arange(spellings.shape[1]) < spelling_lengths[:, None]
    filled = (
        torch.where(inside, words, 5),
        lengths,
        torch.where(inside, places, len(spellings) - 1),
        torch.where(within, spellings, 11),
        spelling_lengths,
    )
    other = made.loss(made(*filled), padded(TAGS, filler=2), lengths)
    assert other.item() == loss.item()
    for one, same in zip(gradients, torch.autograd.grad(other, list(made.parameters())), strict=True):
        torch.testing.assert_close(one, same, rtol=0, atol=0)


def test_a_crf_is_trained_on_the_sentences_alone() -> None:
    made = network(output="crf").eval()
    words, lengths, *spelled = tensors(SENTENCES)
    loss = made.loss(made(words, lengths, *spelled), padded(TAGS), lengths)
    total = 0.0
    weights = {name: array.astype(np.float64) for name, array in made.to_tensors().items()}
    for sentence, tags in zip(SENTENCES, TAGS, strict=True):
        scores = textbook(sentence, made.to_tensors())

        def of(path: list[int], scores: np.ndarray = scores) -> float:
            found = weights["crf/start"][path[0]] + weights["crf/end"][path[-1]]
            found += sum(scores[step, tag] for step, tag in enumerate(path))
            return found + sum(weights["crf/transitions"][a, b] for a, b in itertools.pairwise(path))

        paths = [[*np.unravel_index(k, [3] * len(tags))] for k in range(3 ** len(tags))]
        total -= of(tags) - np.log(sum(np.exp(of(path)) for path in paths))  # type: ignore[arg-type]
    assert loss.item() == pytest.approx(total / sum(map(len, TAGS)), rel=1e-5)
    filled = made.loss(made(words, lengths, *spelled), padded(TAGS, filler=2), lengths)
    assert filled.item() == loss.item()


def test_without_a_backward_direction_later_words_change_nothing_before_them() -> None:
    made = network(bidirectional=False).eval()
    with torch.no_grad():
        one = made(*tensors([["ab", "f", "cde", "k"]]))
        other = made(*tensors([["ab", "f", "ghij", "f"]]))
        both = network().eval()
        first, second = both(*tensors([["ab", "f", "cde", "k"]])), both(*tensors([["ab", "f", "ghij", "f"]]))
    assert torch.equal(one[:, :2], other[:, :2])
    assert not torch.equal(one[:, 2:], other[:, 2:])
    assert not torch.allclose(first[:, :2], second[:, :2])


def test_weights_go_to_the_model_file_and_back() -> None:
    allowed = allowed_transitions(["O", "B-X", "I-X"], "bio")
    made = network(output="crf", scheme="bio", allowed=allowed)
    saved = made.to_tensors()
    assert saved["crf/transitions"][0, 2] == -1e4
    assert saved["crf/start"][2] == -1e4
    again = TaggerNetwork(made.architecture, allowed=allowed)
    again.from_tensors(saved)
    for name, array in again.to_tensors().items():
        np.testing.assert_array_equal(array, saved[name])
    assert {id(parameter) for parameter in made.named_weights().values()} == set(map(id, made.parameters()))
    del saved["dense/bias"]
    with pytest.raises(ModelFileError, match="TaggerNetwork: tensor 'dense/bias' is missing"):
        again.from_tensors(saved)


def test_dropout_is_for_training_only() -> None:
    made = TaggerNetwork(ARCHITECTURE, dropout=0.5)
    inputs = tensors(SENTENCES)
    with torch.no_grad():
        assert not torch.equal(made.train()(*inputs), made(*inputs))
        assert torch.equal(made.eval()(*inputs), made(*inputs))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"output": "sigmoid"}, "expected output out of softmax, crf, got 'sigmoid'"),
        ({"scheme": "iob"}, "expected scheme out of none, bio, bioes, got 'iob'"),
        ({"characters": 0}, "expected characters from 1"),
        ({"bidirectional": 1}, "expected bidirectional to be true or false"),
    ],
)
def test_an_architecture_that_is_none_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        TaggerNetwork(ARCHITECTURE | change)
