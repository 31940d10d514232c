"""Pieces of random posts, each touching state in a way that a careless cache would miss. `{k}` is a small number."""

PIECES = """
a = [1, 2, {k}]
---
a.append({k}); print(a)
---
b = a
---
b = list(a)
---
b[0] = {k}
---
print(a, b)
---
n = {k}
---
n = 0 + {k}; also = {k}
---
for n in range({k} + 1): pass
---
n = {k}; del n
---
if {k} > 2: n = {k}
---
import json as j; n = {k}
---
import json as j; more = {k}
---
print(j.dumps({k}))
---
a = list([1, 2, {k}])
---
def f(): return a[0] + {k}
beside = {k}
---
m = n + 1; print(m)
---
print(n)
---
def f(): return a[0] + {k}
---
print(f())
---
def g(): return f() * {k}
---
print(g())
---
def bump():
    global n
    n = n + {k}
---
bump(); print(n)
---
class C:
    v = {k}
    def m(self): return self.v + len(a)
---
c = C()
---
c.v = getattr(c, 'v', 0) + {k}; print(c.v)
---
C.v = {k}
---
print(c.m())
---
gen = (i * {k} for i in list(a))
---
print(next(gen, None))
---
lazy = (x + {k} for x in a)
---
print(list(lazy))
---
def mk():
    t = 0
    def inc():
        nonlocal t
        t += {k}
        return t
    return inc
inc = mk()
---
print(inc())
---
inc2 = inc
---
import random; print(random.randint(0, 10**6))
---
import random; random.seed({k})
---
r = __import__('random').Random({k})
---
print(r.random())
---
import numpy as np; x = np.arange(6) * {k}
---
v = x[2:]
---
v[0] = {k}
---
print(x, v)
---
import numpy as np; print(np.random.randint(0, 10**6))
---
import numpy as np; np.random.seed({k})
---
import numpy as np; np.set_printoptions(precision={k})
---
import numpy as np; print(np.array([1 / 3]))
---
open('t.txt', 'a').write('{k}');
---
open('t{k}.txt', 'w').write('{k}');
---
import os; os.path.exists('t.txt') and os.remove('t.txt')
---
import os; print(os.path.exists('t.txt'), os.path.exists('t{k}.txt'))
---
print(open('t.txt').read())
---
print(open('data.csv').read())
---
import os; print(os.path.getsize('data.csv'))
---
import glob; print(sorted(glob.glob('*.txt')))
---
import os; print(sorted(n for n in os.listdir('.') if n.endswith(('.txt', '.csv'))))
---
from pathlib import Path; print(Path('t{k}.txt').is_file())
---
import helper; print(helper.value() + {k})
---
import helper; helper.STATE.append({k}); print(helper.STATE)
---
from helper import STATE; print(len(STATE))
---
import helper; helper.FACTOR = {k}
---
import deep; print(deep.value())
---
import sqlite3
con = sqlite3.connect('d.db'); con.execute('create table if not exists t(x)'); con.execute('insert into t values({k})')
con.commit(); print(list(con.execute('select x from t'))); con.close()
---
import sqlite3
con = sqlite3.connect(':memory:'); con.execute('create table t(x)'); con.execute('insert into t values({k})');
---
print(list(con.execute('select x from t')))
---
con.execute('insert into t values({k})');
---
import subprocess; print(subprocess.run(['cat', 'data.csv'], capture_output=True, text=True).stdout)
---
import subprocess; subprocess.run(['sh', '-c', 'echo {k} >> t.txt']);
---
import json; json.dumps = lambda o: 'patched{k}'
---
import json; print(json.dumps([n]))
---
import json
def put(): json.loads = lambda s: {k}
---
put()
---
import json; print(json.loads('[1]'))
---
import builtins; builtins.thing = {k}
---
print(thing)
---
import collections; collections.Counter.extra = {k}
---
import collections; print(getattr(collections.Counter, 'extra', None))
---
import warnings; warnings.warn('w{k}')
---
import warnings; warnings.simplefilter('ignore')
---
import os; os.environ['Q'] = '{k}'
---
import os; print(os.environ.get('Q'))
---
import os; os.makedirs('sub', exist_ok=True); os.chdir('sub')
---
import os; print(os.path.basename(os.getcwd()))
---
del n
---
exec('z = {k}')
---
print(globals().get('z'))
---
print(sorted(k for k in globals() if len(k) == 1))
---
it = iter(a)
---
print(next(it, 'end'))
---
def h(x, acc=[]):
    acc.append(x)
    return list(acc)
---
print(h({k}))
---
d = {{'a': a, 'n': {k}}}
---
d['a'].append({k}); print(d)
---
s = {{1, 2, {k}}}; s.add({k} + 1)
---
print(s, frozenset(s))
---
print(1 / (n - {k}))
---
raise ValueError({k})
---
try:
    undefined_name
except NameError as error:
    kept = str(error)
---
print(kept)
---
from collections import deque; q = deque([{k}], maxlen=3)
---
q.append({k}); print(q)
---
import decimal; decimal.getcontext().prec = {k} + 2
---
import decimal; print(decimal.Decimal(1) / 3)
---
handle = open('data.csv')
---
print(handle.readline())
---
import functools
@functools.lru_cache
def cached(i): return i * n
---
print(cached({k}))
---
tup = (a, {k})
---
tup[0].append({k}); print(tup)
---
w = memoryview(bytearray(b'abc{k}'))
---
w[0] = 65 + {k}; print(bytes(w))
---
class Lying:
    def __init__(self): self.inner = [{k}]
    def __eq__(self, other): return True
    def __hash__(self): return 1
    def __reduce__(self): return (int, ())
    def __repr__(self): return 'same'
liar = Lying()
---
print(liar.inner, liar)
---
liar.inner.append({k})
---
for i in range({k}): n = i
---
print([i for i in a if i > {k}])
---
with open('t.txt', 'w') as out: out.write(str(a))
---
if {k} > 3: late = {k}
---
print(late)
---
import sys; sys.setrecursionlimit(1000 + {k})
---
import sys; print(sys.getrecursionlimit())
---
import inspect; print(inspect.getsource(f))
---
print('{k}')
---
import matplotlib as mpl; mpl.rcParams['lines.linewidth'] = {k}
---
import matplotlib as mpl; print(mpl.rcParams['lines.linewidth'])
---
import matplotlib.pyplot as plt; plt.rcParams.update({{'axes.titleweight': {k}00, 'lines.linestyle': '--'}})
---
import matplotlib.pyplot as plt; plt.style.use('ggplot' if {k} > 2 else 'default')
---
import matplotlib.pyplot as plt; line, = plt.plot([1, {k}]); print(line.get_linewidth(), line.get_linestyle(), line.get_color())
---
import matplotlib.pyplot as plt; fig, ax = plt.subplots(); ax.set_title('t{k}');
---
ax.plot([1, {k}]); ax.set_title(ax.get_title() + '{k}');
---
print(ax.get_title(), len(ax.lines), ax.title.get_weight())
---
fig.axes[0].set_xlabel('x{k}'); print(len(fig.axes), ax.get_xlabel())
---
import matplotlib.pyplot as plt; print(plt.get_fignums(), len(plt.gca().lines))
---
import matplotlib as mpl; mpl.colormaps.register(mpl.colormaps['gray'], name='mine', force=True)
---
import matplotlib as mpl; print('mine' in mpl.colormaps)
---
import numpy as np; rng = np.random.default_rng({k})
---
print(rng.integers(0, 10**6))
---
import numpy as np
def where(): return int(np.random.get_state()[2])
---
print(where())
---
import pandas as pd; frame = pd.DataFrame({{'c': list(a)}})
---
frame.loc[0, 'c'] = {k}; print(frame['c'].tolist())
---
part = frame['c']; print(part.sum())
---
import asyncio
async def later(): return len(a) + {k}
print(asyncio.run(later()))
---
import logging; logging.getLogger('mine').setLevel({k})
---
import logging; print(logging.getLogger('mine').level)
---
with open('data.csv') as lines: rows = [line.split(',') for line in lines]
---
rows.append(['{k}']); print(rows)
---
import shutil; shutil.copy('data.csv', 't{k}.txt');
---
import os; os.path.exists('t.txt') and os.rename('t.txt', 't{k}.txt')
---
import contextlib
@contextlib.contextmanager
def bound():
    a.append({k})
    yield len(a)
    a.pop()
---
with bound() as length: print(length, a)
---
import collections.abc
class V: pass
collections.abc.Sequence.register(V)
---
class V: pass
---
import collections.abc; print(issubclass(V, collections.abc.Sequence))
---
import pandas as pd
@pd.api.extensions.register_dataframe_accessor('mine')
class Mine:
    def __init__(self, frame): self.k = {k}
---
import pandas as pd; print(getattr(getattr(pd.DataFrame({{'c': [1]}}), 'mine', None), 'k', None))
---
import mimetypes; mimetypes.add_type('made/m{k}', '.mine')
---
import helper; helper.remember()
---
import mimetypes; print(mimetypes.guess_type('f.mine'))
---
import matplotlib.units as units
class Unit{k}: pass
units.registry[Unit{k}] = units.ConversionInterface()
---
from matplotlib.units import registry
registry.pop(Unit{k}, None);
---
import matplotlib.units as units; print([t.__name__ for t in units.registry if t.__module__ == '__main__'])
---
import os; os.putenv('BESIDE', '{k}')
---
import subprocess; print(subprocess.run(['sh', '-c', 'echo $BESIDE'], capture_output=True, text=True).stdout)
---
import os; os.chmod('t.txt', 384 + {k})
---
import os; print(oct(os.stat('t.txt').st_mode))
---
import os; os.utime('t.txt', ({k}, {k}))
---
import os; print(os.path.getmtime('t.txt') < 9 and os.path.getmtime('t.txt'))
---
import codecs; codecs.register_error('mine', lambda e: ('{k}', e.end))
---
print('é'.encode('ascii', 'mine'))
---
import calendar; calendar.setfirstweekday({k})
---
import calendar; print(calendar.firstweekday())
---
import sqlite3
class Kept: pass
sqlite3.register_adapter(Kept, lambda kept: {k})
---
import sqlite3; base = sqlite3.connect(':memory:'); print(base.execute('select ?', (Kept(),)).fetchone()); base.close()
---
import functools
@functools.singledispatch
def kind(x): return 'any'
---
kind.register(int, lambda x: 'int{k}');
---
print(kind({k}), kind('a'))
---
import sys, types; sys.modules['made'] = types.ModuleType('made'); sys.modules['made'].k = {k}
---
import made; print(made.k)
---
import contextvars; variable = contextvars.ContextVar('variable', default=0)
---
variable.set({k});
---
print(variable.get())
---
import threading; own = threading.local(); own.k = {k}
---
own.k += {k}; print(own.k)
---
import logging; logging.getLogger('mine').propagate = {k} > 2; logging.addLevelName({k}, 'L{k}')
---
import logging; print(logging.getLogger('mine').propagate, logging.getLevelName({k}))
---
import gc; gc.set_threshold({k}00)
---
import gc; print(gc.get_threshold()[0])
---
import shutil; shutil.register_archive_format('mine{k}', print)
---
import shutil; print([name for name, _ in shutil.get_archive_formats() if 'mine' in name])
""".strip().split("\n---\n")
