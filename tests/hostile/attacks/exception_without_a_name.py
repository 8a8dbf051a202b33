# An exception whose type answers the question for its name with one of its own, in the code that reports it.
# walls: control never returns to the zygote
# expect: died
class Meta(type):
    @property
    def __name__(self):
        raise SystemExit(0)
class Nameless(Exception, metaclass=Meta): pass
def f():
    raise Nameless
