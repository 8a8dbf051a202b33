# Cells for the shell and other languages, which a notebook would run.
# walls: such cells and lines are left out
# expect: returns 1.0
# kind: notebook
!touch /tmp/ran
# %%
%%bash
touch /tmp/ran
# %%
%run /tmp/other.py
import os
# %%
def f(): return float(not os.path.exists("/tmp/ran"))
