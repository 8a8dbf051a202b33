# Cells for the shell and other languages, which a notebook would run.
# walls: such cells and lines are left out
# expect: returns 1.0
# kind: notebook
!touch ran
# %%
%%bash
touch ran
# %%
%run other.py
import os
# %%
def f(): return float(not os.path.exists("ran"))
