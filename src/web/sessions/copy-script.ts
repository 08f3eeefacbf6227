/** Puts a Copy button into each `data-copy`, which names the element to copy. Without scripts there is none: one selects by hand. */
export const COPY_SCRIPT = `"use strict";
(() => {
  for (const place of document.querySelectorAll("[data-copy]")) {
    const source = document.getElementById(place.dataset.copy);
    if (source === null || navigator.clipboard === undefined) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.textContent);
        said.textContent = "Copied";
      } catch {
        said.textContent = "The browser does not allow it: select the text instead";
      }
    });
    place.prepend(button);
    place.append(said);
  }
})();
`;
