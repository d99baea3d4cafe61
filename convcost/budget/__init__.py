"""Budgets: rules about what a network may cost, judged exactly, with and without a baseline.

``read`` turns a budget file into rules, ``check`` judges them, ``baseline`` finds what a
network cost before, ``edit`` writes and tightens budget files.
"""
