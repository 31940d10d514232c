// Sliders for one applicant of the credit world: the model's answer and exact Shapley values, computed here.
// The game is the interventional one: a coalition earns the mean log-odds over the background, with the coalition's columns
// taken from the sliders. All 2^7 coalitions are asked, so nothing is sampled. The other half is play_shap.py.

const STYLE = `
.shap-play { font: var(--small)/1.4 var(--sans); }
.shap-play .row { display: grid; grid-template-columns: 9.5rem minmax(6rem, 1fr) minmax(9rem, 1.4fr) 3.6rem; gap: 0 0.9rem; align-items: center; padding: 0.3rem 0; border-top: 1px solid var(--rule); }
.shap-play label { display: flex; justify-content: space-between; gap: 0.5rem; }
.shap-play .value { font-variant-numeric: tabular-nums; color: var(--muted); }
.shap-play input { width: 100%; margin: 0; min-height: 1.75rem; accent-color: var(--accent); }
.shap-play .bar { position: relative; height: 1.25rem; background: linear-gradient(var(--rule-strong), var(--rule-strong)) 50% 0 / 1px 100% no-repeat; }
.shap-play .bar i { position: absolute; top: 0.2rem; bottom: 0.2rem; border-radius: 2px; }
.shap-play .bar b { position: absolute; top: 50%; width: 0.55rem; height: 0.55rem; margin: -0.275rem; background: #2f7d4f; outline: 1.5px solid var(--background); transform: rotate(45deg); }
.shap-play .number { text-align: right; font-variant-numeric: tabular-nums; }
.shap-play .sum { margin: 0.7rem 0; }
.shap-play .sum strong { font-variant-numeric: tabular-nums; }
.shap-play button { font: inherit; padding: 0.35rem 0.8rem; margin-right: 0.5rem; color: inherit; background: var(--panel); border: 1px solid var(--rule-strong); border-radius: var(--radius); cursor: pointer; }
@media (max-width: 40rem) {
  .shap-play .row { grid-template-columns: minmax(0, 1fr) 3.6rem; padding: 0.5rem 0; }
  .shap-play label { grid-column: 1 / -1; }
  .shap-play input { grid-column: 1 / -1; }
}`;

/** The model's log-odds for a row; trees compare in single precision, as scikit-learn does. */
export const logOdds = ({ trees, initial }, row) => {
  let sum = initial;
  for (const { feature, threshold, left, right, value } of trees) {
    let node = 0;
    while (left[node] >= 0) node = row[feature[node]] <= threshold[node] ? left[node] : right[node];
    sum += value[node];
  }
  return sum;
};

/** The rule of the credit world (cast_credit.py). */
export const trueLogOdds = (_data, [income, , debt, late, tenure]) => {
  const wealth = Math.log(income / 32) / 0.5;
  return -1.2 - 1.1 * wealth + 5 * (debt - 0.33) + 0.5 * late + (debt > 0.5 ? 0.9 * late : 0) - 0.08 * Math.min(tenure, 10);
};

/** Exact Shapley values of the interventional game, and what the empty and the full coalition earn. */
export const shapley = (data, answer, row) => {
  const players = row.length, all = 1 << players, earned = new Float64Array(all), mixed = new Float32Array(players);
  for (let coalition = 0; coalition < all; coalition++) {
    for (const other of data.background) {
      for (let j = 0; j < players; j++) mixed[j] = coalition >> j & 1 ? row[j] : other[j];
      earned[coalition] += answer(data, mixed);
    }
    earned[coalition] /= data.background.length;
  }
  const factorial = n => n < 2 ? 1 : n * factorial(n - 1);
  const weight = Array.from(row, (_, size) => factorial(size) * factorial(players - size - 1) / factorial(players));
  const sizeOf = coalition => { let size = 0; for (; coalition; coalition &= coalition - 1) size++; return size; };
  const values = Array.from(row, (_, j) => {
    let value = 0;
    for (let coalition = 0; coalition < all; coalition++)
      if (!(coalition >> j & 1)) value += weight[sizeOf(coalition)] * (earned[coalition | 1 << j] - earned[coalition]);
    return value;
  });
  return { values, base: earned[0], full: earned[all - 1] };
};

