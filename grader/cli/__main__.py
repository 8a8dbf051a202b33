"""`python -m grader.cli`, for where the `nabla` script is not on the path."""

from grader.cli.main import nabla

nabla(prog_name="nabla")
