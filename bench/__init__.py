"""Benchmarks against other tools and against limits: ``python -m bench``.

Everything measured goes to ``bench/results.json``; ``docs/benchmarks.md`` is made from it.
"""
