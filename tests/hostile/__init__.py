"""Submissions that attack, each against every launcher: `python -m tests.hostile` prints how each one ended.

attacks/    one file per attack, as a student could hand it in; its header says what must come of it
corpus.py   reads those files
stage.py    plays an attack in a slot, then an honest submission, and looks whether anything is left
world.py    what of the machine and of the worker is looked at
targets.py  listeners that attacks are pointed at: ours, on this machine, and never anything else
"""
