// Previews of what a link points to: citations, notes, cross references and terms, on hover, focus and tap; also from
// other pages of this site. Never from another origin, and never instead of the link: without this file it is followed.
"use strict";
{
  const say = JSON.parse(document.documentElement.dataset.strings);
  const KINDS = ".citation-link, .note-ref > a, a.xref, a.term";
  const ASIDE = ".note-back, .reference-back, .reference-bibtex, .figure-tools, .anchor, .copy, .enlarge, script";
  const pages = new Map();
  let box = null, owner = null, timer = 0, lastTouch = "";

  const later = (action, wait) => { clearTimeout(timer); timer = setTimeout(action, wait); };
  const hide = () => { clearTimeout(timer); box?.remove(); owner?.removeAttribute("aria-describedby"); box = owner = null; };
  const leave = () => later(hide, 220);

  const load = address => {
    if (!pages.has(address)) {
      pages.set(address, fetch(address).then(answer => {
        if (!answer.ok) throw new Error(answer.status);
        return answer.text();
      }).then(html => new DOMParser().parseFromString(html, "text/html")));
    }
    return pages.get(address);
  };

  // What stands for a target: itself, or a heading with the paragraph after it, or a term with its definition.
  const excerpt = target => {
    if (/^H[1-6]$/.test(target.tagName)) {
      const next = target.nextElementSibling;
      return next && !/^H[1-6]$/.test(next.tagName) ? [target, next] : [target];
    }
    if (target.tagName === "DT") return [target, target.nextElementSibling];
    const dt = target.closest("dt");
    if (dt) return [dt, dt.nextElementSibling];
    return target.matches("li") ? [...target.childNodes] : [target];
  };

  const copy = (node, base) => {
    const twin = document.importNode(node, true);
    if (twin.nodeType !== 1) return twin;
    twin.querySelectorAll(ASIDE).forEach(part => part.remove());
    for (const part of [twin, ...twin.querySelectorAll("*")]) {
      for (const name of ["id", "tabindex", "aria-labelledby", "aria-describedby", "loading"]) part.removeAttribute(name);
      for (const name of ["src", "href"]) {
        const value = part.getAttribute(name);
        if (value !== null && base) part.setAttribute(name, new URL(value, base).href);
      }
      if (part.matches("details")) part.open = true;
    }
    twin.classList.remove("column-page", "column-page-inset", "column-screen", "column-body-outset", "column-margin");
    return twin;
  };

  const place = link => {
    const gap = 8, lines = link.getClientRects(), at = lines[0], size = box.getBoundingClientRect();
    const room = document.documentElement.clientWidth;
    const left = Math.max(12, Math.min(at.left - 24, room - size.width - 12));
    const below = at.bottom + gap + size.height <= innerHeight || at.top < size.height + gap;
    box.style.left = `${left + scrollX}px`;
    box.style.top = `${(below ? lines[lines.length - 1].bottom + gap : at.top - gap - size.height) + scrollY}px`;
  };

  const show = async link => {
    const address = new URL(link.getAttribute("href"), document.baseURI);
    const here = address.href.split("#")[0] === location.href.split("#")[0];
    if (address.origin !== location.origin || (!here && !/^https?:$/.test(address.protocol)) || !address.hash) return false;
    let nodes;
    try {
      const page = here ? document : await load(address.href.split("#")[0]);
      const target = page.getElementById(decodeURIComponent(address.hash.slice(1)));
      if (!target) return false;
      nodes = excerpt(target).filter(node => node && !node.matches?.(ASIDE)).map(node => copy(node, here ? "" : address.href));
    } catch { return false; }
    hide();
    owner = link;
    box = document.createElement("aside");
    box.className = "preview";
    box.id = "preview";
    box.append(...nodes);
    if (box.querySelector("img, table, pre, .katex-display")) box.classList.add("wide");
    if (lastTouch === "touch" || !here) {
      const go = document.createElement("a");
      go.className = "preview-go";
      go.href = address.href;
      go.textContent = say.go;
      box.append(go);
    }
    box.addEventListener("pointerenter", () => clearTimeout(timer));
    box.addEventListener("pointerleave", event => { if (event.pointerType === "mouse") leave(); });
    document.body.append(box);
    link.setAttribute("aria-describedby", "preview");
    place(link);
    for (const image of box.querySelectorAll("img")) image.addEventListener("load", () => box && place(link), { once: true });
    return true;
  };

  const main = document.querySelector("main");
  const linkOf = event => event.target.closest?.(KINDS);
  main.addEventListener("pointerover", event => {
    const link = linkOf(event);
    if (event.pointerType === "mouse" && link) link === owner ? clearTimeout(timer) : later(() => show(link), 120);
  });
  main.addEventListener("pointerout", event => { if (event.pointerType === "mouse" && linkOf(event)) leave(); });
  main.addEventListener("focusin", event => {
    const link = linkOf(event);
    if (link && link.matches(":focus-visible") && link !== owner) show(link);
  });
  main.addEventListener("focusout", event => { if (linkOf(event)) leave(); });
  addEventListener("pointerdown", event => { lastTouch = event.pointerType; if (box && !box.contains(event.target) && linkOf(event) !== owner) hide(); }, true);
  // The first tap shows, the second (or the link in the preview) goes.
  main.addEventListener("click", event => {
    const link = linkOf(event);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (lastTouch !== "touch" || link === owner) return hide();
    event.preventDefault();
    show(link).then(shown => { if (!shown) location.href = link.href; });
  });
  addEventListener("keydown", event => { if (event.key === "Escape" && box) hide(); });
  addEventListener("hashchange", hide);
}
