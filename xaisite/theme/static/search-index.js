// Looks words up in the site's index: one list of pages, one small file per two first characters of a word.
// Files are made by xaisite/export/search.py, which says what is in them. search(query, base) -> [{url, title, excerpt}].
const read = new Map();
const load = address => {
  if (!read.has(address)) {
    read.set(address, fetch(address).then(answer => (answer.ok ? answer.json() : null)).catch(error => { read.delete(address); throw error; }));
  }
  return read.get(address);
};
const fold = text => text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");
const unspaced = /[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]/;
const hex = text => Array.from(new TextEncoder().encode(text), byte => byte.toString(16).padStart(2, "0")).join("");

const words = query => fold(query).match(/[\p{L}\p{N}]+/gu)?.flatMap(word =>
  unspaced.test(word) ? Array.from({ length: Math.max(1, word.length - 1) }, (_, i) => word.slice(i, i + 2)) : [word]) || [];

// Page id -> score of one word. The beginning of a word finds the whole one, for less; rare words count more.
const lookUp = async (word, folder, count) => {
  const scores = new Map();
  if ([...word].length < 2) return scores;
  const shard = await load(new URL(`${hex([...word].slice(0, 2).join(""))}.json`, folder));
  for (const [term, pairs] of Object.entries(shard || {})) {
    if (!term.startsWith(word)) continue;
    const part = term === word ? 1 : 0.6 * word.length / term.length;
    const rare = Math.log(1 + count / (pairs.length / 2));
    for (let i = 0; i < pairs.length; i += 2) scores.set(pairs[i], Math.max(scores.get(pairs[i]) || 0, part * rare * pairs[i + 1]));
  }
  return scores;
};

const cut = (text, wanted) => {
  const folded = fold(text).length === text.length ? fold(text) : text.toLowerCase();
  const at = Math.max(0, ...wanted.map(word => folded.indexOf(word)).filter(i => i >= 0).slice(0, 1));
  const start = at < 60 ? 0 : text.indexOf(" ", at - 50) + 1;
  const piece = text.slice(start, start + 180);
  const holder = document.createElement("div");
  holder.textContent = (start ? "… " : "") + piece + (start + 180 < text.length ? " …" : "");
  const marks = new RegExp(`(${wanted.map(word => word.replace(/[^\p{L}\p{N}]/gu, "")).filter(Boolean).join("|")})`, "giu");
  return holder.innerHTML.replace(marks, "<mark>$1</mark>");
};

const excerpt = async (url, fallback, wanted) => {
  try {
    const page = new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
    const body = page.querySelector("main .prose") || page.querySelector("main");
    body.querySelectorAll("script, style, nav, pre, .katex-mathml, .katex-html, .references, .note-ref, .anchor").forEach(part => part.remove());
    return cut(body.textContent.replace(/\s+/g, " ").trim(), wanted);
  } catch { return cut(fallback, wanted); }
};

export const search = async (query, index) => {
  const list = await load(index), wanted = words(query);
  if (!list || !wanted.length) return [];
  const folder = new URL(`${list.v}/`, index), total = new Map();
  const found = await Promise.all(wanted.map(word => lookUp(word, folder, list.pages.length)));
  for (const scores of found) for (const [id, score] of scores) total.set(id, (total.get(id) || 0) + score);
  const hits = [...total].map(([id, score]) => [id, score * found.filter(scores => scores.has(id)).length ** 2]);
  hits.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const home = new URL("../../", index);
  return Promise.all(hits.slice(0, 12).map(async ([id], rank) => {
    const [path, title, description] = list.pages[id], url = new URL(path, home).href;
    return { url, title, excerpt: rank < 5 ? await excerpt(url, description, wanted) : cut(description, wanted) };
  }));
};
