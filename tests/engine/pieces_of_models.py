"""Pieces of random posts that train models: arrays, frames, estimators, tensors. `{k}` is a small number.

What they show is whole numbers, or rounded: a clean run computes without the variables that make processors agree.
"""

_ARRAYS_AND_FRAMES = """
import numpy as np; data = np.arange(12).reshape(4, 3) * {k}
---
row = data[1]; row[0] = {k}
---
turned = data.T; turned[0, 0] += {k}; print(data.tolist())
---
data.setflags(write={k} > 1)
---
data[{k} % 4, 1] = {k}; print(data.sum())
---
print(data.tolist(), data.flags.writeable)
---
import numpy as np; masked = np.ma.masked_greater(data, {k} * 3); print(masked.count())
---
masked[0] = np.ma.masked; print(masked.tolist())
---
import numpy as np; objects = np.array([[1], [{k}], None], dtype=object)
---
objects[1].append({k}); print(objects.tolist())
---
import numpy as np; np.seterr(divide='ignore' if {k} > 2 else 'warn')
---
import numpy as np; print(np.geterr()['divide'], np.array([1.0]) / 0)
---
import pandas as pd; frame = pd.DataFrame({{'a': [1, 2, 3, {k}], 'b': list('xyxz')}})
---
import pandas as pd; frame = pd.DataFrame(data, columns=list('abc'), copy=False)
---
frame.loc[{k} % 3, 'a'] = {k}; print(frame['a'].tolist())
---
frame['b'] = frame['b'].astype('category')
---
print(frame['b'].cat.categories.tolist())
---
frame.attrs['note'] = {k}
---
print(frame.attrs, frame.dtypes.astype(str).tolist())
---
frame.index = [f'r{{i}}' for i in range({k}, {k} + len(frame))]
---
frame.columns.name = 'n{k}'; print(frame)
---
column = frame['a']; other = frame.copy(); other.iloc[0, 0] = {k}; print(column.tolist())
---
groups = frame.groupby('b')['a']
---
print(groups.sum().to_dict())
---
frame = frame.assign(c=frame['a'] * {k})
---
frame.drop(columns='c', inplace=True, errors='ignore'); print(list(frame.columns))
---
import pandas as pd; pd.set_option('display.precision', {k})
---
import pandas as pd; pd.options.display.max_rows = {k}
---
import pandas as pd; print(pd.DataFrame({{'v': [1 / 3] * 6}}))
---
import pandas as pd; table = pd.read_csv('data.csv', header=None); print(table.sum().tolist())
---
table.to_csv('t.txt', index=False); table.iloc[0, 0] = {k}
---
print(open('t.txt').read(), table.values.tolist())
---
import pandas as pd; when = pd.date_range('2020-01-0{k}', periods=3, tz='UTC'); print(list(when.day))
---
series = frame['a'].rolling(2).sum(); print(series.fillna(0).astype(int).tolist())
---
import scipy.sparse as sp; sparse = sp.csr_matrix([[0, {k}], [1, 0]])
---
sparse.data[0] = {k}; print(sparse.toarray().tolist())
"""

_ESTIMATORS = """
import numpy as np; X = np.array([[0, 1], [1, {k}], [2, 0], [3, 1], [4, {k}], [5, 2]], dtype=float); y = np.array([0, 0, 0, 1, 1, 1])
---
X[{k}, 0] += 1
---
y[{k}] = 1 - y[{k}]; print(y.tolist())
---
from sklearn.tree import DecisionTreeClassifier; model = DecisionTreeClassifier(max_depth={k}, random_state={k})
---
from sklearn.tree import DecisionTreeClassifier; model = DecisionTreeClassifier(max_features=1)
---
from sklearn.linear_model import SGDClassifier; model = SGDClassifier(max_iter=5, tol=None, random_state={k})
---
from sklearn.ensemble import RandomForestClassifier; model = RandomForestClassifier({k}, warm_start=True)
---
model.fit(X, y); print(model.predict(X).tolist())
---
model.fit(X, y);
---
fitted = model.fit(X[::-1], y[::-1])
---
print(model.predict(X).tolist())
---
print(sorted(model.get_params().items(), key=str)[:3], hasattr(model, 'classes_'))
---
model.set_params(random_state={k});
---
from sklearn.base import clone; twin = clone(model)
---
twin.fit(X, y); print(twin.predict(X).tolist())
---
model.note = {k}
---
print(getattr(model, 'note', None), getattr(fitted, 'note', None))
---
from sklearn.preprocessing import StandardScaler; scaler = StandardScaler(with_mean={k} > 2).fit(X)
---
scaler.partial_fit(X * {k}); print(int(scaler.n_samples_seen_))
---
print(np.round(scaler.transform(X)[:2], 3).tolist())
---
from sklearn.pipeline import make_pipeline; from sklearn.linear_model import LogisticRegression
pipe = make_pipeline(scaler, LogisticRegression(C={k}))
---
pipe.fit(X, y); print(pipe.predict(X).tolist())
---
print(pipe.named_steps['logisticregression'].C, pipe.steps[0][1] is scaler)
---
pipe.set_params(logisticregression__C={k});
---
import sklearn; sklearn.set_config(transform_output='pandas' if {k} > 2 else 'default')
---
import sklearn; print(sklearn.get_config()['transform_output'], type(scaler.transform(X)).__name__)
---
from sklearn.model_selection import train_test_split; parts = train_test_split(X, y, test_size=2); print(parts[3].tolist())
---
from sklearn.model_selection import KFold; folds = KFold(2, shuffle=True, random_state={k})
---
print([test.tolist() for _, test in folds.split(X)])
---
import numpy as np; np.random.seed({k})
---
import numpy as np; print(np.random.randint(0, 10**6))
---
import numpy as np; state = np.random.RandomState({k}); model.set_params(random_state=state);
---
print(state.randint(0, 10**6))
---
import pickle; stored = pickle.dumps(model); print(len(stored) > 0)
---
import pickle; model = pickle.loads(stored);
---
import joblib; joblib.dump(model, 'model.joblib');
---
import joblib; print(joblib.load('model.joblib').get_params().get('random_state'))
---
score = lambda m: int((m.predict(X) == y).sum()) + {k}
---
print(score(model))
"""

