# An exception with a text of thirty megabytes.
# walls: messages are cut to 500 characters
# expect: raises ValueError: yyyyyyyy
# limits: memory 200
def f():
    raise ValueError("y" * 30_000_000)
