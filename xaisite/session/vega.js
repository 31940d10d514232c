// Draws a Vega-Lite chart (Altair's); the library is that of the installed vl-convert.
export default async (element, { data, library, theme }) => {
  await library();
  await window.vegaEmbed(element, data, { theme: theme() === "dark" ? "dark" : undefined, actions: false, renderer: "svg" });
};
