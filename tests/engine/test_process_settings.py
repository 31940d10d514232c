"""Settings of the process that a cell leaves behind are seen by later ones: taking the cell's effect away takes theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown

SETTINGS = {
    "the length of numbers": ("import sys", "sys.set_int_max_str_digits(700)", "print(sys.get_int_max_str_digits())"),
    "the switching of threads": ("import sys", "sys.setswitchinterval(0.5)", "print(sys.getswitchinterval())"),
    "the mask of files": (
        "import os",
        "os.umask(0o77);",
        "open('f', 'w').close(); print(oct(os.stat('f').st_mode))",
    ),
    "the patience of sockets": ("import socket", "socket.setdefaulttimeout(3)", "print(socket.getdefaulttimeout())"),
    "a dialect": ("import csv", "csv.register_dialect('mine', delimiter=';')", "print('mine' in csv.list_dialects())"),
    "a signal": (
        "import signal, os",
        "signal.signal(signal.SIGUSR2, lambda *a: print('got'));",
        "print(callable(signal.getsignal(signal.SIGUSR2)))",
    ),
    "the zone": (
        "import os, time; os.environ['TZ'] = 'Asia/Kolkata'",
        "time.tzset()",
        "print(time.strftime('%H', time.localtime(0)))",
    ),
    "the next contexts": ("import decimal", "decimal.DefaultContext.prec = 5", "print(decimal.Context().prec)"),
    "a way to pickle": (
        "import copyreg, pickle\nclass A: pass\na = A()",
        "copyreg.pickle(A, lambda a: (int, (3,)))",
        "print(type(pickle.loads(pickle.dumps(a))).__name__)",
    ),
    "a dictionary behind a view": (
        "from types import MappingProxyType\nd = {}; c = MappingProxyType(d)",
        "d['a'] = 1",
        "print(c.get('a'))",
    ),
    "a setting of torch": (
        "import torch",
        "torch.backends.mkldnn.enabled = False",
        "print(torch.backends.mkldnn.enabled)",
    ),
    "a link": (
        "import os; open('a', 'w').write('1'); open('b', 'w').write('2'); os.symlink('b', 'l')",
        "os.remove('l'); os.symlink('a', 'l')",
        "print(open('l').read())",
    ),
    "what a link leads to": (
        "import os; open('a', 'w').write('1'); os.symlink('a', 'l')",
        "open('a', 'w').write('2');",
        "print(open('l').read())",
    ),
    "a warning that was shown": (
        "import warnings\ndef w(): warnings.warn('said', UserWarning, stacklevel=1)",
        "w()",
        "w(); print('end')",
    ),
    "a warning that is shown once": (
        "import warnings; warnings.simplefilter('once')\ndef w(): warnings.warn('said', UserWarning)",
        "w()",
        "w(); print('end')",
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_is_seen_by_later_cells(tmp_path: Path, name: str) -> None:
    first, change, last = SETTINGS[name]
    if "torch" in first:
        pytest.importorskip("torch")
    with_change, without = [first, change, last], [first, "nothing = 1", last]
    for before, after in ((with_change, without), (without, with_change)):
        kept, clean = Site(tmp_path / f"kept-{len(before[1])}"), Site(tmp_path / f"clean-{len(before[1])}")
        kept.put("post.md", before)
        assert not kept.execute().diagnostics
        for site in (kept, clean):
            site.put("post.md", after)
        assert shown(kept.execute().value["content/post.md"]) == shown(clean.execute().value["content/post.md"])
