"""Where Alembic finds the connection that it is to migrate, and the tables as they should be."""

from alembic import context

from advisor.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
