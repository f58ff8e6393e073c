// The menu is folded on a small screen and open beside the page on a wide one.
"use strict";
(() => {
  const menu = document.querySelector(".hb-menu");
  const wide = window.matchMedia("(min-width: 60rem)");
  const fit = () => { menu.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
  // a link that leads into a fold opens it
  const unfold = () => {
    const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    for (let fold = target; fold; fold = fold.parentElement) if (fold.tagName === "DETAILS") fold.open = true;
    if (target) target.scrollIntoView();
  };
  window.addEventListener("hashchange", unfold);
  if (window.location.hash) window.addEventListener("load", unfold); // by then the pictures above have their height
  // the search page: show what was searched for, ready to be changed
  const asked = new URLSearchParams(window.location.search).get("q");
  if (asked) document.getElementById("hb-q").value = asked;
})();
