"""Budgets: rules about what a network may cost, judged exactly, with and without a baseline.

``read`` turns a budget file into rules; ``check`` goes the way from there to a ``result``:
``plan`` which rule meets which network, ``opening`` the baseline, ``judge``, and what the same
change ``loosened``. ``explain`` says why, ``edit`` writes and tightens budget files.
"""
