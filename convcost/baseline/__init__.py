"""What networks cost before, for ``diff`` and for budgets.

``source`` reads what a baseline is called, ``before`` opens one: specs at a git ref, a stored
output, another spec. ``subject`` says which network is meant, ``reports`` analyses it.
"""
