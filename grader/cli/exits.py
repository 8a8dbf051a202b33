"""Exit statuses of `nabla`, the same for every command."""

DONE = 0
SPEC = 2
"""wrong usage or a wrong assignment"""
NOT_GRADABLE = 3
SYSTEM = 4
