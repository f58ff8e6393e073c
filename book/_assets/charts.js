// Draws each chart from the specification that stands in its figure, when the reader comes near it.
(function () {
  "use strict";

  const POUNDS = { decimal: ".", thousands: ",", grouping: [3], currency: ["£", ""] };

  function draw(figure) {
    const canvas = figure.querySelector(".hb-canvas");
    const spec = JSON.parse(figure.querySelector(".hb-spec").textContent);
    spec.$schema = "https://vega.github.io/schema/vega-lite/v6.json"; // a name, never fetched
    const inner = document.createElement("div");
    inner.setAttribute("aria-hidden", "true"); // the canvas itself carries the alternative text
    canvas.replaceChildren(inner);
    vegaEmbed(inner, spec, { renderer: "svg", actions: false, formatLocale: POUNDS })
      .then(function () { figure.classList.add("hb-drawn"); })
      .catch(function (error) {
        figure.classList.add("hb-failed");
        canvas.textContent = "This chart could not be drawn. Its table has the same figures.";
        console.error(error);
      });
  }

  document.addEventListener("DOMContentLoaded", function () {
    const figures = document.querySelectorAll("figure.hb-chart");
    if (!("IntersectionObserver" in window)) {
      figures.forEach(draw);
      return;
    }
    const watcher = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (entry.isIntersecting) {
          watcher.unobserve(entry.target);
          draw(entry.target);
        }
      });
    }, { rootMargin: "600px" });
    figures.forEach(function (figure) { watcher.observe(figure); });
    window.addEventListener("beforeprint", function () {
      figures.forEach(function (figure) {
        if (!figure.classList.contains("hb-drawn")) { watcher.unobserve(figure); draw(figure); }
      });
    });
  });
})();
