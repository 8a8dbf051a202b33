"""Nabla: graded coursework on differentiation and autograd."""

__version__ = "0.2.0"
