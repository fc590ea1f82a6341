"""Order totals."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("""
        create view order_totals as
        select orders.id, orders.number, orders.state, customers.email,
               coalesce(sum(order_lines.quantity * order_lines.price), 0) as total
        from orders
        join customers on customers.id = orders.customer_id
        left join order_lines on order_lines.order_id = orders.id
        group by orders.id, customers.id
    """)


def downgrade() -> None:
    op.execute("drop view order_totals")
