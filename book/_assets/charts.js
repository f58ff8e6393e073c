// Draws each chart from the specification that stands in its figure, when the reader comes near it. Until then, and
// on paper, and where this script does not run, the figure shows a still picture of the same chart.
(function () {
  "use strict";

  const POUNDS = { decimal: ".", thousands: ",", grouping: [3], currency: ["£", ""] };

  // Vega lets the names of a long legend run out of a narrow chart
  function breakLegend(spec, width) {
    const colour = ((spec.layer || [spec])[0].encoding || {}).color || {};
    const names = (colour.scale || {}).domain;
    if (!Array.isArray(names) || !colour.legend && colour.legend !== undefined) { return; }
    if (names.reduce(function (sum, name) { return sum + 6 * String(name).length + 30; }, 30) > width) {
      spec.config.legend = Object.assign({ columns: 2 }, spec.config.legend);
    }
  }

  function draw(figure) {
    const canvas = figure.querySelector(".hb-canvas");
    const still = canvas.firstElementChild;
    const spec = JSON.parse(figure.querySelector(".hb-spec").textContent);
    spec.$schema = "https://vega.github.io/schema/vega-lite/v6.json"; // a name, never fetched
    breakLegend(spec, canvas.clientWidth);
    const inner = document.createElement("div");
    inner.setAttribute("aria-hidden", "true"); // the canvas itself carries the alternative text
    inner.className = "hb-drawing"; // as wide as the canvas, and not seen yet
    canvas.append(inner);
    // the page's policy allows no code made from text and no style written by a script: Vega reads its expressions
    // with the interpreter that the bundle holds (ast), and its styles are in components.css
    vegaEmbed(inner, spec, {
      renderer: "svg", actions: false, ast: true, defaultStyle: false, tooltip: { disableDefaultStyle: true },
      formatLocale: POUNDS,
    })
      .then(function () {
        canvas.style.minHeight = canvas.offsetHeight + "px"; // what stands below must not move up
        if (still) { still.remove(); }
        inner.className = "";
        figure.classList.add("hb-drawn");
      })
      .catch(function (error) {
        inner.remove();
        figure.classList.add("hb-failed");
        if (!still) { canvas.textContent = "This chart could not be drawn. Its table has the same figures."; }
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
      document.querySelectorAll("img.hb-picture").forEach(function (still) { still.loading = "eager"; });
    });
  });
})();
