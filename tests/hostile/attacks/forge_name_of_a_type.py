# Returns something whose type has a name that acts on terminals and pages.
# walls: what cannot be printed is replaced
# expect: wrong
Odd = type("\x1b]0;owned\x07\u202e<script>alert(1)</script>=1+1\ud800\x00", (), {})
def grad_dot(x, a): return Odd()
def grad_quadratic(A, x): raise type("\x1b[2J\r\n", (Exception,), {})("\x9b31m\u2066 =cmd|' /C calc'!A0")
