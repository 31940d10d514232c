"""A clean run of a post, from the top, in a fresh interpreter. Shares no code with xaisite.

python oracle.py CELLS.json     prints JSON: what each cell shows
"""

import ast
import contextlib
import io
import json
import linecache
import random
import sys
import traceback
import warnings


def main(path):
    with open(path) as file:
        job = json.load(file)
    sys.path[:] = [job["cwd"], job["root"], *[p for p in sys.path if p != job["tool"]]]
    random.seed(job["seed"])
    seeded = set()
    import builtins

    plain = builtins.__import__

    def importing(name, *args, **kwargs):
        module = plain(name, *args, **kwargs)
        if "numpy.random" in sys.modules and "numpy" not in seeded and hasattr(sys.modules["numpy.random"], "seed"):
            seeded.add("numpy")
            sys.modules["numpy.random"].seed(job["seed"])
        torch = sys.modules.get("torch")
        if "torch" not in seeded and torch is not None and not getattr(torch.__spec__, "_initializing", False):
            seeded.add("torch")
            torch.manual_seed(job["seed"])
        return module

    builtins.__import__ = importing
    space = {"__name__": "__main__", "__builtins__": builtins}
    import types

    main_module = types.ModuleType("__main__")
    main_module.__dict__.update(space)
    sys.modules["__main__"] = main_module
    space = main_module.__dict__
    print(json.dumps([run(code, space, f"<cell {n}>") for n, code in enumerate(job["cells"], 1)]))


def run(code, space, name):
    text = code + "\n"  # linecache gives the last line of a file its end, if it has none
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    shown, out, err = [], io.StringIO(), io.StringIO()

    def warn(message, category, filename, lineno, file=None, line=None):
        err.write(f"{category.__name__}: {message}\n")

    warnings.showwarning = warn
    warnings._filters_mutated()
    raised = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            tree = ast.parse(code)
            last = (
                tree.body.pop()
                if tree.body and isinstance(tree.body[-1], ast.Expr) and not code.rstrip().endswith(";")
                else None
            )
            exec(compile(tree, name, "exec"), space)
            value = eval(compile(ast.Expression(last.value), name, "eval"), space) if last else None
        except BaseException as error:
            raised, value = f"raised: {type(error).__name__}: {error}", None
            traceback.clear_frames(error.__traceback__)
    if "matplotlib.pyplot" in sys.modules:  # a page shows what is open at the end of a cell, and closes it
        sys.modules["matplotlib.pyplot"].close("all")
    if out.getvalue():
        shown.append("stdout: " + out.getvalue())
    if err.getvalue():
        shown.append("stderr: " + err.getvalue())
    if value is not None:
        shown.append("value: " + repr(value))
    if raised:
        shown.append(raised)
    return shown


if __name__ == "__main__":
    real = sys.stdout
    main(sys.argv[1])
