// Drop a player from the game: three players, the Shapley values of those who are left.
// Data: games with players, a unit and the worth of every coalition, by bits (1: first player, 2: second, 4: third).

const factorial = (n) => (n < 2 ? 1 : n * factorial(n - 1));
const bits = (set) => [0, 1, 2].filter((i) => set & (1 << i));

// Of the players in `inside`, what each adds to each coalition of others, weighted by how often that happens on arrival.
export const shares = (worth, inside) => {
  const n = bits(inside).length;
  return [0, 1, 2].map((player) => {
    if (!(inside & (1 << player))) return null;
    let sum = 0;
    for (let set = 0; set < 8; set++) {
      if ((set & inside) !== set || set & (1 << player)) continue;
      const k = bits(set).length;
      sum += (factorial(k) * factorial(n - k - 1) / factorial(n)) * (worth[set | (1 << player)] - worth[set]);
    }
    return sum;
  });
};

const make = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};
const shown = (value) => value.toFixed(3).replace("-", "−");

export default (element, { data }) => {
  let game = data.games[0];
  let inside = 7;
  const name = `game-${Math.random().toString(36).slice(2)}`;
  const choice = make("fieldset", {}, make("legend", { textContent: "The game" }));
  const players = make("fieldset", {}, make("legend", { textContent: "Who plays" }));
  const result = make("table");
  const said = make("p");
  said.setAttribute("aria-live", "polite");
  for (const set of [choice, players]) set.style.cssText = "border: 0; padding: 0; margin: 0 0 0.6rem";

  const labelled = (input, text) => {
    const label = make("label", {}, input, ` ${text}`);
    label.style.cssText = "display: inline-block; margin-right: 1.1rem; padding: 0.35rem 0";
    return label;
  };

  const draw = () => {
    const now = shares(game.worth, inside);
    const full = shares(game.worth, 7);
    const widest = Math.max(...game.worth.map(Math.abs), ...full.map(Math.abs));
    result.replaceChildren(
      ...game.players.map((player, i) => {
        const bar = make("div");
        const size = now[i] === null ? 0 : (100 * Math.abs(now[i])) / widest;
        bar.style.cssText = `height: 1rem; width: ${size}%; background: ${now[i] < 0 ? "#2b6cb2" : "#b2452b"}`;
        const cell = make("td", {}, bar);
        cell.style.width = "55%";
        const number = make("td", { textContent: now[i] === null ? "–" : shown(now[i]) });
        number.dataset.share = now[i] === null ? "" : String(now[i]);
        const head = make("th", { textContent: player, scope: "row" });
        return make("tr", {}, head, cell, number);
      }),
    );
    const left = bits(inside).map((i) => game.players[i]);
    const earned = game.worth[inside] - game.worth[0];
    said.textContent = left.length
      ? `Together ${left.join(", ")} earn ${shown(earned)} ${game.unit}.`
      : "Nobody plays, and nothing is earned.";
  };

  const offer = () => {
    players.replaceChildren(
      players.firstChild,
      ...game.players.map((player, i) => {
        const box = make("input", { type: "checkbox", checked: Boolean(inside & (1 << i)) });
        box.addEventListener("change", () => {
          inside = box.checked ? inside | (1 << i) : inside & ~(1 << i);
          draw();
        });
        return labelled(box, player);
      }),
    );
  };

  data.games.forEach((one, index) => {
    const radio = make("input", { type: "radio", name, checked: index === 0 });
    radio.addEventListener("change", () => {
      game = one;
      inside = 7;
      offer();
      draw();
    });
    choice.append(labelled(radio, one.name));
  });
  result.style.width = "100%";
  element.append(choice, players, result, said);
  offer();
  draw();
};
