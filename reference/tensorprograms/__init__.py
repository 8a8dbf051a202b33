"""Programs of tensors: vectors, matrices and stacks of them, with broadcasting, and a number at the end."""
