// Tabsets become ARIA tabs. Without this file their panels stand below one another, each with its title.
"use strict";
for (const [number, set] of [...document.querySelectorAll(".tabset")].entries()) {
  const panels = [...set.children].filter(child => child.classList.contains("tabset-panel"));
  const list = document.createElement("div");
  list.className = "tab-list";
  list.setAttribute("role", "tablist");
  const tabs = panels.map((panel, index) => {
    const title = panel.querySelector(".tabset-title"), tab = document.createElement("button");
    panel.id ||= `tabset-${number + 1}-${index + 1}`;
    tab.id = `tab-${panel.id}`;
    tab.type = "button";
    tab.className = "tab";
    tab.textContent = title?.firstChild ? [...title.childNodes].filter(n => !n.classList?.contains("anchor")).map(n => n.textContent).join("").trim() : index + 1;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    if (title) title.hidden = true;
    tab.addEventListener("click", () => choose(index));
    return tab;
  });
  const choose = (chosen, focus) => {
    panels.forEach((panel, index) => {
      panel.hidden = index !== chosen;
      tabs[index].setAttribute("aria-selected", String(index === chosen));
      tabs[index].tabIndex = index === chosen ? 0 : -1;
    });
    if (focus) tabs[chosen].focus();
  };
  list.addEventListener("keydown", event => {
    const at = tabs.indexOf(document.activeElement), last = tabs.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    choose(to, true);
  });
  const goal = () => {
    const place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const index = place ? panels.findIndex(panel => panel.contains(place)) : -1;
    if (index >= 0) { choose(index); set.scrollIntoView(); }
  };
  if (!panels.length) continue;
  list.append(...tabs);
  set.prepend(list);
  set.classList.add("ready");
  choose(0);
  goal();
  addEventListener("hashchange", goal);
}
