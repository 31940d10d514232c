"""What cells can leave in their process beside their names: how to get there, the change, how a later cell sees it.

A name that begins with `torch` needs PyTorch.
"""

from __future__ import annotations

from tests.engine.settings_of_libraries import OF_LIBRARIES, OF_TORCH

Setting = tuple[str, str, str]
"""A cell to begin with, the cell that changes something, the cell that looks."""

OF_THE_INTERPRETER: dict[str, Setting] = {
    "the length of numbers": ("import sys", "sys.set_int_max_str_digits(700)", "print(sys.get_int_max_str_digits())"),
    "the switching of threads": ("import sys", "sys.setswitchinterval(0.5)", "print(sys.getswitchinterval())"),
    "the depth of calls": ("import sys", "sys.setrecursionlimit(1234)", "print(sys.getrecursionlimit())"),
    "the way of modules": ("import sys", "sys.path.append('elsewhere')", "print('elsewhere' in sys.path)"),
    "a module made by hand": (
        "import sys, types",
        "m = types.ModuleType('handmade'); m.x = 3; sys.modules['handmade'] = m",
        "import importlib.util; print('handmade' in sys.modules)",
    ),
    "what is said of exceptions": (
        "import sys",
        "sys.excepthook = lambda *a: print('mine')",
        "print(sys.excepthook is sys.__excepthook__)",
    ),
    "how values are shown": (
        "import sys",
        "sys.displayhook = lambda value: print('mine', value)",
        "sys.displayhook(3)",
    ),
    "a name for all": ("import builtins", "builtins.everywhere = 3", "print(hasattr(builtins, 'everywhere'))"),
    "a function for all": ("x = -1", "import builtins; builtins.abs = lambda x: 7", "print(abs(x))"),
    "the collector's threshold": ("import gc", "gc.set_threshold(5000)", "print(gc.get_threshold())"),
    "the collector": ("import gc", "gc.disable()", "print(gc.isenabled())"),
    "what is traced": (
        "import sys",
        "sys.setprofile(lambda *a: None)",
        "print(sys.getprofile() is None); sys.setprofile(None)",
    ),
    "hooks of asynchronous generators": (
        "import sys",
        "sys.set_asyncgen_hooks(firstiter=lambda g: None)",
        "print(sys.get_asyncgen_hooks().firstiter is None)",
    ),
    "a context variable": (
        "import contextvars; v = contextvars.ContextVar('v', default=1)",
        "v.set(2);",
        "print(v.get())",
    ),
    "a value of a thread": (
        "import threading; t = threading.local()",
        "t.x = 5",
        "print(getattr(t, 'x', None))",
    ),
    "a finder of modules": (
        "import sys",
        "class Finder:\n    def find_spec(self, *a): return None\nsys.meta_path.append(Finder())",
        "print([type(f).__name__ for f in sys.meta_path][-1])",
    ),
}

