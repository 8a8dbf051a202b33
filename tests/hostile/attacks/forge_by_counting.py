# Answers by the number of the call: right at first, anything later.
# walls: all points count, and the first is asked again
# expect: wrong
count = 0
def grad_dot(x, a):
    global count
    count += 1
    return a if count < 6 else a * count
