"""Alembic's environment: one transaction, in the tenant's schema if one is named."""

from alembic import context
from sqlalchemy import text

connection = context.config.attributes["connection"]
tenant = context.config.attributes.get("tenant")

# As in Alembic's cookbook for a schema per tenant.
if tenant is not None:
    connection.execute(text(f"set search_path to {tenant}"))
    connection.commit()
    connection.dialect.default_schema_name = tenant
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
