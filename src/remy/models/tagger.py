"""The network of a tagger: words with their spelling in, scores of every tag at every word out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from remy import layers
from remy.io.architecture.tagger import CHARACTERS, character_layer
from remy.models.crf import ConditionalRandomField
from remy.models.network import Network, held_dropout
from remy.models.stack import make_stack, stack_weights


class TaggerNetwork(Network):
    """Character layer in both directions beside a word embedding, recurrent layers, softmax or CRF.

    With ``h→`` the forward state after a word's last character, ``h←`` the backward one after its first::

        x_t    = [embedding(word_t), h→(characters of word_t), h←(characters of word_t)]
        scores = dense(rnn(x))

    Parameters
    ----------
    architecture
        As in the model file, of the kind ``tagger``.
    allowed
        Which tags may stand first, follow each other and stand last, as
        :func:`remy.decoding.allowed_transitions` returns it; for a CRF only.
    dropout
        Share dropped of what each layer reads, one mask per row held over time, of the spelled words and of
        the last outputs.
    recurrent_dropout
        Share of each word layer's state dropped where it enters the recurrent product.

    Raises
    ------
    ModelFileError
        If `architecture` is not one of a tagger.

    References
    ----------
    G. Lample et al., "Neural architectures for named entity recognition", NAACL 2016.

    Examples
    --------
    >>> network = TaggerNetwork({"kind": "tagger", "vocabulary_size": 9, "embedding_size": 3, "characters": 5,
    ...     "character_embedding_size": 2, "character_units": 2, "labels": 4, "output": "softmax",
    ...     "scheme": "none", "bidirectional": True, "cell": "lstm", "units": 4, "layers": 1,
    ...     "reset_after": True, "activation": "tanh"})
    >>> network(torch.tensor([[8, 0]]), torch.tensor([2]), torch.tensor([[0, 1]]),
    ...     torch.tensor([[4, 3, 2], [1, 0, 0]]), torch.tensor([3, 1])).shape
    torch.Size([1, 2, 4])
    """

    def __init__(
        self,
        architecture: Mapping[str, Any],
        *,
        allowed: tuple[ArrayLike, ArrayLike, ArrayLike] | None = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
    ) -> None:
        super().__init__(architecture)
        self.dropout = dropout
        self.character_embedding = layers.Embedding(
            architecture["characters"], architecture["character_embedding_size"]
        )
        self.character_rnn = make_stack(character_layer(architecture))
        self.embedding = layers.Embedding(architecture["vocabulary_size"], architecture["embedding_size"])
        self.rnn = make_stack(architecture, dropout=dropout, recurrent_dropout=recurrent_dropout)
        self.dense = layers.Dense(architecture["labels"])
        self.crf: ConditionalRandomField | None = None
        if architecture["output"] == "crf":
            self.crf = ConditionalRandomField(architecture["labels"], allowed=allowed)
        with torch.no_grad():
            # The layers find their input size at the first call.
            one = torch.ones(1, dtype=torch.int64)
            zero = torch.zeros(1, 1, dtype=torch.int64)
            self(zero, one, zero, zero, one)

    def forward(
        self, words: Tensor, lengths: Tensor, places: Tensor, spellings: Tensor, spelling_lengths: Tensor
    ) -> Tensor:
        """Score every tag at every word.

        Parameters
        ----------
        words, lengths, places, spellings, spelling_lengths
            As in :class:`remy.data.words.WordBatch`; what is past a length is never read.

        Returns
        -------
        Tensor
            Scores (B, T, K): logits for a softmax, the scores of a CRF.
        """
        characters = self.character_embedding(spellings)
        spelled: Tensor = self.character_rnn(characters, lengths=spelling_lengths, whole=True).last
        spelled = torch.nn.functional.dropout(spelled, self.dropout, self.training)
        x = torch.cat([self.embedding(words), torch.nn.functional.embedding(places, spelled)], dim=2)
        outputs: Tensor = self.rnn(x, lengths=lengths, whole=True).outputs
        scores: Tensor = self.dense(held_dropout(outputs, self.dropout, self.training))
        return scores

    def loss(self, scores: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """Return the mean over all words of the negative log-likelihood of their tags.

        Parameters
        ----------
        scores, lengths
            What `forward` returned and read.
        tags
            (B, T), whole numbers below K; what is past a length is never read.
        """
        if self.crf is not None:
            likelihood: Tensor = self.crf(scores, tags, lengths)
            return -likelihood.sum() / lengths.sum()
        inside = torch.arange(tags.shape[1], device=tags.device) < lengths[:, None]
        return torch.nn.functional.cross_entropy(scores[inside], tags[inside])

    def named_weights(self) -> dict[str, torch.nn.Parameter]:
        """Return every weight under its name in the model file."""
        named = {"characters_embedding/embeddings": self.character_embedding.embeddings}
        named |= stack_weights(self.character_rnn, prefix=CHARACTERS)
        named |= {"embedding/embeddings": self.embedding.embeddings, **stack_weights(self.rnn)}
        named |= {"dense/kernel": self.dense.kernel, "dense/bias": self.dense.get_parameter("bias")}
        if self.crf is not None:
            named |= {f"crf/{name}": self.crf.get_parameter(name) for name in ("transitions", "start", "end")}
        return named

    def to_tensors(self) -> dict[str, Any]:
        """Return a copy of every weight, float32; a CRF's are -10,000 where nothing is allowed."""
        tensors = super().to_tensors()
        if self.crf is not None:
            tensors |= {f"crf/{name}": weights for name, weights in self.crf.weights().items()}
        return tensors
