# A tensor that is a file, for all who map it.
# walls: seccomp on the flags of mmap
# expect: raises RuntimeError
# runtime: torch
# limits: wall 12, cpu 3, memory 400
import torch
def f():
    return torch.from_file("x", shared=True, size=10)
