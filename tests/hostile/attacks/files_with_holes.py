# A file of a terabyte that takes no space.
# walls: RLIMIT_FSIZE
# expect: raises OSError: File too large
def f():
    with open("big", "wb") as file: file.truncate(1 << 40)
