# Cannot be called as asked, and its signature, which the message would show, never comes to an end.
# walls: CPU time seen by the zygote
# expect: cpu
# limits: wall 12, cpu 0.2
class Function:
    def __call__(self, one): pass
    @property
    def __signature__(self):
        while True: pass
f = Function()
