"""What each scene of the page asks for, computed with what :mod:`remy.inspect` offers."""
