"""A trace as an ``.npz`` file, whole: every array as it is, the rest as JSON beside them."""
