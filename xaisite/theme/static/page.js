// What every page has: theme toggle, copy buttons, the way to search, details that open when they are needed.
"use strict";
{
  const root = document.documentElement;
  const say = JSON.parse(root.dataset.strings);
  root.dataset.ready = "yes";

  // Colour theme: as the system, light, dark.
  const toggle = document.querySelector(".theme-toggle");
  const order = ["auto", "light", "dark"];
  const name = () => { toggle.setAttribute("aria-label", `${say.theme}: ${say.themes[root.dataset.theme || "auto"]}`); toggle.title = toggle.getAttribute("aria-label"); };
  const wear = theme => {
    if (theme === "auto") delete root.dataset.theme; else root.dataset.theme = theme;
    try { theme === "auto" ? localStorage.removeItem("theme") : localStorage.setItem("theme", theme); } catch { /* this page only */ }
    name();
    root.dispatchEvent(new CustomEvent("themechange", { detail: theme }));
  };
  if (toggle) {
    name();
    toggle.addEventListener("click", () => wear(order[(order.indexOf(root.dataset.theme || "auto") + 1) % 3]));
  }

  // Copy buttons. Marks that are not code (line numbers are CSS, annotations are elements) are left out.
  const text = pre => {
    const copy = pre.cloneNode(true);
    copy.querySelectorAll(".annotation-mark").forEach(mark => mark.remove());
    return copy.textContent.replace(/\n$/, "");
  };
  if (navigator.clipboard) {
    for (const pre of document.querySelectorAll(".listing > pre, .reference-bibtex > pre")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = say.copy;
      button.setAttribute("aria-label", say.copy_code);
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(text(pre));
        button.textContent = say.copied;
        button.classList.add("done");
        setTimeout(() => { button.textContent = say.copy; button.classList.remove("done"); }, 1600);
      });
      pre.parentElement.style.position ||= "relative";
      pre.after(button);
    }
  }

  // A picture that scrolls can be reached by keyboard.
  for (const body of document.querySelectorAll(".figure-body")) {
    if (body.scrollWidth > body.clientWidth) Object.assign(body, { tabIndex: 0, role: "group", ariaLabel: body.parentElement.querySelector(".figure-number")?.textContent || say.figure });
  }

  // A link into closed details opens them; so does printing.
  const open = () => {
    let place = null;
    try { place = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { /* not an address of ours */ }
    if (!place) return;
    let at = place, opened = false;
    while ((at = at.parentElement?.closest("details:not([open])"))) at.open = opened = true;
    if (place.matches("details:not([open])")) place.open = true;
    if (opened) place.scrollIntoView();
  };
  addEventListener("hashchange", open);
  if (location.hash) open();
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("main details:not([open], .toc, .figure-tools details, .reference-bibtex)")];
    closed.forEach(details => { details.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach(details => { details.open = false; }));

  // Search: its script is loaded when first asked for.
  const opener = document.querySelector(".search-open");
  if (opener && HTMLDialogElement) {
    const show = () => {
      if (window.openSearch) return window.openSearch(opener.dataset.engine, opener.dataset.index);
      const script = document.createElement("script");
      script.src = opener.dataset.script;
      script.onload = () => window.openSearch(opener.dataset.engine, opener.dataset.index);
      script.onerror = () => { location.href = opener.href; };
      document.head.append(script);
    };
    opener.addEventListener("click", event => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || document.querySelector("[data-search-page]")) return;
      event.preventDefault();
      show();
    });
    addEventListener("keydown", event => {
      const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
      const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (!slash && !(event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) return;
      event.preventDefault();
      const field = document.querySelector("#search-input");
      if (field) field.focus(); else show();
    });
  }
}