OF_THE_SYSTEM: dict[str, Setting] = {
    "the mask of files": (
        "import os",
        "os.umask(0o77);",
        "open('f', 'w').close(); print(oct(os.stat('f').st_mode))",
    ),
    "a signal": (
        "import signal, os",
        "signal.signal(signal.SIGUSR2, lambda *a: print('got'));",
        "print(callable(signal.getsignal(signal.SIGUSR2)))",
    ),
    "a signal held back": (
        "import signal",
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1});",
        "print(signal.SIGUSR1 in signal.pthread_sigmask(signal.SIG_BLOCK, []))",
    ),
    "a process": (
        "import subprocess",
        "subprocess.Popen(['sleep', '543.25']);",
        "shown = subprocess.run(['sh', '-c', 'cat /proc/[0-9]*/cmdline'], capture_output=True).stdout\nprint(b'543.25' in shown)",
    ),
    "an alarm": ("import signal", "signal.alarm(900);", "print(signal.alarm(0) > 0)"),
    "the zone": (
        "import os, time; os.environ['TZ'] = 'Asia/Kolkata'",
        "time.tzset()",
        "print(time.strftime('%H', time.localtime(0)))",
    ),
    "a variable": ("import os", "os.environ['Q'] = 'x'", "print(os.environ.get('Q'))"),
    "a variable beside the known ones": (
        "import os, subprocess",
        "os.putenv('QQ', 'x')",
        "print(subprocess.run(['sh', '-c', 'echo $QQ'], capture_output=True, text=True).stdout)",
    ),
    "a variable taken away beside the known ones": (
        "import os, subprocess; os.environ['QQ'] = 'x'",
        "os.unsetenv('QQ')",
        "print(subprocess.run(['sh', '-c', 'echo $QQ'], capture_output=True, text=True).stdout)",
    ),
    "the folder": ("import os; os.mkdir('sub')", "os.chdir('sub')", "print(os.path.basename(os.getcwd()))"),
    "the rights of a file": (
        "import os; open('f', 'w').close()",
        "os.chmod('f', 0o600)",
        "print(oct(os.stat('f').st_mode))",
    ),
    "the rights of a file, otherwise": (
        "from pathlib import Path; Path('f').write_text('a');",
        "Path('f').chmod(0o755)",
        "import os; print(os.access('f', os.X_OK))",
    ),
    "the rights of a folder": (
        "import os; os.mkdir('d')",
        "os.chmod('d', 0o700)",
        "print(oct(os.stat('d').st_mode))",
    ),
    "the time of a file": (
        "import os; open('f', 'w').close(); os.utime('f', (5, 5))",
        "os.utime('f', (77, 77))",
        "print(os.path.getmtime('f'))",
    ),
    "the time of a folder": (
        "import os; os.mkdir('d'); os.utime('d', (5, 5))",
        "os.utime('d', (77, 77))",
        "print(os.path.getmtime('d'))",
    ),
    "a second name of a file": (
        "import os; open('f', 'w').write('1');",
        "os.link('f', 'g')",
        "open('f', 'a').write('2'); print(os.path.exists('g') and open('g').read())",
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
    "a limit of resources": (
        "import resource",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (300, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))",
        "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 300)",
    ),
    "the place of temporary files": (
        "import tempfile, os; os.mkdir('t')",
        "tempfile.tempdir = os.path.abspath('t')",
        "print(os.path.basename(tempfile.gettempdir()))",
    ),
    "the niceness": ("import os", "os.nice(2);", "print(os.nice(0))"),
}

