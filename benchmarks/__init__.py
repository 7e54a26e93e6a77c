"""The benchmark: every case, the bars to clear, stored results, and the table and chart made from them.

How a case is measured is in :mod:`remy.bench`; this package holds what only the repository needs.
"""
