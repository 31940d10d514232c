// Keeps a page of the preview up to date: loads it again when it changed, shows errors over it.
// Never part of a published site. Text of errors is set as text, never as HTML.
(() => {
  const script = document.currentScript;
  let known = Number(new URL(script.src).searchParams.get("build"));
  const placeKey = `xaisite-scroll:${location.pathname}`;
  let stream = null;
  let panel = null;

  const keepPlace = () => sessionStorage.setItem(placeKey, JSON.stringify([scrollX, scrollY]));
  const restorePlace = () => {
    const kept = sessionStorage.getItem(placeKey);
    if (!kept) return;
    sessionStorage.removeItem(placeKey);
    const [x, y] = JSON.parse(kept);
    const go = () => scrollTo({ left: x, top: y, behavior: "instant" });
    go();
    addEventListener("load", go, { once: true });
  };

  const address = () => {
    const path = decodeURIComponent(location.pathname).slice(1);
    return path === "" || path.endsWith("/") ? `${path}index.html` : path;
  };
  // Other pages, feeds, downloads and the search index are not seen on this one; what it may load is.
  const loaded = /\.(css|m?js|svg|png|jpe?g|gif|webp|avif|ico|woff2?|mp4|webm|wasm)$/;
  const concernsThisPage = (changed) =>
    changed === null || changed.some((a) => a === address() || (loaded.test(a) && !a.includes("/search/")));

  const style = `
    :host { all: initial; }
    section { position: fixed; inset: auto 0 0 0; max-height: 70vh; overflow: auto; z-index: 2147483647;
      box-sizing: border-box; padding: 1rem 1.25rem; background: #1b1b1f; color: #f4f4f5;
      border-top: 4px solid #ff6b6b; font: 14px/1.5 ui-monospace, monospace; }
    header { display: flex; gap: 1rem; align-items: baseline; font-weight: 700; font-family: system-ui, sans-serif; }
    h2 { font-size: 16px; margin: 0; flex: 1; }
    pre { margin: .75rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }
    button { font: inherit; color: inherit; background: #3a3a42; border: 1px solid #75757f; border-radius: 4px;
      padding: .25rem .75rem; cursor: pointer; }
    button:focus-visible { outline: 3px solid #9ecbff; }`;

  const hide = () => { panel?.remove(); panel = null; };
  const show = (summary, text) => {
    hide();
    panel = document.createElement("xaisite-errors");
    const shadow = panel.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    shadow.adoptedStyleSheets = [sheet];
    const section = document.createElement("section");
    section.setAttribute("role", "alert");
    const header = document.createElement("header");
    const title = document.createElement("h2");
    title.textContent = summary;
    const close = document.createElement("button");
    close.textContent = "Hide";
    close.addEventListener("click", hide);
    const body = document.createElement("pre");
    body.textContent = text;
    header.append(title, close);
    section.append(header, body);
    shadow.append(section);
    document.body.append(panel);
  };
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  const take = (state) => {
    if (state.build !== known) {
      known = state.build;
      if (concernsThisPage(state.changed)) {
        keepPlace();
        location.reload();
        return;
      }
    }
    if (state.errors) show(state.summary, state.errors);
    else hide();
  };
  const listen = () => {
    if (stream) return;
    stream = new EventSource("/_xaisite/events");
    stream.onmessage = (event) => take(JSON.parse(event.data));
  };
  const rest = () => { stream?.close(); stream = null; };

  // A hidden tab lets go of its connection: a browser has only six for one host.
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", () => { if (!document.hidden) listen(); });
  restorePlace();
  if (!document.hidden) listen();
})();