const signed = (value, digits = 2) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);
const percent = value => {
  const share = 100 / (1 + Math.exp(-value));
  return share > 99 ? "above 99 %" : share < 1 ? "below 1 %" : `${Math.round(share)} %`;
};

export default async (element, { data }) => {
  const REACH = 3; // log-odds from the middle of a bar to its end
  const make = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });
  const box = make("div", "shap-play"), sum = make("p", "sum"), style = make("style", "", STYLE);
  sum.setAttribute("role", "status");
  const rows = data.names.map((name, j) => {
    const [least, most, step] = data.ranges[j];
    const line = make("div", "row"), label = make("label", "", name), shown = make("span", "value"), bar = make("div", "bar");
    const slider = Object.assign(document.createElement("input"), { type: "range", min: least, max: most, step, id: `shap-play-${name}` });
    const learnt = make("i", ""), truth = make("b", ""), number = make("span", "number");
    label.htmlFor = slider.id;
    shown.setAttribute("aria-hidden", "true");
    bar.setAttribute("aria-hidden", "true");
    label.append(shown);
    bar.append(learnt, truth);
    line.append(label, slider, bar, number);
    return { name, line, slider, shown, learnt, truth, number, digits: step < 0.1 ? 2 : step < 1 ? 1 : 0 };
  });

  let exact = null, asked = 0;
  const draw = () => {
    asked = 0;
    const row = Float32Array.from(exact || rows.map(({ slider }) => +slider.value));
    const learnt = shapley(data, logOdds, row), truth = shapley(data, trueLogOdds, row);
    rows.forEach(({ shown, slider, digits, number, line, ...marks }, j) => {
      const value = learnt.values[j], end = Math.max(-REACH, Math.min(REACH, value)), to = x => 50 + 50 * x / REACH;
      shown.textContent = row[j].toFixed(digits);
      number.textContent = signed(value);
      marks.learnt.style.cssText = `left:${Math.min(50, to(end))}%;width:${Math.abs(to(end) - 50)}%;background:${value > 0 ? "#b2452b" : "#2b6cb2"}`;
      marks.truth.style.left = `${to(Math.max(-REACH, Math.min(REACH, truth.values[j])))}%`;
      slider.setAttribute("aria-valuetext", `${row[j].toFixed(digits)}, contributes ${signed(value)}`);
      Object.assign(line.dataset, { value, truth: truth.values[j] });
    });
    sum.replaceChildren(
      `Background ${signed(learnt.base)}, bars together ${signed(learnt.full - learnt.base)}: the model says `,
      make("strong", "", `${signed(learnt.full)}, a risk of ${percent(learnt.full)}`),
      `. The rule says ${signed(truth.full)}, ${percent(truth.full)}.`,
    );
    Object.assign(box.dataset, { full: learnt.full, base: learnt.base, truth: truth.full });
  };
  const soon = () => { asked ||= requestAnimationFrame(draw); };
  const put = values => { exact = values; rows.forEach(({ slider }, j) => { slider.value = values[j]; }); soon(); };
  rows.forEach(({ slider }) => slider.addEventListener("input", () => { exact = null; soon(); }));

  let next = 0;
  const back = make("button", "", "The first applicant"), another = make("button", "", "Another one");
  back.type = another.type = "button";
  back.addEventListener("click", () => put(data.start));
  another.addEventListener("click", () => put(data.background[next++ % data.background.length]));
  box.append(style, sum, ...rows.map(({ line }) => line), make("p", "sum"));
  box.lastChild.append(back, another);
  element.append(box);
  exact = data.start;
  rows.forEach(({ slider }, j) => { slider.value = exact[j]; });
  draw();
};
