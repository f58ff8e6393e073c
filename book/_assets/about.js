// A number in a sentence tells its source, release, age, interval and quality when it is pointed at or has the keyboard.
// The box can be pointed at too, and Escape closes it. Without this script the link to the number's card is the way.
"use strict";
(() => {
  const box = document.createElement("div");
  box.id = "hb-about";
  box.setAttribute("role", "tooltip");
  box.hidden = true;
  document.body.append(box);
  let shown = null;
  let waiting = 0;

  const hide = () => {
    clearTimeout(waiting);
    if (shown) shown.removeAttribute("aria-describedby");
    shown = null;
    box.hidden = true;
  };
  const show = (link) => {
    hide();
    shown = link;
    box.textContent = link.dataset.hbAbout;
    box.hidden = false;
    link.setAttribute("aria-describedby", box.id);
    const at = link.getBoundingClientRect();
    const room = document.documentElement.clientWidth;
    const left = Math.max(8, Math.min(at.left, room - box.offsetWidth - 8));
    const below = at.bottom + box.offsetHeight + 8 < window.innerHeight;
    box.style.left = `${left + window.scrollX}px`;
    box.style.top = `${(below ? at.bottom + 4 : at.top - box.offsetHeight - 4) + window.scrollY}px`;
  };
  const later = () => { clearTimeout(waiting); waiting = setTimeout(hide, 200); };

  document.querySelectorAll("a.hb-num").forEach((link) => {
    link.addEventListener("focus", () => show(link));
    link.addEventListener("blur", hide);
    link.addEventListener("mouseenter", () => show(link));
    link.addEventListener("mouseleave", later);
  });
  box.addEventListener("mouseenter", () => clearTimeout(waiting));
  box.addEventListener("mouseleave", later);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();
