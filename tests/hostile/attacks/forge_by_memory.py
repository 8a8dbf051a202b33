# Remembers what it answered to each input and answers the second time with something else.
# walls: the first point is asked again
# expect: wrong
seen = set()
def grad_dot(x, a):
    known = a.tobytes() in seen
    seen.add(a.tobytes())
    return a + known * 1e-9
