# A tensor in memory that other processes can map.
# walls: seccomp, no /dev/shm
# expect: raises RuntimeError
# runtime: torch
# limits: wall 12, cpu 3, memory 400
import torch
def f():
    return torch.ones(3).share_memory_()
