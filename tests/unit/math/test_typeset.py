"""The typesetter: places of errors, refusals, limits, macros, cache, processes."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xaisite.math.typeset import MAX_TEX, MemoryCache, Typesetter, mathml_of
from xaisite.model.math import Formula, MathProblem, Typeset


@pytest.fixture(scope="module")
def typesetter() -> Iterator[Typesetter]:
    with Typesetter() as t:
        yield t


def one(typesetter: Typesetter, tex: str, *, display: bool = False, macros: dict[str, str] | None = None) -> Typeset:
    return typesetter.typeset([Formula(tex, display)], macros or {})[0]


def marked(tex: str, problem: MathProblem) -> str:
    return tex[problem.start : problem.end]


@pytest.mark.parametrize(
    ("tex", "place", "words"),
    [
        (r"a + \foo b", r"\foo", "Undefined control sequence"),
        (r"😀 + \foo", r"\foo", "Undefined control sequence"),
        (r"\text{😀😀} \frac{1}{2}} x", "}", "Expected 'EOF'"),
        (r"x^2^3", "^", "Double superscript"),
        (r"\begin{matrx} a \end{matrx}", "{matrx}", "No such environment"),
        (r"\left( x", "", "Expected '\\right'"),
        ("a &\nb", "&", "Expected 'EOF'"),
        (r"𝐀 \color{#zz} x", "{#zz}", "Invalid color"),
    ],
)
def test_errors_are_placed(typesetter: Typesetter, tex: str, place: str, words: str) -> None:
    done = one(typesetter, tex)
    [problem] = [p for p in done.problems if p.is_error]
    assert problem.kind == "syntax"
    assert words in problem.message
    assert marked(tex, problem) == place
    assert "katex" not in done.html
    assert not done.is_good


def test_an_error_after_an_emoji_is_at_the_right_column(typesetter: Typesetter) -> None:
    [problem] = [p for p in one(typesetter, r"\text{👩‍🔬😀} + \frca{1}{2}").problems if p.is_error]
    assert (problem.start, problem.end) == (14, 19)
    assert problem.help == r"did you mean “\frac”?"


def test_an_error_inside_a_macro_points_at_its_use(typesetter: Typesetter) -> None:
    tex = r"a + \bad + b"
    [problem] = one(typesetter, tex, macros={"bad": r"\unknownthing + 1"}).problems
    assert marked(tex, problem) == r"\bad"
    assert r"in the expansion of \bad" in problem.message


def test_failed_tex_is_escaped(typesetter: Typesetter) -> None:
    html = one(typesetter, r"\foo <script>alert(1)</script> & '").html
    assert html.startswith('<code class="math-failed">')
    assert "<script" not in html


@pytest.mark.parametrize(
    ("tex", "command"),
    [
        (r"x \href{javascript:alert(1)}{y}", r"\href"),
        (r"\href{JaVaScRiPt:alert(1)}{y}", r"\href"),
        (r"\href{data:text/html,x}{y}", r"\href"),
        (r"\url{javascript:alert(1)}", r"\url"),
        (r"\url{x y:z}", r"\url"),
        (r"\includegraphics{https://example.org/a.png}", r"\includegraphics"),
        (r"\htmlClass{a}{x}", r"\htmlClass"),
        (r"\htmlId{a}{x}", r"\htmlId"),
        (r"\htmlStyle{color: red;}{x}", r"\htmlStyle"),
        (r"\htmlData{a=b}{x}", r"\htmlData"),
    ],
)
def test_unsafe_commands_are_refused_with_a_problem(typesetter: Typesetter, tex: str, command: str) -> None:
    done = one(typesetter, tex)
    [problem] = done.problems
    assert problem.kind == "unsafe"
    assert marked(tex, problem) == command
    assert "<a " not in done.html
    assert "<img" not in done.html


def test_the_second_of_two_links_is_the_refused_one(typesetter: Typesetter) -> None:
    tex = r"\href{https://example.org}{a} + \href{vbscript:x}{b}"
    [problem] = one(typesetter, tex).problems
    assert problem.start == tex.rindex(r"\href")


def test_the_colour_of_refusal_can_not_be_faked_into_silence(typesetter: Typesetter) -> None:
    assert not one(typesetter, r"\textcolor{#cC0A1b}{x} \url{x y:z}").is_good


@pytest.mark.parametrize(
    "url", ["https://example.org/a?b=1", "http://example.org", "mailto:a@b.org", "../x/", r"\#eq-1"]
)
def test_safe_links_pass(typesetter: Typesetter, url: str) -> None:
    done = one(typesetter, rf"\href{{{url}}}{{x}}")
    assert done.problems == ()
    assert f'href="{url.removeprefix(chr(92))}"' in done.html


def test_endless_macros_end(typesetter: Typesetter) -> None:
    for tex in (r"\def\a{\a}\a", r"\def\a{\a\a}\a", r"\def\a{\b x}\def\b{\a y}\a"):
        [problem] = one(typesetter, tex).problems
        assert problem.kind == "too-costly"
        assert (problem.start, problem.end) == (0, len(tex))
    [problem] = one(typesetter, r"\loop", macros={"loop": r"\loop x"}).problems
    assert problem.kind == "too-costly"


def test_long_formulas_are_not_tried() -> None:
    with Typesetter() as fresh:
        start = time.monotonic()
        [problem] = one(fresh, "x+" * 100_000).problems
        assert problem.kind == "too-long"
        assert not fresh.has_started
        assert time.monotonic() - start < 1
        assert one(fresh, "x" * MAX_TEX).is_good


def test_deep_nesting_is_reported(typesetter: Typesetter) -> None:
    [problem] = one(typesetter, "{" * 4900 + "}" * 4900).problems
    assert problem.kind == "too-costly"


def test_sizes_are_capped(typesetter: Typesetter) -> None:
    assert "width:50em" in one(typesetter, r"\rule{100000em}{1em}").html


@pytest.mark.slow
def test_a_formula_takes_neither_the_time_nor_the_memory_of_the_others() -> None:
    bomb = r"\def\x{" + "y" * 9000 + r"}\def\a{" + r"\x" * 18 + "}" + r"\a" * 50
    with Typesetter() as fresh:
        start = time.monotonic()
        first, bad, last = fresh.typeset([Formula("x"), Formula(bomb), Formula("y")], {})
        assert time.monotonic() - start < 90
        assert first.is_good
        assert last.is_good
        [problem] = bad.problems
        assert problem.kind == "too-costly"
        assert (problem.start, problem.end) == (0, len(bomb))
        assert fresh.has_started


def test_a_killed_worker_is_replaced() -> None:
    with Typesetter() as fresh:
        assert one(fresh, "a").is_good
        process = fresh._process._process
        assert process is not None
        process.kill()
        process.wait()
        assert one(fresh, "b").is_good


def test_warnings_keep_the_formula(typesetter: Typesetter) -> None:
    tex = r"x_{é} + \text{ok é}"
    done = one(typesetter, tex)
    [problem] = done.problems
    assert problem.kind == "unusual"
    assert marked(tex, problem) == "é"
    assert done.is_good
    assert "katex" in done.html
    [emoji] = one(typesetter, "a 😀").problems
    assert "😀" in emoji.message


# Macros of a page


def test_definitions_hold_for_later_formulas_in_order(typesetter: Typesetter) -> None:
    page = [
        r"\foo",
        r"\newcommand{\foo}[1]{[#1]}",
        r"\foo{x}",
        r"\let\bar\foo",
        r"\bar{x}",
        r"\renewcommand{\foo}{y}",
        r"\foo",
        r"\bar{x}",
    ]
    done = typesetter.typeset_page([Formula(t) for t in page], {})
    assert [d.is_good for d in done] == [False] + [True] * 7
    direct = one(typesetter, r"[x]")
    assert body(done[2]) == body(direct)
    assert body(done[4]) == body(direct)
    assert body(done[6]) == body(one(typesetter, "y"))
    assert body(done[7]) == body(direct)


def body(done: Typeset) -> str:
    return done.html[done.html.index('<span class="katex-html"') :]


def test_a_macro_that_defines_is_noticed(typesetter: Typesetter) -> None:
    macros = {"setk": r"\gdef\k{#1}", "twice": r"\setk{#1#1}"}
    done = typesetter.typeset_page([Formula(r"\twice{2}"), Formula(r"\k"), Formula(r"\setk{3}\k")], macros)
    assert all(d.is_good for d in done)
    assert body(done[1]) == body(one(typesetter, "22"))
    page = [Formula(r"\newcommand{\mk}[1]{\gdef\z{#1}}"), Formula(r"\mk{7}"), Formula(r"\z")]
    done = typesetter.typeset_page(page, {})
    assert body(done[2]) == body(one(typesetter, "7"))
    page = [Formula(r"\let\nc\newcommand"), Formula(r"\nc{\q}{5}"), Formula(r"\q")]
    assert body(typesetter.typeset_page(page, {})[2]) == body(one(typesetter, "5"))


def test_redefining_is_an_error_as_in_latex(typesetter: Typesetter) -> None:
    first, second = typesetter.typeset_page([Formula(r"\newcommand\foo{1}"), Formula(r"\newcommand\foo{2}")], {})
    assert first.is_good
    assert "redefine" in second.problems[0].message


def test_definitions_do_not_leave_the_page(typesetter: Typesetter) -> None:
    typesetter.typeset_page([Formula(r"\gdef\leak{1}"), Formula(r"\leak")], {})
    assert not typesetter.typeset_page([Formula(r"\leak")], {})[0].is_good


def test_names_of_macros_may_lack_the_backslash(typesetter: Typesetter) -> None:
    for name in ("RR", r"\RR"):
        assert one(typesetter, r"\RR", macros={name: r"\mathbb{R}"}).is_good
    assert body(one(typesetter, "∇", macros={"∇": "x"})) == body(one(typesetter, "x"))


def test_operators_can_be_declared(typesetter: Typesetter) -> None:
    page = [
        Formula(r"\DeclareMathOperator*{\argx}{arg\,x}"),
        Formula(r"\argx_i", display=True),
        Formula(r"\DeclareMathOperator{\rank}{rank}\rank A"),
    ]
    done = typesetter.typeset_page(page, {})
    assert all(d.is_good for d in done)
    assert body(done[1]) == body(one(typesetter, r"\operatorname*{arg\,x}_i", display=True))


def test_tags_do_not_leak(typesetter: Typesetter) -> None:
    page = [
        Formula(r"x \tag{1}", display=True),
        Formula("y", display=True),
        Formula(r"\def\q{1} z \tag{2}", display=True),
        Formula("w"),
    ]
    done = typesetter.typeset_page(page, {})
    assert all(d.is_good for d in done)
    assert "tag" not in body(done[3])


# Cache


def test_the_cache_says_what_katex_says_and_starts_no_engine() -> None:
    cache = MemoryCache()
    page = [
        Formula("x"),
        Formula(r"\foo"),
        Formula(r"\def\k{2}\k"),
        Formula(r"\k + \frac1\k"),
        Formula("x"),
        Formula("x", display=True),
    ]
    with Typesetter(cache) as first:
        cold = list(first.typeset_page(page, {"m": "n"}))
    with Typesetter(cache) as second:
        warm = list(second.typeset_page(page, {"m": "n"}))
        assert not second.has_started
        second.typeset_page(page, {"m": "o"})
        assert second.has_started
    assert warm == cold


def test_cached_definitions_place_errors_as_fresh_ones() -> None:
    cache = MemoryCache()
    with Typesetter(cache) as first:
        first.typeset_page([Formula(r"\newcommand\bad[1]{\nope #1}")], {})
    page = [Formula(r"\newcommand\bad[1]{\nope #1}"), Formula(r"abcdef + \bad{x}")]
    with Typesetter(cache) as warm, Typesetter() as cold:
        assert list(warm.typeset_page(page, {})) == list(cold.typeset_page(page, {}))


@pytest.mark.parametrize("distinct", [300, pytest.param(2000, marks=pytest.mark.slow)])
def test_many_formulas_in_good_time(distinct: int) -> None:
    page = [Formula(rf"\sum_{{i=1}}^{{{k}}} x_i^2 + \frac{{a_{{{k}}}}}{{b}}", k % 5 == 0) for k in range(distinct)] * 5
    with Typesetter() as fresh:
        start = time.monotonic()
        cold = fresh.typeset_page(page, {})
        middle, before = time.monotonic(), time.process_time()
        assert fresh.typeset_page(page, {}) == cold
        warm = time.process_time() - before
    print(f"{len(page)} formulas, {distinct} distinct: cold {middle - start:.2f} s, warm {warm:.3f} s")
    assert warm < 0.3


# Processes

HANG = """
import sys
from xaisite.math.typeset import Typesetter
from xaisite.model.math import Formula
t = Typesetter()
assert t.typeset([Formula("x")], {})[0].is_good
if sys.argv[1] == "error":
    raise RuntimeError("left without closing")
