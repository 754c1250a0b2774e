"""The command line: check one text, hold a conversation, or serve the web application."""

import argparse
import json
import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, TextIO

from advisor.domain import Assessment, Certainty, Conversation, Facts, Turn
from advisor.judge import all_judged
from advisor.reading import read
from advisor.rulebook import Rulebook, RulebookError, standard, whole

if TYPE_CHECKING:
    from advisor.model import Model


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="advisor", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="what the rules alone say about a text")
    check.add_argument("text", nargs="*", metavar="TEXT", help="a task or a message; read from standard input where there is none")
    check.add_argument("--jsonl", action="store_true", help='read lines {"text": …}, write one line each')
    replay = commands.add_parser("replay", help="recorded decisions, judged again under the rule files at hand")
    replay.add_argument(
        "file", type=argparse.FileType(encoding="utf-8", errors="surrogateescape"), help="JSON lines as check --jsonl writes them"
    )
    chat = commands.add_parser("chat", help="a conversation in the terminal")
    chat.add_argument("--jsonl", action="store_true", help='read lines {"conversation": "id", "say": …}, write one line each')
    chat.add_argument("--no-model", action="store_true", help="answer from the rules alone")
    commands.add_parser("doctor", help="whether this machine has what the advisor needs: rules, settings, model")
    commands.add_parser("feedback", help="what owners think of answers, as JSON lines; words only of those who included them")
    serve = commands.add_parser("serve", help="the web application")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument("--port", type=port, default=8501, help="port to listen on (default: %(default)s)")
    options = parser.parse_args(arguments)
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=errors)  # what is no text in the terminal's coding is read and shown all the same
    try:
        if options.command == "check":
            return check_lines(sys.stdin) if options.jsonl else check_texts(messages(options.text) or [sys.stdin.read()])
        if options.command == "replay":
            return replay_lines(options.file)
        if options.command == "chat":
            model = None if options.no_model else connected()
            return chat_lines(sys.stdin, model) if options.jsonl else chat_in_terminal(model)
        if options.command == "doctor":
            return examine()
        if options.command == "feedback":
            return tell_feedback()
        return serve_web(options.host, options.port)
    except RulebookError as problem:
        print(f"advisor: {problem}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stdout = None  # whoever was reading has gone; there is nobody left to tell
        return 1


def port(text: str) -> int:
    """A port number, for argparse."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is no port: give one from 0 to 65535")
    return number


def connected() -> "Model | None":
    """The model that the settings name, if any."""
    from advisor.settings import SettingsError, load
    from advisor.web import model_from

    try:
        return model_from(load())
    except SettingsError as problem:
        raise SystemExit(f"advisor: {problem}") from problem


def messages(texts: Sequence[str]) -> Sequence[str]:
    """The messages that arguments give: words without a space in any of them are one message that wasn't quoted."""
    return [" ".join(texts)] if len(texts) > 1 and not any(" " in text for text in texts) else texts


# --- check ------------------------------------------------------------------------------------------------------------


def assessed(text: str, rulebook: Rulebook) -> tuple[Assessment, ...]:
    """What the rules alone say about a message that stands by itself."""
    reading = read(text, Conversation(), rulebook)
    return all_judged(reading.tasks, Facts(reading.heads), rulebook)


def as_json(assessment: Assessment) -> dict[str, Any]:
    """One task of ``check``'s output."""
    rules = [
        {
            "rule": int(number),
            "certainty": min((each.certainty for each in found), key=list(Certainty).index),
            "evidence": list(dict.fromkeys(quote.words for each in found for quote in each.evidence)),
        }
        for number in assessment.rules
        for found in [[each for each in assessment.findings if each.rule is number]]
    ]
    return {
        "task": assessment.task.quote.words,
        "verdict": assessment.verdict,
        "certainty": assessment.certainty,
        "rules": rules,
        "question": assessment.question,
    }


def check_texts(texts: Sequence[str]) -> int:
    """Print what the rules say about each text, for people."""
    rulebook = standard()
    for text in texts:
        assessments = assessed(text, rulebook)
        if not assessments:
            print("No task found in that.")
        for each in assessments:
            print(f"{each.verdict.replace('_', ' ')} ({each.certainty}): {each.task.quote.words}")
            for rule in as_json(each)["rules"]:
                words = ", ".join(f"“{quote}”" for quote in rule["evidence"])
                print(f"  rule {rule['rule']} ({rulebook.rules[rule['rule']].title}), {rule['certainty']}: {words}")
            if each.question:
                print(f"  {each.question}")
    return 0


class BadLine(ValueError):
    """A line of input that can't be used; its text names the mend."""


def records(lines: Iterable[str], keys: Sequence[str]) -> Iterator[dict[str, str] | BadLine]:
    """JSON lines with these text fields, each as a record or as what is wrong with it; blank lines are passed over."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as problem:
            yield BadLine(f"line {number} is not JSON ({problem}): write one object a line")
            continue
        wanted = ", ".join(f'"{key}": "…"' for key in keys)
        if not isinstance(record, dict) or not all(isinstance(record.get(key), str) for key in keys):
            yield BadLine(f"line {number} is not of the form {{{wanted}}}: give each as a text")
            continue
        yield {key: record[key] for key in keys}


def put(record: dict[str, Any]) -> None:
    """Write one JSON line at once, so that a program at the other end can go on."""
    print(json.dumps(record, ensure_ascii=True), flush=True)


def check_lines(lines: TextIO) -> int:
    """Answer JSON lines with JSON lines; 1 where any line was bad."""
    rulebook = standard()
    status = 0
    for record in records(lines, ["text"]):
        if isinstance(record, BadLine):
            put({"error": str(record)})
            status = 1
            continue
        put({"text": record["text"], "tasks": [as_json(each) for each in assessed(record["text"], rulebook)]})
    return status


def replay_lines(lines: TextIO) -> int:
    """Print every recorded verdict that would now be another; 1 where any would, or where a line was bad."""
    rulebook = standard()
    seen = moved = bad = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            before = [(str(task["verdict"]), [int(rule["rule"]) for rule in task["rules"]]) for task in record["tasks"]]
            text = str(record["text"])
        except (ValueError, RecursionError, KeyError, TypeError) as problem:
            print(f"line {number} is no recorded decision ({problem!r}): use the output of advisor check --jsonl", file=sys.stderr)
            bad += 1
            continue
        after = [(str(each.verdict), [int(rule) for rule in each.rules]) for each in assessed(text, rulebook)]
        seen += 1
        if before != after:
            moved += 1
            print(f"{text}\n  was  {told(before)}\n  now  {told(after)}")
    print(f"{seen} decisions, {moved} changed")
    return int(bool(moved or bad))


def told(decisions: Sequence[tuple[str, list[int]]]) -> str:
    """Verdicts and rules in a line."""
    return "; ".join(f"{verdict} {rules or ''}".strip() for verdict, rules in decisions) or "no task"


# --- chat -------------------------------------------------------------------------------------------------------------


def chat_lines(lines: TextIO, model: "Model | None") -> int:
    """Hold the conversations of JSON lines, which may interleave; 1 where any line was bad."""
    from advisor.conversation import respond

    rulebook = standard()
    conversations: dict[str, Conversation] = {}
    status = 0
    for record in records(lines, ["conversation", "say"]):
        if isinstance(record, BadLine):
            put({"error": str(record)})
            status = 1
            continue
        name = record["conversation"]
        conversations[name] = respond(record["say"], conversations.get(name, Conversation()), rulebook, model)
        turn = conversations[name].turns[-1]
        put(
            {
                "conversation": name,
                "turn": len(conversations[name].turns),
                "kind": turn.kind,
                "reply": turn.reply,
                "tasks": [as_json(each) | by_whom(each) for each in turn.assessments],
                "question": turn.question,
                "model": turn.model,
                "record": record_of(turn),
            }
        )
    return status


def by_whom(assessment: Assessment) -> dict[str, Any]:
    """Who decided a task, and what the model had said."""
    said = assessment.opinion.verdict if assessment.opinion else None
    return {"decided_by": assessment.decided_by, "overridden": assessment.overridden, "model_verdict": said}


def record_of(turn: Turn) -> dict[str, Any]:
    """What a turn was decided with, so that an operator can replay it."""
    made_with = turn.provenance
    assert made_with is not None, "every turn is recorded with what it was made with"
    return {
        "rulebook": made_with.rulebook,
        "prompts": made_with.prompts or None,
        "model": made_with.model or None,
        "tokens": [made_with.usage.prompt_tokens, made_with.usage.answer_tokens] if made_with.usage else None,
        "failure": made_with.failure or None,
        "breaches": list(made_with.breaches),
        "passed_over": made_with.passed_over,
    }


def chat_in_terminal(model: "Model | None") -> int:
    """Hold one conversation with whoever sits at the terminal."""
    from advisor.conversation import respond

    rulebook = standard()
    conversation = Conversation()
    print("Tell me about a task you would like to hand over. An empty line ends the conversation.")
    while True:
        try:
            said = input("> ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return 0
        if not said:
            return 0
        if model is not None:
            print("…", flush=True)
        try:
            conversation = respond(said, conversation, rulebook, model)
        except KeyboardInterrupt:
            print()
            return 0
        turn = conversation.turns[-1]
        print(f"\n{turn.reply}\n" + (f"({turn.note})\n" if turn.note else ""))


# --- doctor -----------------------------------------------------------------------------------------------------------


TRIAL = "Should I let my VA fire our receptionist?"


def examine() -> int:
    """Print what works here and what doesn't, with the mend; 1 where anything doesn't."""
    from advisor.conversation import OWN_WORDS, respond
    from advisor.domain import ModelUse
    from advisor.model import OpenAIModel
    from advisor.settings import SettingsError, load
    from advisor.store import Store, StoreError
    from advisor.web import model_from

    logging.getLogger("advisor").setLevel(logging.ERROR)  # what fails is told below
    rulebook = whole()
    print(f"rules     ok: {len(rulebook.rules)} rules, {len(rulebook.entries)} entries, version {rulebook.version}")
    try:
        settings = load()
    except SettingsError as problem:
        print(f"settings  wrong: {problem}")
        return 1
    try:
        store = Store(settings.database_url.get_secret_value() if settings.database_url else None)
        print(f"database  ok: {store.place}")
        store.close()
    except StoreError as problem:
        print(f"database  fails: {problem}")
        return 1
    model = model_from(settings)
    print(f"settings  ok: {settings.model} at {settings.base_url or 'the server of OpenAI'}" if model else "settings  ok")
    if model is None:
        print("model     none: the rules answer alone; set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own")
        return 0
    assert isinstance(model, OpenAIModel)
    deadline = model.deadline()
    began = deadline.left_s()
    turn = respond(TRIAL, Conversation(), rulebook, model).turns[-1]
    took_s = began - deadline.left_s()
    model.close()
    made_with = turn.provenance
    assert made_with is not None
    if turn.model is ModelUse.FAILED:
        print(f"model     fails: {turn.note.removesuffix(OWN_WORDS).strip()} ({made_with.failure}) {mend(made_with.failure)}")
        return 1
    print(f"model     ok: a whole answer in {took_s:.1f} s, asked for JSON by {model.manner.format}, limited by {model.manner.limit}")
    said = "in its own words" if turn.by_model else "in the rules' words: the guard vouched for too little of what it said"
    print(f"prose     {'ok' if turn.by_model else 'none'}: the answer was {said}")
    return 0


def mend(failure: str) -> str:
    """What to do about a model that failed."""
    if failure in ("status 401", "status 403"):
        return "Check OPENAI_API_KEY."
    if failure == "status 404":
        return "Check ADVISOR_MODEL, and that OPENAI_BASE_URL ends as the server's guide says, mostly in /v1."
    if failure in ("TimeoutError", "APITimeoutError", "no first words in time"):
        return "Choose a faster model, or raise ADVISOR_FIRST_WORDS_S and ADVISOR_DEADLINE_S."
    if failure in ("answer of another form", "unusable answer", "BrokenOff"):
        return "Choose a model that follows instructions better, or give it a larger context."
    return "See whether the server runs, and what it logs."


# --- feedback ---------------------------------------------------------------------------------------------------------


def tell_feedback() -> int:
    """Print every opinion that owners gave, oldest first; 2 where the database can't be used."""
    from advisor.settings import SettingsError
    from advisor.store import StoreError
    from advisor.web import store

    try:
        for opinion in store().feedback.all():
            print(json.dumps(opinion, ensure_ascii=False))
    except (SettingsError, StoreError) as problem:
        print(f"advisor: {problem}", file=sys.stderr)
        return 2
    return 0


# --- serve ------------------------------------------------------------------------------------------------------------


LOOPBACK = ("localhost", "127.0.0.1", "::1")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 (told apart, not listened on)
GRACE_S = 3
"""How long requests under way may take when the server is to end."""


def serve_web(host: str, number: int) -> int:
    """Run the web application until it is stopped; 2 where it can't start."""
    import socket

    import uvicorn

    from advisor import logs, web
    from advisor.settings import Settings, SettingsError, load
    from advisor.store import StoreError

    try:
        settings = load()
        logs.configure(settings.log_level)
        whole()
        web.store()
        with socket.create_server((host, number), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            pass
    except (SettingsError, StoreError) as problem:
        print(f"advisor: {problem}", file=sys.stderr)
        return 2
    except OSError as problem:
        print(f"advisor: can't listen on {host}:{number} ({problem.strerror}): try another --port or --host", file=sys.stderr)
        return 2
    shown = f"[{host}]" if ":" in host else host
    print(f"Advisor is at http://{'127.0.0.1' if host in EVERYWHERE else shown}:{number} (Ctrl+C stops it)", flush=True)
    if host not in LOOPBACK and settings.allowed_hosts == Settings.model_fields["allowed_hosts"].default:
        print("It answers to this machine's own names alone: set ADVISOR_ALLOWED_HOSTS to the names that visitors type", flush=True)
    uvicorn.run(
        "advisor.web:application",
        factory=True,
        host=host,
        port=number,
        log_config=None,
        access_log=False,
        server_header=False,
        ws_per_message_deflate=False,  # it costs more than it saves
        timeout_graceful_shutdown=GRACE_S,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
