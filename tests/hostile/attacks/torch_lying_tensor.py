# A subclass of tensors that answers for every operation itself.
# walls: one copy as plain numbers is what is sent
# expect: returns [1.0, 2.0] or raises TypeError or returns 'object'
# runtime: torch
# limits: wall 12, cpu 3, memory 400
import torch
class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, arguments=(), options=None):
        return torch.tensor([1.0, 2.0])
def f():
    return torch.zeros(9).as_subclass(Liar)
