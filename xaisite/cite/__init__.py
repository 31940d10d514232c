"""The cite room: `.bib` → bibliography, entry → reference, citation → its parts. Pure functions; see ARCHITECTURE.md.

Import from the modules: `read.read_bibliography`, `decode.decode_bibliography`, `merge.merge_bibliographies`,
`pack.pack_bibliography`, `pack.unpack_bibliography`, `cited.check_keys`, `cited.check_shown_fields`,
`references.make_reference_list`, `references.format_reference`, `citations.format_citation`, `bibtex.make_bibtex`,
`latex.decode_latex`.
"""
