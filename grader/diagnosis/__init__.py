"""Recognising a misconception from numbers alone: the catalogue, and the matching over all points jointly."""
