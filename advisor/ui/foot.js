// Shows what can be done with the last answer, tells a screen reader of a finished one once, keeps the keyboard where it is needed, copies.
const READ_OUT_MS = 3000;
const told = new WeakMap();

export default ({ data, parentElement, setTriggerValue }) => {
  const region = parentElement.querySelector("[role=status]");
  if (isLate(region, data)) return;
  const heading = parentElement.querySelector("h1");
  heading.textContent = data.heading;
  heading.hidden = !data.heading;
  const tell = (event) => setTriggerValue("event", { ...event, turns: data.turns }); // a tap on what was drawn before is none
  offer(parentElement.querySelector(".foot"), data.offers, data.said, tell);
  const before = told.get(region);
  told.set(region, { answers: data.answers, turns: data.turns, editing: data.editing });
  if (!window.advisorCopies) {
    window.advisorCopies = true;
    document.addEventListener("click", (event) => copy(event.target.closest("[data-copy]")));
  }
  if (!before) {
    soon(data.turns ? showAnswer : () => box()?.scrollTo(0, 0), [0, 120, 300, 700, 1200]);
    return;
  }
  if (data.editing && !before.editing) setTimeout(() => document.querySelector(".st-key-editor textarea")?.focus(), 150);
  if (data.turns > before.turns) soon(showAnswer, [0, 120, 300]);
  if (data.answers <= before.answers) return;
  region.textContent = data.said;
  setTimeout(() => { region.textContent = ""; }, READ_OUT_MS); // so that nobody who reads on meets it twice
  setTimeout(focusBox, 120);
};

// What is offered still stays as it is, and the keyboard stays on it. All words are set as text, never as HTML.
function offer(foot, offers, said, tell) {
  foot.tell = tell;
  const shown = JSON.stringify(offers);
  if (foot.shown !== shown) {
    foot.shown = shown;
    const tap = (label, event, icon, more = {}) => button(label, icon, () => foot.tell(event), more);
    const rate = (name, thumb) => {
      const pressed = offers.thumb === thumb;
      return tap("", { do: "rate", thumb: pressed ? null : thumb }, `thumb_${name}`, { "aria-label": `Thumbs ${name}`, "aria-pressed": pressed });
    };
    const tools = [
      offers.copies && button("Copy", "", null, { "data-copy": "" }),
      offers.shares && tap("Share a summary", { do: "share" }, "share"),
      offers.edits && tap("Edit my message", { do: "edit" }, "edit"),
      offers.rephrases && tap("Say it differently", { do: "rephrase" }, "refresh"),
      ...(offers.rates ? [rate("up", 1), rate("down", 0)] : []),
    ];
    const chips = (offers.follow_ups ?? []).map(({ label, words }) => tap(label, { do: "say", words }));
    const rows = [row("tools", tools.filter(Boolean)), row("chips", chips)].filter(Boolean);
    const focused = foot.contains(document.activeElement) ? named(document.activeElement) : null;
    foot.replaceChildren(...rows);
    foot.hidden = !rows.length;
    if (focused) [...foot.querySelectorAll("button")].find((each) => named(each) === focused)?.focus({ preventScroll: true });
  }
  foot.querySelector("[data-copy]")?.setAttribute("data-copy", said);
}

const named = (made) => made.ariaLabel || made.textContent;

function row(name, buttons) {
  if (!buttons.length) return null;
  const made = document.createElement("div");
  made.className = name;
  made.append(...buttons);
  return made;
}

function button(label, icon, act, attributes) {
  const made = document.createElement("button");
  made.type = "button";
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (icon) {
    const picture = document.createElement("span");
    picture.className = "icon";
    picture.ariaHidden = "true";
    picture.textContent = icon;
    made.append(picture);
  }
  made.append(label);
  if (act) made.addEventListener("click", act);
  return made;
}

// While the browser loads this file, two updates may arrive in either order: the older is left out.
function isLate(root, { tab, number }) {
  const last = root.drawn;
  if (last?.tab === tab && last.number > number) return true;
  root.drawn = { tab, number };
  return false;
}

const box = () => document.querySelector("[data-testid=stAppScrollToBottomContainer]");

// Streamlit scrolls when it is done drawing, which takes a moment; whoever does something meanwhile is left alone.
function soon(act, waits) {
  const timers = waits.map((wait) => setTimeout(act, wait));
  const leave = () => timers.forEach(clearTimeout);
  for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) document.addEventListener(kind, leave, { once: true, capture: true });
}

// The last message comes to the top of the screen, or as near to it as what follows lets it, so that its answer is read from its beginning.
function showAnswer() {
  const question = [...document.querySelectorAll(".message.owner, .st-key-editor")].at(-1);
  if (question) box()?.scrollBy(0, question.getBoundingClientRect().top - 70);
}

// What was pressed may be gone; then the keyboard goes on in the box. On a touch screen that would open the keyboard over the answer.
function focusBox() {
  const lost = document.activeElement === document.body || !document.activeElement;
  if (lost && matchMedia("(pointer: fine)").matches) document.querySelector("[data-testid=stChatInputTextArea]")?.focus({ preventScroll: true });
}

async function copy(button) {
  if (!button) return;
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  const label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = label === "Copied" ? "Copy" : label; }, 2000);
}
