// The board: every card in its column, to be found, moved, timed and asked about. All outside words are set as text, never as HTML.
const kept = new WeakMap();

export default ({ data, parentElement, setTriggerValue }) => {
  const root = parentElement.querySelector(".board");
  if (isLate(root, data)) return;
  const state = kept.get(root) ?? { words: "", rule: "", focus: null, open: new Set() };
  kept.set(root, state);
  const tell = (event) => setTriggerValue("event", { ...event, at: Date.now() });
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (value === true) element.setAttribute(key, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  };
  const icon = (name) => make("span", { class: "icon", "aria-hidden": "true" }, name);
  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

  function picture() {
    const total = data.cards.length;
    const bar = make("div", { class: "bar", "aria-hidden": "true" });
    const legend = make("ul", { class: "legend" });
    for (const column of data.columns) {
      const number = data.cards.filter((card) => card.column === column.key).length;
      if (number) bar.append(make("span", { class: column.key, style: `flex-grow: ${number}` }, number / total > 0.06 ? String(number) : ""));
      legend.append(make("li", { class: column.key }, icon(column.icon), ` ${column.label}: ${number}`));
    }
    return make("section", { "aria-label": "How much of the list goes where" }, make("p", { class: "gist" }, data.gist), bar, legend);
  }

  function filters() {
    const words = make("input", { type: "search", id: "words", placeholder: "Filter by words", "aria-label": "Filter by words", value: state.words });
    words.addEventListener("input", () => { state.words = words.value; filter(); });
    const rule = make("select", { "aria-label": "Filter by rule" }, make("option", { value: "" }, "Every rule"));
    for (const name of data.rules) rule.append(make("option", { value: name, selected: name === state.rule }, name));
    rule.addEventListener("change", () => { state.rule = rule.value; filter(); });
    return make("div", { class: "filters", role: "search" }, words, rule, make("span", { class: "found", role: "status" }));
  }

  function card(each) {
    const task = make("p", { class: "task", dir: "auto" });
    for (const [words, shows] of each.task) task.append(shows ? make("mark", {}, words) : words);
    const move = make("select", { class: "move", "aria-label": `Column of ${each.text}` });
    for (const column of data.columns) move.append(make("option", { value: column.key, selected: column.key === each.column }, column.label));
    move.addEventListener("change", () => { state.focus = ["move", each.number]; tell({ do: "move", card: each.number, to: move.value }); });
    const hours = make("input", {
      class: "hours", type: "number", min: "0", max: "168", step: "0.25", inputmode: "decimal",
      "aria-label": `Hours a week of ${each.text}`, value: each.hours ?? "",
    });
    hours.addEventListener("change", () => {
      if (!hours.checkValidity()) { hours.reportValidity(); return; }
      state.focus = ["hours", each.number];
      tell({ do: "hours", card: each.number, hours: hours.value === "" ? null : Number(hours.value) });
    });
    const details = make("details", { open: state.open.has(each.number) }, make("summary", {}, "Why, and what can go"), make("p", {}, each.why));
    details.addEventListener("toggle", () => state.open[details.open ? "add" : "delete"](each.number));
    for (const [heading, parts] of [["Stays with you", each.stays], ["Can go", each.goes]]) {
      if (parts.length) details.append(make("p", { class: "part" }, heading), make("ul", {}, ...parts.map((part) => make("li", {}, part))));
    }
    if (each.done) details.append(make("p", { class: "part" }, "Done looks like"), make("p", {}, each.done));
    const item = make(
      "li", { class: `card ${each.verdict}`, "data-number": each.number, draggable: "true" },
      each.section ? make("p", { class: "note" }, each.section) : null,
      task,
      make("p", { class: "says" }, icon(each.icon), make("strong", {}, each.words), each.rule ? ` · ${each.rule}` : ""),
      each.decided ? make("p", { class: "decided" }, icon("front_hand"), `Your decision: ${each.decided}. The advisor says: ${each.words.toLowerCase()}.`) : null,
      each.question ? make("p", { class: "question" }, each.question) : null,
      ...each.notes.map(([name, note]) => make("p", { class: "note" }, icon(name), note)),
      details,
      make("div", { class: "do" }, move, make("label", {}, hours, " h/week"),
        make("button", { type: "button", disabled: each.waits, "aria-label": `Ask about ${each.text}`, onclick: () => tell({ do: "ask", card: each.number }) }, "Ask about it")),
    );
    item.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/plain", String(each.number)));
    return item;
  }

  function column(each) {
    const cards = data.cards.filter((card) => card.column === each.key);
    const list = make("ol", { class: "cards" }, ...cards.map(card));
    const section = make("section", { class: `column ${each.key}`, "aria-labelledby": `column-${each.key}` },
      make("h2", { id: `column-${each.key}` }, icon(each.icon), ` ${each.label} `, make("span", { class: "count" }, String(cards.length))),
      cards.length ? list : make("p", { class: "empty" }, "Nothing here."));
    section.addEventListener("dragover", (event) => event.preventDefault());
    section.addEventListener("drop", (event) => {
      event.preventDefault();
      const number = Number(event.dataTransfer.getData("text/plain"));
      if (data.cards.some((card) => card.number === number && card.column !== each.key)) tell({ do: "move", card: number, to: each.key });
    });
    return section;
  }

  function filter() {
    const wanted = state.words.trim().toLowerCase();
    let found = 0;
    for (const each of data.cards) {
      const shown = each.text.toLowerCase().includes(wanted) && (!state.rule || each.rule.includes(state.rule));
      root.querySelector(`[data-number="${each.number}"]`).hidden = !shown;
      found += shown;
    }
    root.querySelector(".found").textContent = wanted || state.rule ? `${count(found, "card")} of ${data.cards.length}` : "";
  }

  const typing = root.getRootNode().activeElement?.id === "words";
  root.replaceChildren(picture(), filters(), make("div", { class: "columns" }, ...data.columns.map(column)));
  filter();
  if (typing) root.querySelector("#words").focus();
  if (state.focus) {
    root.querySelector(`[data-number="${state.focus[1]}"] .${state.focus[0]}`)?.focus();
    state.focus = null;
  }
};

// While the browser loads this file, two updates may arrive in either order: the older is left out.
function isLate(root, { tab, number }) {
  const last = root.drawn;
  if (last?.tab === tab && last.number > number) return true;
  root.drawn = { tab, number };
  return false;
}
