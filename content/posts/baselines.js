// Integrated gradients of one picture against several baselines: choose one, and see the map and what it adds up to.
// Nothing is computed ahead but the maps; sums and shares are taken here from their numbers.

const decode = text => new Float32Array(Uint8Array.from(atob(text), letter => letter.charCodeAt(0)).buffer);

/** What a map adds up to, and which share of its positive values lies in a block of rows and columns. */
export const measure = (map, side, [top, bottom, left, right]) => {
  let sum = 0, positive = 0, inside = 0;
  map.forEach((value, index) => {
    const row = Math.floor(index / side), column = index % side;
    sum += value;
    if (value > 0) positive += value;
    if (value > 0 && row >= top && row < bottom && column >= left && column < right) inside += value;
  });
  return { sum, share: positive ? inside / positive : 0 };
};

const grey = value => Array(3).fill(Math.round(255 * Math.min(1, Math.max(0, value))));
const signed = limit => value => {
  const strength = Math.min(1, Math.abs(value) / limit);
  const end = value > 0 ? [178, 24, 43] : [33, 102, 172];
  return end.map(colour => Math.round(247 + strength * (colour - 247)));
};

const paint = (canvas, numbers, side, colour) => {
  const context = canvas.getContext("2d"), image = context.createImageData(side, side);
  numbers.forEach((value, index) => image.data.set([...colour(value), 255], 4 * index));
  context.putImageData(image, 0, 0);
};

const limitOf = map => [...map].map(Math.abs).sort((a, b) => a - b)[Math.floor(0.995 * (map.length - 1))] || 1;
const spell = (value, digits = 2) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;

const make = (tag, parent, properties = {}) => parent.appendChild(Object.assign(document.createElement(tag), properties));

const choices = (parent, title, names) => {
  const group = make("fieldset", parent);
  group.style.cssText = "border: 0; padding: 0; margin: 0 0 0.6em; display: flex; flex-wrap: wrap; gap: 0.2em 1em;";
  make("legend", group, { textContent: title }).style.cssText = "float: left; padding: 0; font-weight: 600;";
  const id = `choice-${Math.random().toString(36).slice(2)}`;
  return names.map((name, index) => {
    const label = make("label", group);
    const button = make("input", label, { type: "radio", name: id, value: name, checked: index === 0 });
    label.append(` ${name}`);
    return button;
  });
};

export default async (element, { data }) => {
  const { side, region } = data;
  element.style.cssText = "font-family: var(--sans, sans-serif); font-size: 0.9em;";
  const baselines = choices(element, "Baseline:", data.baselines.map(one => one.name));
  const networks = choices(element, "Network:", Object.keys(data.outputs));
  const row = make("div", element);
  row.style.cssText = "display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.6em; max-width: 34em;";
  const canvases = ["the picture", "the baseline", "the map"].map(title => {
    const figure = make("div", row);
    const canvas = make("canvas", figure, { width: side, height: side });
    canvas.style.cssText = "width: 100%; image-rendering: pixelated; display: block; border: 1px solid var(--rule, #888);";
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", title);
    make("div", figure, { textContent: title });
    return canvas;
  });
  const says = make("output", element);
  says.style.cssText = "display: block; margin-top: 0.6em; min-height: 6em;";

  const show = () => {
    const baseline = data.baselines[baselines.findIndex(button => button.checked)];
    const network = networks.find(button => button.checked).value;
    const map = decode(baseline.maps[network]), { sum, share } = measure(map, side, region);
    paint(canvases[0], decode(data.picture), side, grey);
    paint(canvases[1], decode(baseline.picture), side, grey);
    paint(canvases[2], map, side, signed(limitOf(map)));
    says.dataset.sum = sum;
    says.dataset.share = share;
    const from = baseline.outputs[network], to = data.outputs[network];
    says.textContent = `The ${network} network answers ${spell(from)} to the baseline and ${spell(to)} to the picture. The map adds up to ${spell(sum)}; `
      + `${Math.round(100 * share)} % of its positive part lies in the stamp, which has ${Math.round(1000 * (region[1] - region[0]) * (region[3] - region[2]) / side / side) / 10} % of the area.`;
  };
  for (const button of [...baselines, ...networks]) button.addEventListener("change", show);
  show();
};
