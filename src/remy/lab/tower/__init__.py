"""Stacked layers: the gradient that comes down them, what they learn in numbers, and what that says."""
