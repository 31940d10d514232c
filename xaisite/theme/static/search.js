// The search dialog (and the search page). Where results come from is one function: search(query) -> [{url, title, excerpt}].
"use strict";
{
  const say = JSON.parse(document.documentElement.dataset.strings);

  const makeSearch = (engine, index) => {
    const from = new URL(index, document.baseURI);
    return async query => (await import(new URL(engine, document.baseURI).href)).search(query, from);
  };

  // Excerpts are text with <mark>: only that element is let through.
  const marked = html => {
    const from = new DOMParser().parseFromString(html, "text/html").body, to = document.createElement("span");
    for (const node of from.childNodes) {
      if (node.nodeName === "MARK") to.append(Object.assign(document.createElement("mark"), { textContent: node.textContent }));
      else to.append(node.textContent);
    }
    return to;
  };

  const attach = (form, search) => {
    const input = form.querySelector("input"), scope = form.closest("dialog") || form;
    const status = scope.querySelector(".search-status"), list = scope.querySelector(".search-results");
    let turn = 0, timer = 0;
    const run = async () => {
      const query = input.value.trim(), mine = ++turn;
      if (!query) { list.replaceChildren(); status.textContent = say.search_hint; return; }
      let hits;
      try { hits = await search(query); } catch { status.textContent = say.search_failed; return; }
      if (mine !== turn) return;
      status.textContent = hits.length ? `${hits.length} ${hits.length === 1 ? say.search_one : say.search_many}` : `${say.search_none} “${query}”`;
      list.replaceChildren(...hits.map(hit => {
        const item = document.createElement("li"), link = document.createElement("a"), title = document.createElement("strong");
        title.textContent = hit.title;
        link.href = hit.url;
        link.append(title, marked(hit.excerpt));
        item.append(link);
        return item;
      }));
    };
    status.textContent = say.search_hint;
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(run, 120); });
    form.addEventListener("submit", event => { event.preventDefault(); list.querySelector("a")?.click(); });
    scope.addEventListener("keydown", event => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      const stops = [input, ...list.querySelectorAll("a")];
      const to = stops[stops.indexOf(document.activeElement) + step];
      if (to) { event.preventDefault(); to.focus(); }
    });
    return { input, run };
  };

  let dialog = null;
  window.openSearch = (engine, index) => {
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.className = "search";
      dialog.setAttribute("aria-label", say.search);
      dialog.innerHTML = '<form role="search"><input type="text" role="searchbox" enterkeyhint="search" autocomplete="off" spellcheck="false" autofocus><button class="tool" type="button"></button></form><p class="search-status" role="status"></p><ol class="search-results"></ol>';
      dialog.querySelector("input").setAttribute("aria-label", say.search);
      dialog.querySelector("button").textContent = say.close;
      dialog.querySelector("button").addEventListener("click", () => dialog.close());
      dialog.addEventListener("click", event => { if (event.target === dialog || event.target.closest("a")) dialog.close(); });
      document.body.append(dialog);
      attach(dialog.querySelector("form"), makeSearch(engine, index));
    }
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("input").select();
  };

  const page = document.querySelector("[data-search-page]");
  if (page) {
    const { input, run } = attach(page, makeSearch(page.dataset.engine, page.dataset.index));
    input.value = new URLSearchParams(location.search).get("q") || "";
    if (input.value) run();
  }
}
