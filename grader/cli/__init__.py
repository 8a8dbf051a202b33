"""The `nabla` command: the composition root for use on one machine."""
