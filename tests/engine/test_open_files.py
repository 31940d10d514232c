"""What cannot be compared, such as an open file, is another when what its cell read is another."""

from __future__ import annotations

from pathlib import Path

from bs4 import BeautifulSoup

from tests.site_files import write_site
from xaisite import build_site

POST = """---
title: Open
---

```{python}
handle = open("numbers.txt")
```

```{python}
print("read", handle.readline().strip())
```
"""


def test_a_file_left_open_shows_what_it_holds_now(tmp_path: Path) -> None:
    root = write_site(tmp_path, {"content/posts/open.md": POST, "content/posts/numbers.txt": "one\n"})
    for word in ("one", "two", "one"):
        (root / "content/posts/numbers.txt").write_text(word + "\n", encoding="utf-8")
        assert build_site(root).ok
        page = BeautifulSoup((root / "build/posts/open/index.html").read_text(encoding="utf-8"), "html.parser")
        assert f"read {word}" in page.get_text()
