// Draws the charts of a page: each stands as JSON in a script that is only data.

for (const place of document.querySelectorAll(".chart")) {
  const { data, layout } = JSON.parse(place.querySelector("script").textContent);
  const drawn = document.createElement("div");
  place.append(drawn);
  const said = place.querySelector(".said");
  Plotly.newPlot(drawn, data, { ...layout, autosize: true, width: undefined }, {
    responsive: true,
    displaylogo: false,
    displayModeBar: false,
    scrollZoom: false,
  }).then(() => {
    said.hidden = true; // the picture says it, and its name does
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", said.textContent);
    place.dataset.drawn = "yes";
  });
}
