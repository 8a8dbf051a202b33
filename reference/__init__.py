"""What the right answer is. Knows nothing of students, files or the web; `api` has the public functions."""
