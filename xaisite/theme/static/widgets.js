// Interactive figures. <div class="widget" data-widget="MODULE" data-data="JSON"> holds a still figure; when it comes near
// the window its module is imported and called: `export default async (element, { data, fallback, theme }) => {}`.
// The still figure goes only when that has worked. With data-library="SCRIPT" a button asks first; `library()` loads it.
"use strict";
{
  const root = document.documentElement;
  const loading = new Map();
  // A library is a script of this site, loaded once for all figures that need it.
  const load = address => {
    if (!loading.has(address)) loading.set(address, new Promise((resolve, reject) => {
      document.head.append(Object.assign(document.createElement("script"), { src: address, onload: resolve, onerror: reject }));
    }));
    return loading.get(address);
  };
  const start = async widget => {
    const fallback = widget.querySelector(".widget-fallback");
    const live = document.createElement("div");
    live.className = "widget-live";
    live.hidden = true;
    widget.append(live);
    try {
      const address = name => new URL(widget.dataset[name], document.baseURI).href;
      const [module, data] = await Promise.all([
        import(address("widget")),
        widget.dataset.data ? fetch(address("data")).then(answer => { if (!answer.ok) throw new Error(answer.status); return answer.json(); }) : null,
      ]);
      const theme = () => root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
      widget.style.minHeight = `${widget.offsetHeight}px`;
      live.hidden = false;
      await module.default(live, { data, fallback, theme, library: () => load(address("library")) });
      if (fallback) fallback.hidden = true;
    } catch (problem) {
      console.warn("A widget could not start; its still figure stays.", problem);
      live.remove();
      widget.style.minHeight = "";
    }
  };
  const watch = new IntersectionObserver(entries => {
    for (const entry of entries) if (entry.isIntersecting) { watch.unobserve(entry.target); start(entry.target); }
  }, { rootMargin: "400px" });
  // What needs a library waits to be asked for: the still figure is a page's weight in itself.
  const offer = widget => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "widget-start", textContent: "Interactive" });
    button.addEventListener("click", () => { button.remove(); start(widget); }, { once: true });
    widget.append(button);
  };
  document.querySelectorAll("[data-widget]").forEach(widget => widget.dataset.library ? offer(widget) : watch.observe(widget));
}
