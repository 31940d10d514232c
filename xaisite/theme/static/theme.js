// Runs before the first paint: says that scripts run, and puts the reader's colour theme on <html>.
"use strict";
{
  const root = document.documentElement;
  root.classList.add("js");
  let theme = "";
  try { theme = localStorage.getItem("theme") || ""; } catch { /* storage may be refused */ }
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  // Should the other scripts not arrive, nothing stays hidden for their sake.
  addEventListener("load", () => setTimeout(() => root.dataset.ready || root.classList.remove("js"), 4000));
}
