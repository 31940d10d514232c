"""The preview: a small web server for this machine, which builds again when a file changes and tells the browser.

Does not build: that is passed in. Invariants: nothing outside the output folder is ever served; no request and no
state of the site ends it; nothing that the preview adds is ever on disk.
"""
