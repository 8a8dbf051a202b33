# Prints what acts on terminals, pages and tables.
# walls: what cannot be printed is replaced
# expect: earns 2
print("\x1b[2J\x1b]52;c;b3duZWQ=\x07\x9b1m\r\u202e<img src=x onerror=alert(1)>\x00=1+1")
def grad_dot(x, a): return a
def grad_quadratic(A, x):
    print("\x1bP+q544e\x1b\\\x08\x7f")
    return x
