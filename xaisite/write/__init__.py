"""From bytes to a folder: the site appears as a whole or not at all.

Does not know what a page is. Invariants: whatever happens, the last good site stands and the next build recovers;
nothing is written through a link; files that others put into the output folder are kept; if nothing changed nothing is
written.
"""
