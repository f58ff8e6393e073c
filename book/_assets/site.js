// The menu is folded on a small screen and open beside the page on a wide one.
"use strict";
(() => {
  const menu = document.querySelector(".hb-menu");
  const wide = window.matchMedia("(min-width: 60rem)");
  const fit = () => { menu.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
  // the search page: show what was searched for, ready to be changed
  const asked = new URLSearchParams(window.location.search).get("q");
  if (asked) document.getElementById("hb-q").value = asked;
})();
