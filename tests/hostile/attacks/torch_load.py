# A model handed in with it that is a program once it is loaded.
# walls: seccomp
# expect: raises PermissionError
# runtime: torch
# limits: wall 12, cpu 3, memory 400
import os, torch
class Program:
    def __reduce__(self):
        return os.fork, ()
def f():
    torch.save(Program(), "model.pt")
    return torch.load("model.pt", weights_only=False)
