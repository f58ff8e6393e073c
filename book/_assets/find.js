// Find your locality: the list on the page is the only data. Type a part of a name, a GSS code, or a postcode.
"use strict";
(() => {
  const form = document.querySelector("[data-hb-find]");
  const box = form.querySelector("input");
  const state = form.querySelector("[data-hb-state]");
  const found = form.querySelector("[data-hb-found]");
  const all = document.querySelector("[data-hb-all]");
  const map = document.querySelector("[data-hb-map]");
  const label = map.querySelector("[data-hb-map-name]");
  const resting = label.textContent;

  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
    .replace(/&/g, " and ").replace(/[.'’]/g, "").replace(/[^a-z0-9]+/g, " ").trim();

  const places = Array.from(all.querySelectorAll("li[data-code]"), (item) => {
    const link = item.querySelector("a");
    return {
      name: link.textContent, href: link.getAttribute("href"), code: item.dataset.code,
      words: [plain(link.textContent), plain(item.dataset.code)],
      post: (item.dataset.post || "").toLowerCase().split("|"),
      also: (item.dataset.also || "").split("|").filter(Boolean).map((text) => ({ text, words: plain(text) })),
    };
  });

  // 0 the whole name or code, 1 it starts so, 2 a word starts so, 3 another name starts so, 4 somewhere within
  const rank = (place, asked) => {
    let best = 9;
    let through = "";
    for (const words of place.words) {
      if (words === asked) best = 0;
      else if (words.startsWith(asked)) best = Math.min(best, 1);
      else if (` ${words}`.includes(` ${asked}`)) best = Math.min(best, 2);
      else if (words.includes(asked)) best = Math.min(best, 4);
    }
    if (best > 1) {
      for (const other of place.also) {
        const score = other.words === asked ? 0 : ` ${other.words}`.includes(` ${asked}`) ? 3 : other.words.includes(asked) ? 5 : 9;
        if (score < best) { best = score; through = other.text; }
      }
    }
    return { place, best, through };
  };

  // the first half of a postcode: m33 of "m33", "m33 4ab" and "m334ab"; nothing where it is none
  const district = (asked) => (/^([a-z]{1,2}\d[a-z\d]?)( ?\d[a-z]{2})?$/.exec(asked) || [])[1];

  const search = () => {
    const asked = plain(box.value);
    found.replaceChildren();
    found.hidden = all.hidden = false;
    map.querySelectorAll(".hb-on").forEach((link) => link.classList.remove("hb-on"));
    if (!asked) {
      found.hidden = true;
      state.textContent = "";
      return [];
    }
    const post = district(asked);
    const there = places.filter((place) => post && place.post.includes(post));
    const hits = there.length ? there.map((place) => ({ place, best: 0, through: post.toUpperCase() }))
      : places.map((place) => rank(place, asked)).filter((hit) => hit.best < 9);
    hits.sort((a, b) => a.best - b.best || a.place.name.localeCompare(b.place.name));
    all.hidden = true;
    for (const { place, through } of hits) {
      const item = document.createElement("li");
      const link = item.appendChild(document.createElement("a"));
      link.href = place.href;
      link.textContent = place.name;
      if (through) item.append(` (${through})`);
      found.append(item);
      map.querySelectorAll(`a[data-code="${place.code}"]`).forEach((shape) => shape.classList.add("hb-on"));
    }
    if (there.length) state.textContent = `${post.toUpperCase()} is, in part at least, in ${hits.length === 1 ? "this locality. Press Enter to open it." : `these ${hits.length}. Choose yours.`} It may reach into others too.`;
    else if (hits.length === 1) state.textContent = "1 locality matches. Press Enter to open it.";
    else if (hits.length) state.textContent = `${hits.length} localities match. Press Enter to open the first.`;
    else if (post) state.textContent = `This looks like a postcode, and ${post.toUpperCase()} is not on the list of this book. Type the council’s name, or choose it on the map.`;
    else state.textContent = `Nothing matches “${box.value.trim()}”. Try a shorter part of the council’s name.`;
    found.hidden = !hits.length;
    all.hidden = hits.length > 0;
    return hits;
  };

  box.addEventListener("input", search);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const hits = search();
    const several = hits.length > 1 && district(plain(box.value)); // a postcode that lies in two: the reader must choose
    if (hits.length && !several) window.location.href = hits[0].place.href;
    else (several ? found.querySelector("a") : box).focus();
  });
  // the name of the shape under the pointer or the keyboard
  const name = (event) => {
    const shape = event.target.closest("a, .hb-map-off");
    if (shape) label.textContent = shape.querySelector("title").textContent;
  };
  const rest = () => { label.textContent = resting; };
  map.addEventListener("pointerover", name);
  map.addEventListener("focusin", name);
  map.addEventListener("pointerout", rest);
  map.addEventListener("focusout", rest);

  form.hidden = false;
  if (box.value) search(); // a browser may restore the box when the reader comes back
})();
