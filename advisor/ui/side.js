// A visitor's conversations and lists: to be opened, found again, or left for a new one. All words are set as text, never as HTML.
const TYPING_MS = 400;

export default ({ data, parentElement, setTriggerValue }) => {
  const part = (name) => parentElement.querySelector(name);
  const tell = (event) => setTriggerValue("event", event);
  const [search, list, all] = [part("input"), part("ul"), part(".all")];
  if (isLate(list, data)) return;
  part(".new").onclick = () => tell({ do: "new" });
  part("h2").hidden = !data.any;
  search.hidden = !data.searches;
  if (document.activeElement !== search) search.value = data.search;
  search.oninput = () => { // not when it loses the focus: the list would change under whoever taps on it
    clearTimeout(search.waits);
    search.waits = setTimeout(() => tell({ do: "search", words: search.value }), TYPING_MS);
  };
  part(".none").hidden = !data.search || data.entries.length > 0;
  all.hidden = !data.all;
  all.textContent = data.all;
  all.onclick = () => { list.before = data.entries.length; tell({ do: "all" }); };
  const shown = JSON.stringify(data.entries);
  if (list.shown === shown) return;
  list.shown = shown;
  const focused = document.activeElement?.dataset.id;
  list.replaceChildren(...data.entries.map((each) => entry(each, tell)));
  const buttons = [...list.querySelectorAll("button")];
  const next = list.before ? buttons[list.before] : buttons.find((button) => focused && button.dataset.id === focused);
  list.before = 0;
  next?.focus({ preventScroll: true });
};

// While the browser loads this file, two updates may arrive in either order: the older is left out.
function isLate(root, { tab, number }) {
  const last = root.drawn;
  if (last?.tab === tab && last.number > number) return true;
  root.drawn = { tab, number };
  return false;
}

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
