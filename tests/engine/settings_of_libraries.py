"""What cells can leave in other libraries (see `settings`): how to get there, the change, how a later cell sees it."""

from __future__ import annotations

OF_LIBRARIES: dict[str, tuple[str, str, str]] = {
    "numpy's errors": ("import numpy as np", "np.seterr(divide='raise');", "print(np.geterr()['divide'])"),
    "numpy's calls on errors": ("import numpy as np", "np.seterrcall(lambda *a: 1);", "print(np.geterrcall() is None)"),
    "numpy's printing": ("import numpy as np", "np.set_printoptions(precision=2)", "print(np.array([1 / 3]))"),
    "numpy's buffers": ("import numpy as np", "np.setbufsize(16384);", "print(np.getbufsize())"),
    "numpy's generator": ("import numpy as np", "np.random.seed(4)", "print(np.random.rand())"),
    "an accessor of pandas": (
        "import pandas as pd; d = pd.DataFrame({'a': [1]})",
        "@pd.api.extensions.register_dataframe_accessor('mine')\nclass Mine:\n    def __init__(self, d): self.d = d",
        "print(hasattr(d, 'mine'))",
    ),
    "an accessor of series": (
        "import pandas as pd\nfrom pandas.api.extensions import register_series_accessor as r",
        "@r('mine')\nclass Mine:\n    def __init__(self, d): self.d = d",
        "print(hasattr(pd.Series([1]), 'mine'))",
    ),
    "a type of pandas": (
        "import pandas as pd\nfrom pandas.api.extensions import ExtensionDtype, register_extension_dtype",
        "@register_extension_dtype\nclass T(ExtensionDtype):\n    name = 'mine'; type = str\n    @classmethod\n    def construct_array_type(cls): return None",
        "try:\n    print(pd.api.types.pandas_dtype('mine').name)\nexcept TypeError:\n    print('no')",
    ),
    "an option of pandas": (
        "import pandas as pd",
        "pd.options.display.max_rows = 7",
        "print(pd.get_option('display.max_rows'))",
    ),
    "an option of sklearn": (
        "import sklearn",
        "sklearn.set_config(display='text')",
        "print(sklearn.get_config()['display'])",
    ),
    "a unit of matplotlib": (
        "import matplotlib.units as units\nclass U: pass\nclass K(units.ConversionInterface): pass",
        "units.registry[U] = K()",
        "print(U in units.registry)",
    ),
    "a unit of matplotlib, got otherwise": (
        "from matplotlib.units import registry, ConversionInterface\nclass U: pass\nclass K(ConversionInterface): pass",
        "registry[U] = K()",
        "print(U in registry)",
    ),
    "a style": ("import matplotlib.pyplot as plt", "plt.style.use('ggplot')", "print(plt.rcParams['axes.facecolor'])"),
    "a parameter": (
        "import matplotlib as mpl",
        "mpl.rcParams['lines.linewidth'] = 3",
        "print(mpl.rcParams['lines.linewidth'])",
    ),
    "a map of colours": (
        "import matplotlib as mpl",
        "mpl.colormaps.register(mpl.colormaps['gray'], name='mine')",
        "print('mine' in mpl.colormaps)",
    ),
    "a scale": (
        "import matplotlib.scale as s",
        "class Mine(s.LinearScale): name = 'mine'\ns.register_scale(Mine)",
        "print('mine' in s.get_scale_names())",
    ),
    "a projection": (
        "import matplotlib.projections as p; from matplotlib.axes import Axes",
        "class Mine(Axes): name = 'mine'\np.register_projection(Mine)",
        "print('mine' in p.get_projection_names())",
    ),
    "a colour": (
        "import matplotlib.colors as c",
        "c.get_named_colors_mapping()['mine'] = '#123456'",
        "print(c.is_color_like('mine'))",
    ),
    "a font": (
        "import matplotlib.font_manager as f; import matplotlib, os; n = len(f.fontManager.ttflist)",
        "f.fontManager.addfont(os.path.join(matplotlib.get_data_path(), 'fonts/ttf/cmb10.ttf'))",
        "print(len(f.fontManager.ttflist) - n)",
    ),
    "a metric of sklearn": (
        "from sklearn.metrics import _scorer, get_scorer_names",
        "_scorer._SCORERS['mine'] = 1",
        "print('mine' in get_scorer_names())",
    ),
    "a parameter of joblib": (
        "import joblib",
        "joblib.parallel_config(n_jobs=2);",
        "print(joblib.parallel.get_active_backend()[1])",
    ),
    "a backend of joblib": (
        "import joblib",
        "joblib.register_parallel_backend('mine', joblib.parallel.SequentialBackend)",
        "print('mine' in joblib.parallel.BACKENDS)",
    ),
    "scipy's warnings": (
        "import scipy.special as s",
        "s.seterr(all='warn');",
        "print(s.geterr()['domain'])",
    ),
}

OF_TORCH: dict[str, tuple[str, str, str]] = {
    "the backends": ("import torch", "torch.backends.mkldnn.enabled = False", "print(torch.backends.mkldnn.enabled)"),
    "the generator": ("import torch", "torch.manual_seed(4);", "print(torch.rand(1).item())"),
    "the type": ("import torch", "torch.set_default_dtype(torch.float64)", "print(torch.tensor([1.0]).dtype)"),
    "whether gradients are taken": ("import torch", "torch.set_grad_enabled(False);", "print(torch.is_grad_enabled())"),
    "printing": ("import torch", "torch.set_printoptions(precision=2)", "print(torch.tensor([1 / 3]))"),
    "the device": ("import torch", "torch.set_default_device('meta')", "print(torch.empty(1).device)"),
    "threads": ("import torch", "torch.set_num_threads(2)", "print(torch.get_num_threads())"),
    "anomalies": ("import torch", "torch.autograd.set_detect_anomaly(True);", "print(torch.is_anomaly_enabled())"),
    "denormal numbers": (
        "import torch",
        "torch.set_flush_denormal(True);",
        "print((torch.tensor([1e-310], dtype=torch.float64) / 2).item())",
    ),
    "warnings": ("import torch", "torch.set_warn_always(True)", "print(torch.is_warn_always_enabled())"),
    "a hook of modules": (
        "import torch",
        "torch.nn.modules.module.register_module_forward_hook(lambda m, i, o: o + 1);",
        "print(torch.nn.Identity()(torch.zeros(1)).item())",
    ),
    "a distribution": (
        "import torch; from torch.distributions import kl, Normal\nclass A(Normal): pass",
        "@kl.register_kl(A, A)\ndef f(p, q): return torch.tensor(7.0)",
        "print(kl.kl_divergence(A(0., 1.), A(0., 1.)).item())",
    ),
}
