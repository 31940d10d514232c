export default async (element, { data, fallback, theme }) => {
  const text = document.createElement("p");
  text.textContent = `${data.points} points, ${theme()}, ${fallback.querySelectorAll("img").length} still`;
  element.append(text);
};
