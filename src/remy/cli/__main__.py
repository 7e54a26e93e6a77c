"""``python -m remy.cli``: the same as ``remy``."""

from remy.cli.app import main

if __name__ == "__main__":
    main()
