// Marks in the table of contents where the reader is.
"use strict";
{
  const toc = document.querySelector(".toc-wide");
  const links = new Map();
  for (const link of toc ? toc.querySelectorAll("a[href^='#']") : []) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  const headings = [...links.keys()];
  let current = null, due = 0;
  const mark = () => {
    due = 0;
    const line = innerHeight * 0.25;
    let at = headings.findLast(heading => heading.getBoundingClientRect().top <= line);
    if (innerHeight + scrollY >= document.body.scrollHeight - 4) at = headings.findLast(h => h.getBoundingClientRect().top < innerHeight) || at;
    if (at === current) return;
    links.get(current)?.removeAttribute("aria-current");
    current = at;
    const link = links.get(at);
    if (!link) return;
    link.setAttribute("aria-current", "true");
    // Keep the mark in sight when the list itself scrolls.
    const box = toc.getBoundingClientRect(), place = link.getBoundingClientRect();
    if (place.top < box.top || place.bottom > box.bottom) toc.scrollTop += place.top - box.top - box.height / 2;
  };
  if (headings.length) {
    addEventListener("scroll", () => { due ||= requestAnimationFrame(mark); }, { passive: true });
    mark();
  }
  // On a small screen, choosing a section closes the list.
  const narrow = document.querySelector(".toc-narrow");
  narrow?.addEventListener("click", event => { if (event.target.closest("a")) narrow.open = false; });
}
