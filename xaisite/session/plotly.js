// Draws a Plotly figure; the library is the installed package's own.
export default async (element, { data, library, theme }) => {
  await library();
  const plain = { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: theme() === "dark" ? "#e8e8ea" : "#1d1e20" } };
  const layout = { autosize: true, ...data.layout, ...plain };
  delete layout.width;
  await window.Plotly.newPlot(element, data.data, layout, { responsive: true, displaylogo: false });
};
