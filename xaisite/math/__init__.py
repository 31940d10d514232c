"""Formulas to HTML and MathML with KaTeX: assets, a V8 worker process, macros of a page, equation numbers."""
