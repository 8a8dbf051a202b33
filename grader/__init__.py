"""Nabla: graded coursework on differentiation and autograd."""

__version__ = "0.1.0"
