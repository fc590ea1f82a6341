"""What MetaData cannot say: a view, a function and a trigger, made after the tables."""

from sqlalchemy import DDL, event

from shop.base import Base

ORDER_TOTALS = DDL("""
CREATE VIEW order_totals AS
SELECT orders.id, orders.number, orders.state, customers.email,
       coalesce(sum(order_lines.quantity * order_lines.price), 0) AS total
FROM orders
JOIN customers ON customers.id = orders.customer_id
LEFT JOIN order_lines ON order_lines.order_id = orders.id
GROUP BY orders.id, customers.id
""")

LOG_CHANGE = DDL("""
CREATE FUNCTION log_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %%I.audit_log (what, before, after) VALUES ($1, $2, $3)',
                   TG_TABLE_SCHEMA)
    USING lower(TG_OP), to_jsonb(OLD), to_jsonb(NEW);
    RETURN NULL;
END
$$
""")

ORDERS_AUDIT = DDL("""
CREATE TRIGGER orders_audit AFTER UPDATE OR DELETE ON orders
FOR EACH ROW EXECUTE FUNCTION log_change()
""")

for ddl in (ORDER_TOTALS, LOG_CHANGE, ORDERS_AUDIT):
    event.listen(Base.metadata, "after_create", ddl)
