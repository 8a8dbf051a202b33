"""A student's bytes to a Submission. Nothing here parses, compiles or runs Python."""