OF_THE_LIBRARY: dict[str, Setting] = {
    "the patience of sockets": ("import socket", "socket.setdefaulttimeout(3)", "print(socket.getdefaulttimeout())"),
    "a dialect": ("import csv", "csv.register_dialect('mine', delimiter=';')", "print('mine' in csv.list_dialects())"),
    "the length of fields": ("import csv", "csv.field_size_limit(77);", "print(csv.field_size_limit())"),
    "the next contexts": ("import decimal", "decimal.DefaultContext.prec = 5", "print(decimal.Context().prec)"),
    "the context": ("import decimal", "decimal.getcontext().prec = 5", "print(decimal.Decimal(1) / 3)"),
    "a way to pickle": (
        "import copyreg, pickle\nclass A: pass\na = A()",
        "copyreg.pickle(A, lambda a: (int, (3,)))",
        "print(type(pickle.loads(pickle.dumps(a))).__name__)",
    ),
    "a short name to pickle": (
        "import copyreg",
        "copyreg.add_extension('fractions', 'Fraction', 77)",
        "print(copyreg._inverted_registry.get(77))",
    ),
    "a dictionary behind a view": (
        "from types import MappingProxyType\nd = {}; c = MappingProxyType(d)",
        "d['a'] = 1",
        "print(c.get('a'))",
    ),
    "a virtual subclass": (
        "import collections.abc\nclass A: pass",
        "collections.abc.Sequence.register(A)",
        "print(issubclass(A, collections.abc.Sequence))",
    ),
    "a virtual number": (
        "import numbers\nclass A: pass",
        "numbers.Number.register(A);",
        "print(isinstance(A(), numbers.Number))",
    ),
    "a virtual subclass of an own class": (
        "import abc\nclass Base(abc.ABC): pass\nclass A: pass",
        "Base.register(A);",
        "print(issubclass(A, Base))",
    ),
    "a virtual subclass, with a decorator": (
        "import collections.abc as c",
        "@c.Hashable.register\nclass A: __hash__ = None",
        "print(len(c.Hashable._abc_registry) if hasattr(c.Hashable, '_abc_registry') else 'A' in globals() and issubclass(A, c.Hashable))",
    ),
    "a kind of media": (
        "import mimetypes",
        "mimetypes.add_type('a/mine', '.mine')",
        "print(mimetypes.guess_type('f.mine'))",
    ),
    "a kind of media, got otherwise": (
        "from mimetypes import add_type, guess_type",
        "add_type('a/other', '.other')",
        "print(guess_type('f.other'))",
    ),
    "a codec": (
        "import codecs",
        "codecs.register(lambda name: codecs.lookup('latin-1') if name == 'mine' else None)",
        "try:\n    print('é'.encode('mine'))\nexcept LookupError:\n    print('no')",
    ),
    "what is done about bad characters": (
        "import codecs",
        "codecs.register_error('mine', lambda e: ('!', e.end))",
        "try:\n    print('é'.encode('ascii', 'mine'))\nexcept LookupError:\n    print('no')",
    ),
    "a filter of warnings": (
        "import warnings",
        "warnings.filterwarnings('ignore', message='said')",
        "warnings.warn('said', stacklevel=1); print('end')",
    ),
    "how warnings are shown": (
        "import warnings",
        "warnings.formatwarning = lambda *a, **k: 'mine'",
        "print(warnings.formatwarning('a', UserWarning, 'f', 1)[:4])",
    ),
    "the level of a logger": (
        "import logging",
        "logging.getLogger('mine').setLevel(10)",
        "print(logging.getLogger('mine').level)",
    ),
    "a handler": (
        "import logging, sys",
        "logging.basicConfig(format='mine %(message)s', stream=sys.stdout, force=True)",
        "print(len(logging.getLogger().handlers))",
    ),
    "the form of a handler": (
        "import logging, sys; logging.basicConfig(format='1 %(message)s', force=True)",
        "logging.getLogger().handlers[0].setFormatter(logging.Formatter('2 %(message)s'))",
        "print(logging.getLogger().handlers[0].formatter._fmt)",
    ),
    "the name of a level": ("import logging", "logging.addLevelName(33, 'MINE')", "print(logging.getLevelName(33))"),
    "a filter of a logger": (
        "import logging; log = logging.getLogger('a')",
        "logging.getLogger('a').addFilter(lambda r: False)",
        "print(len(logging.getLogger('a').filters))",
    ),
    "whether a logger passes on": (
        "import logging",
        "logging.getLogger('a').propagate = False",
        "print(logging.getLogger('a').propagate)",
    ),
    "the kind of loggers": (
        "import logging",
        "class L(logging.Logger): pass\nlogging.setLoggerClass(L)",
        "print(type(logging.getLogger('new')).__name__)",
    ),
    "the place": (
        "import locale",
        "locale.setlocale(locale.LC_NUMERIC, 'C.UTF-8');",
        "print(locale.setlocale(locale.LC_NUMERIC))",
    ),
    "a cache": (
        "import functools\nn = [1]\n@functools.lru_cache\ndef f(x): return n[0]",
        "f(1); n[0] = 2",
        "n[0] = 3; print(f(1))",
    ),
    "a function of many kinds": (
        "import functools\n@functools.singledispatch\ndef f(x): return 'any'",
        "f.register(int, lambda x: 'int')",
        "print(f(1))",
    ),
    "a function of many kinds, of a library": (
        "from importlib.resources import as_file\nclass A: pass",
        "as_file.register(A, lambda a: 'mine');",
        "print(as_file.dispatch(A) is as_file.dispatch(object))",
    ),
    "how values become JSON": (
        "import json",
        "json.JSONEncoder.default = lambda self, o: 'mine'",
        "try:\n    print(json.dumps({1, 2}))\nexcept TypeError:\n    print('no')",
    ),
    "how values become JSON, through an alias": (
        "import json; E = json.JSONEncoder",
        "setattr(E, 'default', lambda self, o: 'mine')",
        "try:\n    print(json.dumps({1, 2}))\nexcept TypeError:\n    print('no')",
    ),
    "how values are kept in a database": (
        "import sqlite3\nclass A: pass",
        "sqlite3.register_adapter(A, lambda a: 'mine')",
        "c = sqlite3.connect(':memory:')\ntry:\n    print(c.execute('select ?', (A(),)).fetchone())\nexcept Exception as e:\n    print('no')\nc.close()",
    ),
    "how values come out of a database": (
        "import sqlite3",
        "sqlite3.register_converter('mine', lambda b: 'mine')",
        "c = sqlite3.connect(':memory:', detect_types=sqlite3.PARSE_DECLTYPES)\nc.execute('create table t(x mine)'); c.execute('insert into t values(1)')\nprint(c.execute('select x from t').fetchone())\nc.close()",
    ),
    "how processes start": (
        "import multiprocessing",
        "multiprocessing.set_start_method('spawn')",
        "print(multiprocessing.get_start_method(allow_none=True))",
    ),
    "the generator": ("import random", "random.seed(5)", "print(random.random())"),
    "a form of archives": (
        "import shutil",
        "shutil.register_archive_format('mine', lambda *a, **k: None)",
        "print('mine' in [n for n, _ in shutil.get_archive_formats()])",
    ),
    "a namespace of XML": (
        "import xml.etree.ElementTree as E",
        "E.register_namespace('mine', 'urn:mine')",
        "print(E.tostring(E.Element('{urn:mine}a')))",
    ),
    "a class and its member": (
        "import enum\nclass E(enum.Enum): A = 1",
        "class E(enum.Enum): A = 2",
        "print(E.A.value)",
    ),
    "the form of floats in a dataclass": (
        "import dataclasses\n@dataclasses.dataclass\nclass D: x: int = 1",
        "D.__init__.__defaults__ = (2,)",
        "print(D())",
    ),
    "a browser": (
        "import webbrowser",
        "webbrowser.register('mine', None)",
        "print('mine' in webbrowser._browsers)",
    ),
    "the policy of events": (
        "import asyncio",
        "class P(asyncio.DefaultEventLoopPolicy): pass\nasyncio.set_event_loop_policy(P())",
        "print(type(asyncio.get_event_loop_policy()).__name__)",
    ),
    "the opener of addresses": (
        "import urllib.request as u",
        "u.install_opener(u.build_opener())",
        "print(u._opener is None)",
    ),
    "first day of the week": ("import calendar", "calendar.setfirstweekday(6)", "print(calendar.firstweekday())"),
    "words of another language": (
        "import gettext",
        "gettext.textdomain('mine');",
        "print(gettext.textdomain())",
    ),
    "what is traced of memory": (
        "import tracemalloc",
        "tracemalloc.start()",
        "print(tracemalloc.is_tracing()); tracemalloc.stop()",
    ),
    "a finaliser": (
        "import weakref\nclass A: pass\na = A()",
        "weakref.finalize(a, print, 'gone');",
        "del a; print('end')",
    ),
}

WITHOUT_EFFECT: dict[str, Setting] = {
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
"""What a cell shows does not depend on what others have shown."""

SETTINGS: dict[str, Setting] = {
    **OF_THE_INTERPRETER,
    **OF_THE_SYSTEM,
    **OF_THE_LIBRARY,
    **OF_LIBRARIES,
    **WITHOUT_EFFECT,
    **{f"torch: {name}": setting for name, setting in OF_TORCH.items()},
}
