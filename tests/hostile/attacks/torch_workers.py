# Processes that load data.
# walls: seccomp
# expect: raises PermissionError or raises OSError or raises FileNotFoundError
# runtime: torch
# limits: wall 12, cpu 3, memory 400
import torch
def f():
    return len(list(torch.utils.data.DataLoader([1.0, 2.0], num_workers=2)))
