"""All that Nabla says to a student about a check: cause -> sentence, a module for each family of causes.

A sentence says what was expected, what came, and what to do next.
"""
