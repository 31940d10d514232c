"""From a folder to where readers are: one file per kind of target.

Does not build. Invariants: a target changes as a whole or not at all; what others made is never overwritten; nothing is
published when nothing changed.
"""
