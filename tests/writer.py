"""A process that keeps turns as fast as it can, and tells of each once it is kept; to be killed in the middle of it."""

from dataclasses import replace
from multiprocessing.connection import Connection

from advisor.domain import Conversation, Turn, TurnKind
from advisor.store import Store, now

VISITOR = "w" * 64


def write(url: str, telling: Connection) -> None:
    """Go on with the one conversation: each turn once as it is answered, and once as it is answered whole."""
    store = Store(url)
    listed = store.conversations.listed(VISITOR)
    identity = listed[0].id if listed else None
    kept = store.conversations.load(VISITOR, identity) if identity else None
    conversation = kept.conversation if kept else Conversation()
    while True:
        number = len(conversation.turns) + 1
        turn = Turn(f"turn {number}", TurnKind.REDIRECT, "half")
        conversation = replace(conversation, turns=(*conversation.turns, turn))
        identity = store.conversations.save(VISITOR, identity, conversation, False, now())
        telling.send((number, False))
        conversation = replace(conversation, turns=(*conversation.turns[:-1], replace(turn, reply="whole")))
        store.conversations.save(VISITOR, identity, conversation, True, now())
        telling.send((number, True))
