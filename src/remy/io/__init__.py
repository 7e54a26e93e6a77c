"""Files that hold models: the model file, atomic writing and converters at the border.

Import what you need from its module: :mod:`remy.io.model_file` (the ``.safetensors`` file with Remy's
header), :mod:`remy.io.tensor_file` (named arrays with metadata), :mod:`remy.io.architecture` (which tensors a
network has), :mod:`remy.io.atomic` (files that are there whole or not at all), ``remy.io.torch_weights``
(needs torch).
"""
