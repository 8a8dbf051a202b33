# An exception whose type has a name of a million characters.
# walls: names are cut to 80 characters
# expect: raises Eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee
def f():
    raise type("E" + "e" * 10**6, (Exception,), {})
