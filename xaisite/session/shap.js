// Draws a force plot of SHAP; the library is the installed package's own. Its ink is black, so it stands on white.
export default async (element, { data, library }) => {
  await library();
  element.style.background = "#fff";
  const { ReactDom, React } = window.SHAP;
  ReactDom.render(React.createElement(window.SHAP[data.view], data.data), element);
};
