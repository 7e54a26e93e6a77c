"""Training while the page watches.

A race runs in a process of its own (:mod:`remy.lab.jobs.worker`), with the trainer and the lessons that
``remy train`` and ``remy compare`` use. The server lines races up and hands on what they tell.
"""
