// A visitor's conversations and lists: to be opened, found again, or left for a new one. All words are set as text, never as HTML.
export default ({ data, parentElement, setTriggerValue }) => {
  const part = (name) => parentElement.querySelector(name);
  const tell = (event) => setTriggerValue("event", { ...event, at: Date.now() });
  const [search, list, all] = [part("input"), part("ul"), part(".all")];
  part(".new").onclick = () => tell({ do: "new" });
  part("h2").hidden = !data.any;
  search.hidden = !data.searches;
  if (document.activeElement !== search) search.value = data.search;
  search.onchange = () => tell({ do: "search", words: search.value });
  search.oninput = () => { if (!search.value) tell({ do: "search", words: "" }); }; // the cross in it
  part(".none").hidden = !data.search || data.entries.length > 0;
  all.hidden = !data.all;
  all.textContent = data.all;
  all.onclick = () => tell({ do: "all" });
  const focused = document.activeElement?.dataset.id;
  list.replaceChildren(...data.entries.map((each) => entry(each, tell)));
  if (focused) [...list.querySelectorAll("button")].find((button) => button.dataset.id === focused)?.focus({ preventScroll: true });
};

function entry({ id, title, board, here }, tell) {
  const [item, button, icon] = ["li", "button", "span"].map((name) => document.createElement(name));
  icon.className = "icon";
  icon.ariaHidden = "true";
  icon.textContent = board ? "checklist" : "chat";
  button.type = "button";
  button.dir = "auto";
  button.dataset.id = id;
  if (here) button.ariaCurrent = "true";
  button.append(icon, title);
  button.addEventListener("click", () => tell({ do: "open", id, board }));
  item.append(button);
  return item;
}