_TENSORS = """
import torch; t = torch.arange(6) * {k}
---
import numpy as np, torch; base = np.arange(6); t = torch.from_numpy(base)
---
base[0] = {k}
---
t[1] = {k}; print(t.tolist())
---
u = t.view(2, 3)
---
u = t.clone().view(2, 3)
---
u[0, 0] += {k}; print(t.tolist(), u.tolist())
---
print(t.tolist(), base.tolist())
---
t.add_({k})
---
back = t.numpy(); back[2] = {k}; print(t.tolist())
---
import torch; print(torch.randint(0, 10**6, (1,)).tolist())
---
import torch; torch.manual_seed({k});
---
import torch; source = torch.Generator().manual_seed({k})
---
print(torch.randint(0, 10**6, (1,), generator=source).tolist())
---
from torch import nn; net = nn.Linear(3, 2)
---
from torch import nn; net = nn.Sequential(nn.Linear(3, {k}), nn.Dropout(0.5), nn.BatchNorm1d({k}))
---
net.eval()
---
net.train({k} > 2)
---
print(net.training, [p.requires_grad for p in net.parameters()], len(net.state_dict()))
---
next(net.parameters()).requires_grad_({k} > 2);
---
import torch
with torch.no_grad(): next(net.parameters()).fill_({k});
---
print([int(p.sum() * 100) for p in net.parameters()])
---
import torch; out = net(torch.ones(4, 3)); print(tuple(out.shape), int(out.sum() * 10))
---
opt = __import__('torch').optim.SGD(net.parameters(), lr=0.{k}, momentum=0.9)
---
import torch; opt.zero_grad(); net(torch.ones(4, 3)).sum().backward(); opt.step()
---
opt.param_groups[0]['lr'] = 0.{k}
---
print(opt.param_groups[0]['lr'], len(opt.state))
---
print([p.grad is not None and int(p.grad.abs().sum() * 10) for p in net.parameters()])
---
net.weight_note = {k}; print(sorted(n for n in vars(net) if not n.startswith('_')))
---
net.register_buffer('kept', __import__('torch').full((2,), {k}.0))
---
print(getattr(net, 'kept', None))
---
calls = []; hook = net.register_forward_hook(lambda m, i, o: calls.append({k}))
---
hook.remove()
---
print(calls)
---
import torch; torch.set_default_dtype(torch.float64 if {k} > 2 else torch.float32)
---
import torch; print(torch.ones(1).dtype, torch.is_grad_enabled())
---
import torch; torch.set_grad_enabled({k} > 2);
---
import copy; twin = copy.deepcopy(net)
---
twin.load_state_dict(net.state_dict()); print(len(list(twin.parameters())))
---
import torch; torch.save(net.state_dict(), 'net.pt');
---
import torch; print(sorted(torch.load('net.pt'))[:2])
---
import torch; w = torch.tensor([{k}.0], requires_grad=True)
---
(w * {k}).sum().backward(); print(w.grad)
---
w.data.fill_({k}); print(w.item())
---
torch.nn.init.constant_(net[0].weight if isinstance(net, nn.Sequential) else net.weight, {k});
---
from torch.utils.data import DataLoader, TensorDataset; loader = DataLoader(TensorDataset(t), batch_size={k}, shuffle=True)
---
print([batch[0].tolist() for batch in loader])
"""

PIECES_OF_MODELS = tuple(tuple(group.strip().split("\n---\n")) for group in (_ARRAYS_AND_FRAMES, _ESTIMATORS, _TENSORS))
"""One tuple for each kind of post."""
BEGINNINGS = (("data", "frame"), ("X", "model", "scaler"), ("t", "net"))
"""The names that such a post begins with: most pieces use them."""


def beginning(kind: int) -> tuple[str, ...]:
    """Return pieces that make what the others of a kind use."""
    pieces = PIECES_OF_MODELS[kind]
    return tuple(next(p for p in pieces if f"{name} =" in p) for name in BEGINNINGS[kind])
