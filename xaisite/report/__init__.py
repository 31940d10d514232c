"""Telling people: diagnostics in four formats (one file each), progress, and the page of every diagnostic code.

Does not decide what is wrong, nor where its text goes. Invariant: the same diagnostics give the same text.
"""