"""


@pytest.mark.parametrize("how", ["plain", "error"])
def test_no_hang_at_exit_without_close(how: str) -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", HANG, how], check=False, env=env, timeout=20, capture_output=True)
        assert done.returncode == (1 if how == "error" else 0), done.stderr.decode()


def test_the_worker_ends_with_its_parent() -> None:
    code = HANG + "import os; print(t._process._process.pid, flush=True); os.kill(os.getpid(), 9)"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run([sys.executable, "-c", code, "killed"], check=False, env=env, timeout=20, capture_output=True)
    pid = int(done.stdout)
    deadline = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)


ORPHAN = """
import os, time
from xaisite.math.typeset import Typesetter
from xaisite.model.math import Formula
t = Typesetter()
t.typeset([Formula("x")], {})
print(t._process._process.pid, flush=True)
if os.fork():
    os.kill(os.getpid(), 9)
os.close(1)
time.sleep(8)  # a child that holds the pipes for longer
os._exit(0)
"""


def test_the_worker_ends_with_its_parent_though_a_child_holds_the_pipe() -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run([sys.executable, "-c", ORPHAN], check=False, env=env, timeout=30, stdout=subprocess.PIPE)
    pid = int(done.stdout)
    deadline = time.monotonic() + 6
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def child_typesets(typesetter: Typesetter, queue: multiprocessing.SimpleQueue[object]) -> None:
    parent_started = typesetter.has_started
    done = typesetter.typeset([Formula(f"x_{{{os.getpid()}}}")], {})
    queue.put((parent_started, done[0].is_good, typesetter.has_started))
    typesetter.close()


def test_works_after_a_fork() -> None:
    context = multiprocessing.get_context("fork")
    with Typesetter() as parent:
        assert one(parent, "a").is_good
        queue: multiprocessing.SimpleQueue[object] = context.SimpleQueue()
        child = context.Process(target=child_typesets, args=(parent, queue))
        child.start()
        child.join(20)
        assert child.exitcode == 0
        assert queue.get() == (False, True, True)
        assert one(parent, "b").is_good  # the child has not touched ours


def test_mathml_of_what_failed_is_itself() -> None:
    assert mathml_of("<code>x</code>") == "<code>x</code>"


PIECES = [
    *r"\{}^_&%$#~[]()|'<>\"ab1 +=😀é",
    r"\frac",
    r"\left",
    r"\right",
    r"\text",
    r"\begin{align}",
    r"\end{align}",
    r"\def",
    r"\\",
    r"\href",
    r"\tag",
    r"\color",
]
TEX = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tex=TEX, display=st.booleans())
def test_whatever_is_typed_gives_an_answer_inside_the_formula(typesetter: Typesetter, tex: str, display: bool) -> None:
    [done] = typesetter.typeset_page([Formula(tex, display)], {})
    done.html.encode("utf-8")
    for problem in done.problems:
        assert 0 <= problem.start <= problem.end <= len(tex)
        problem.message.encode("utf-8")
    assert done.is_good == ("katex" in done.html and "math-failed" not in done.html)
