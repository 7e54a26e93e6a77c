"""Recurrent layers as torch modules, with Keras's names and Keras's meaning; batch first, ``(B, T, F)``."""

from remy.layers.bidirectional import Bidirectional
from remy.layers.dense import Dense
from remy.layers.embedding import Embedding
from remy.layers.gru import GRU, GRUCell
from remy.layers.lstm import LSTM, LSTMCell
from remy.layers.sequential import Sequential
from remy.layers.simple_rnn import SimpleRNN, SimpleRNNCell
from remy.layers.stacked import Stacked

__all__ = [
    "GRU",
    "LSTM",
    "Bidirectional",
    "Dense",
    "Embedding",
    "GRUCell",
    "LSTMCell",
    "Sequential",
    "SimpleRNN",
    "SimpleRNNCell",
    "Stacked",
]
