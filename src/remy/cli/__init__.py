"""The command line ``remy``: it parses and prints, and computes nothing."""

from remy.cli.app import main

__all__ = ["main"]
