"""The nouns of grading as frozen values. Imports nothing but the standard library."""
