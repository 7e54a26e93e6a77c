"""Translating with beam search: Remy's runtime against the same model, step by step, in plain PyTorch.

``python -m benchmarks.translate RUN SOURCES`` with a run of a translator (LSTM, one layer, additive
attention, no input feeding: the usual one) and a file with a text a line. PyTorch has the same weights in its
own layers and the same search: once a sentence at a time, as most code has it, and once with as many
sentences side by side as Remy takes. All take turns; printed are medians of ratios, after how many agree.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from remy import runtime
from remy.data.batches import pad
from remy.data.lines import Lines
from remy.data.pieces import BEGIN_ID, END_ID, UNKNOWN_ID
from remy.runtime import Search
from remy.threads import set_num_threads

#: Sentences side by side, as the runtime has them.
_TOGETHER = 64


class Peer(torch.nn.Module):
    """The network in PyTorch's own layers."""

    def __init__(self, model: runtime.Translator) -> None:
        super().__init__()
        settings, named = model.model_file.architecture, model.model_file.tensors
        usual = {"cell": "lstm", "layers": 1, "attention": "additive", "input_feeding": False, "tied": True}
        if any(settings[name] != value for name, value in usual.items()):
            raise SystemExit(f"translate: expected a translator with {usual}")
        w = {name: torch.from_numpy(array) for name, array in named.items()}
        self.w = w
        embedding, units = settings["embedding_size"], settings["units"]
        self.encoder = torch.nn.LSTM(embedding, units, bidirectional=True, batch_first=True)
        self.decoder = torch.nn.LSTMCell(settings["target_embedding_size"], settings["decoder_units"])
        for suffix, name in (("", "forward"), ("_reverse", "backward")):
            _fill(self.encoder, f"_l0{suffix}", w, f"encoder_rnn_0/{name}")
        _fill(self.decoder, "", w, "decoder_rnn_0")

    def read(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return what is looked at (N, S, D), where it is, and the first states (N, 2 H)."""
        x = torch.nn.functional.embedding(ids, self.w["embedding/embeddings"])
        packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        outputs, (h, _) = self.encoder(packed)
        memory, _ = torch.nn.utils.rnn.pad_packed_sequence(outputs, batch_first=True)
        start = torch.cat([h[0], h[1]], dim=1)
        inside = torch.arange(memory.shape[1]) < lengths[:, None]
        return memory, inside, torch.tanh(start @ self.w["bridge/kernel"] + self.w["bridge/bias"])

    def step(
        self, token: Tensor, h: Tensor, c: Tensor, memory: Tensor, keys: Tensor, inside: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the log-probabilities (R, V) of the next token, and the states."""
        w = self.w
        x = torch.nn.functional.embedding(token, w["target_embedding/embeddings"])
        h, c = self.decoder(x, (h, c))
        scores = torch.tanh((h @ w["attention/query_kernel"])[:, None] + keys) @ w["attention/score"]
        shares = scores.masked_fill(~inside, -torch.inf).softmax(dim=1)
        context = torch.bmm(shares[:, None], memory)[:, 0]
        readout = torch.tanh(torch.cat([h, context], dim=1) @ w["readout/kernel"] + w["readout/bias"])
        logits = torch.nn.functional.linear(readout, w["target_embedding/embeddings"], w["output/bias"])
        logits[:, [UNKNOWN_ID, BEGIN_ID]] = -torch.inf
        return logits.log_softmax(dim=1), h, c


def _fill(layer: torch.nn.Module, suffix: str, weights: dict[str, Tensor], name: str) -> None:
    """Copy a layer's weights: both have the gates in the order i, f, g, o."""
    with torch.no_grad():
        layer.get_parameter(f"weight_ih{suffix}").copy_(weights[f"{name}/kernel"].T)
        layer.get_parameter(f"weight_hh{suffix}").copy_(weights[f"{name}/recurrent_kernel"].T)
        layer.get_parameter(f"bias_ih{suffix}").copy_(weights[f"{name}/bias"])
        layer.get_parameter(f"bias_hh{suffix}").zero_()


@torch.inference_mode()
def search(peer: Peer, sources: Sequence[Any], beam: int) -> list[list[int]]:
    """Return the best sequence of each source, by the search of `remy.decoding.beam_search`."""
    ids, counts = (torch.from_numpy(array) for array in pad(sources))
    count, size = len(ids), beam
    memory, inside, states = peer.read(ids, counts)
    memory, inside = (each.repeat_interleave(size, dim=0) for each in (memory, inside))
    keys = memory @ peer.w["attention/memory_kernel"]
    h, c = (each.repeat_interleave(size, dim=0) for each in states.chunk(2, dim=1))
    totals = torch.full((count, size), -torch.inf)
    totals[:, 0] = 0.0
    token = torch.full((count * size,), BEGIN_ID)
    written: list[list[list[int]]] = [[[] for _ in range(size)] for _ in range(count)]
    done: list[list[tuple[float, list[int]]]] = [[] for _ in range(count)]
    limits = (2 * counts + 10).tolist()
    for length in range(max(limits) + 1):
        logs, h, c = peer.step(token, h, c, memory, keys, inside)
        vocabulary = logs.shape[1]
        sums = (totals[:, :, None] + logs.view(count, size, -1)).view(count, -1)
        best, places = sums.topk(2 * size, dim=1)
        parents, tokens = (places // vocabulary).tolist(), (places % vocabulary).tolist()
        ranked = (best.tolist(), parents, tokens)
        rows, following = [], []
        totals = torch.full((count, size), -torch.inf)
        for k in range(count):
            live: list[tuple[float, int, int]] = []
            for rank, (value, parent, chosen) in enumerate(zip(*(one[k] for one in ranked), strict=True)):
                if value == -torch.inf or len(done[k]) >= size or length > limits[k]:
                    break
                if chosen == END_ID:
                    if rank < size or length == limits[k]:
                        score = value / ((5 + length + 1) / 6)
                        done[k].append((score, written[k][parent]))
                elif len(live) < size:
                    live.append((value, parent, chosen))
            if len(done[k]) >= size:
                live = []
            new = [[*written[k][parent], chosen] for _, parent, chosen in live]
            written[k] = new + [[]] * (size - len(new))
            for place in range(size):
                value, parent, chosen = live[place] if place < len(live) else (-torch.inf, 0, END_ID)
                totals[k, place] = value
                rows.append(k * size + parent)
                following.append(chosen)
        if bool((totals == -torch.inf).all()):
            break
        token, order = torch.tensor(following), torch.tensor(rows)
        h, c = h[order], c[order]
    return [max(each)[1] if each else rows[0] for each, rows in zip(done, written, strict=True)]


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.translate", description=__doc__)
    parser.add_argument("run", type=Path, help="a run of a translator")
    parser.add_argument("sources", help="a file with a text a line")
    parser.add_argument("--count", type=int, default=1000, help="texts [1000]")
    parser.add_argument("--beam", type=int, default=5, help="live sequences [5]")
    parser.add_argument("--turns", type=int, default=3, help="measurements of each [3]")
    parser.add_argument("--threads", type=int, default=2, help="processors [2]")
    options = parser.parse_args()
    set_num_threads(options.threads)
    torch.set_num_threads(options.threads)
    model = runtime.load_as(options.run, runtime.Translator)
    texts = [line.strip() for line in Lines(options.sources)][: options.count]
    peer, how = Peer(model).eval(), Search(beam=options.beam)

    def ours() -> list[str]:
        return [found[0].text for found in model.translate(texts, how)]

    def theirs(together: int) -> list[str]:
        # As ours: texts of about the same length side by side.
        ids = model.source.encode(texts, max_length=model.max_source)
        order = sorted(range(len(ids)), key=lambda place: -len(ids[place]))
        found = [""] * len(ids)
        for start in range(0, len(order), together):
            some = order[start : start + together]
            for place, written in zip(some, search(peer, [ids[k] for k in some], options.beam), strict=True):
                found[place] = model.target.decode(written)
        return found

    contenders: dict[str, Callable[[], list[str]]] = {
        "remy": ours,
        "torch, one by one": lambda: theirs(1),
        f"torch, {_TOGETHER} side by side": lambda: theirs(_TOGETHER),
    }
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    first: list[str] = []
    for turn in range(options.turns):
        for name, call in contenders.items():
            began = time.perf_counter()
            found = call()
            seconds[name].append(time.perf_counter() - began)
            first = first or found
            if turn == 0:
                same = sum(one == other for one, other in zip(first, found, strict=True))
                print(f"{name}: {same} of {len(texts)} translations as Remy's")
    for name, each in seconds.items():
        ratios = [one / own for one, own in zip(each, seconds["remy"], strict=True)]
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        print(f"{name}: {statistics.median(ratios):.2f} times Remy's time ({spread}, {len(each)} turns)")


if __name__ == "__main__":
    main()
