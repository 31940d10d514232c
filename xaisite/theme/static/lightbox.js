// A figure, enlarged, in a dialog that Escape, its button or a click beside the picture closes.
"use strict";
{
  const say = JSON.parse(document.documentElement.dataset.strings);
  const drawing = path => `<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${path}"/></svg>`;
  const button = (className, label, path) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className, title: label, innerHTML: drawing(path) });
    made.setAttribute("aria-label", label);
    return made;
  };
  const enlarge = (figure, picture) => {
    const dialog = document.createElement("dialog"), body = document.createElement("div"), inner = document.createElement("div");
    dialog.className = "lightbox";
    body.className = "lightbox-body";
    body.tabIndex = 0;
    const close = button("tool close", say.close, "M6 6l12 12M18 6 6 18");
    const twin = picture.cloneNode(true);
    twin.querySelectorAll(".enlarge, .figure-tools").forEach(part => part.remove());
    twin.querySelectorAll("[id]").forEach(part => part.removeAttribute("id"));
    twin.querySelectorAll("img").forEach(image => image.removeAttribute("loading"));
    twin.removeAttribute("tabindex");
    inner.append(twin);
    body.append(inner);
    dialog.append(close, body);
    const caption = figure.querySelector("figcaption")?.cloneNode(true);
    if (caption) {
      const words = document.createElement("div");
      words.className = "lightbox-caption";
      caption.querySelectorAll("[id]").forEach(part => part.removeAttribute("id"));
      words.append(...caption.childNodes);
      dialog.append(words);
    }
    dialog.setAttribute("aria-label", figure.querySelector(".figure-number")?.textContent || say.enlarge);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", event => { if (event.target === dialog || event.target === body) dialog.close(); else if (event.target.closest("a")) dialog.close(); });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };
  for (const body of document.querySelectorAll(".figure > :is(.figure-body, .figure-grid)")) {
    const figure = body.parentElement;
    // A computed figure says itself whether it may be enlarged; for the others the page does.
    if (!(figure.closest(".cell") ? body.querySelector("img.zoomable") : figure.closest("[data-lightbox]") && body.querySelector("img"))) continue;
    if (body.querySelector("a") || figure.closest(".widget")) continue;
    const opener = button("enlarge", say.enlarge, "M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7");
    opener.addEventListener("click", () => enlarge(figure, body));
    body.addEventListener("click", event => { if (event.target.tagName === "IMG") enlarge(figure, body); });
    body.classList.add("zooms");
    body.append(opener);
  }
}
