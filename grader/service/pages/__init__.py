"""One module for each group of pages. They take objects from `grader.service.access` only."""
