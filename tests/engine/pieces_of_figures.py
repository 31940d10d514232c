"""Pieces of random posts that draw: figures kept, changed, restyled, drawn by libraries. `{k}` is a small number."""

PIECES_OF_FIGURES = tuple(
    """
import matplotlib.pyplot as plt; fig, ax = plt.subplots(); ax.plot([1, {k}, 2], label='l{k}')
---
import numpy as np; data = np.arange(12.0).reshape(4, 3) * {k}
---
import matplotlib.pyplot as plt; plt.plot(data.sum(axis=0)); plt.title('t{k}')
---
import matplotlib.pyplot as plt; plt.bar(range(len(data)), data[:, 0]); plt.show(); plt.plot([{k}, 1])
---
data[{k} % 4, 0] += {k}
---
ax.set_title('again {k}'); ax.legend()
---
ax.plot(data[:, 0]); fig
---
fig
---
fig.set_size_inches({k} + 1, 2)
---
line = ax.lines[0]; line.set_linewidth({k})
---
line.set_ydata([{k}, 2, 3]); fig
---
import matplotlib.pyplot as plt; plt.rcParams['lines.linewidth'] = {k}
---
import matplotlib as mpl; mpl.rcParams['axes.prop_cycle'] = mpl.cycler(color=['C{k}', 'k'])
---
import matplotlib.pyplot as plt; plt.style.use(['ggplot', 'default', 'bmh', 'grayscale'][{k} - 1])
---
import matplotlib.pyplot as plt
with plt.rc_context({{'axes.grid': {k} > 2}}):
    plt.plot([1, 2])
---
import matplotlib.pyplot as plt; plt.rc('font', size=6 + {k})
---
import matplotlib as mpl; mpl.colormaps.register(mpl.colormaps[['gray', 'hot', 'cool', 'bone'][{k} - 1]], name='mine', force=True)
---
import matplotlib.pyplot as plt; plt.imshow(data, cmap='mine')
---
import matplotlib.pyplot as plt; plt.imshow(data); plt.colorbar(label='c{k}')
---
import matplotlib.pyplot as plt; left, right = plt.subplots(1, 2)[1]; left.plot(data[0]); right.hist(data.ravel(), bins={k} + 2)
---
import matplotlib.pyplot as plt; first = plt.figure('one'); plt.plot([{k}, 2]); second = plt.figure('two'); plt.plot([1])
---
def draw():
    plt.figure(); plt.scatter(data[:, 0], data[:, 1], s={k} * 10)
---
draw()
---
import numpy as np; plt.figure(); plt.scatter(np.random.rand(5), np.random.rand(5))
---
import random; plt.figure(); plt.plot([random.random() for _ in range({k})])
---
import pandas as pd; frame = pd.DataFrame(data, columns=list('abc'))
---
frame.plot(title='f{k}')
---
frame['a'] = {k}; frame.hist()
---
frame
---
from sklearn.tree import DecisionTreeClassifier; tree = DecisionTreeClassifier(max_depth={k}, random_state=0).fit(data, [0, 0, 1, 1]); tree
---
from sklearn.tree import plot_tree; plt.figure(); plot_tree(tree)
---
import matplotlib.pyplot as plt; plt.figure(); plt.text(0.5, 0.5, 'x{k}', color='C{k}'); plt.axis('off')
---
import matplotlib.pyplot as plt; plt.figure(); plt.plot([1, 2]); plt.xlabel(open('data.csv').read())
---
import matplotlib.pyplot as plt; plt.savefig('saved.png'); plt.close('all')
---
import matplotlib.image, matplotlib.pyplot as plt; plt.imshow(matplotlib.image.imread('saved.png'))
---
import matplotlib.axes; matplotlib.axes.Axes.mark = lambda self: self.axhline({k})
---
ax.mark(); fig
---
import matplotlib.pyplot as plt; old = plt.plot
def plot(*args, **kwargs): return old(*args, linewidth={k}, **kwargs)
plt.plot = plot
---
plt.plot = old
---
import matplotlib.ticker as ticker; ax.xaxis.set_major_locator(ticker.MaxNLocator({k})); fig
---
import copy; twin = copy.copy(ax.lines[0]); print(twin.get_linewidth())
---
import pickle; stored = pickle.dumps(fig)
---
import pickle; loaded = pickle.loads(stored); loaded.axes[0].set_xlabel('l{k}'); loaded
---
import matplotlib.pyplot as plt; plt.close(fig); figs = [plt.figure(figsize=(2, {k})) for _ in range(2)]
---
for at, one in enumerate(figs): one.gca().plot([at, {k}])
---
figs[0]
---
fig.suptitle('s{k}'); fig.text(0, 0, 'foot')
---
ax.twinx().plot([{k}, 3]); fig
---
import matplotlib.dates, datetime; plt.figure(); plt.plot([datetime.date(2020, 1, {k}), datetime.date(2020, 2, 1)], [1, 2])
---
import seaborn
---
print(len(plt.get_fignums()))
""".strip().split("\n---\n")
)
