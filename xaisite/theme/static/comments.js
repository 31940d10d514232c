// Comments live elsewhere: nothing is asked of that server until the reader clicks.
"use strict";
{
  const section = document.querySelector(".comments");
  const button = section?.querySelector("button");
  button?.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    const fill = { url: location.href.split("#")[0], title: document.title, theme: document.documentElement.dataset.theme || "preferred_color_scheme" };
    frame.src = section.dataset.embed.replace(/\{(url|title|theme)\}/g, (_, name) => encodeURIComponent(fill[name]));
    frame.title = section.querySelector("h2").textContent;
    frame.referrerPolicy = "no-referrer";
    button.replaceWith(frame);
  });
}
