"""Runs Alembic's upgrade, once or for each tenant; says each schema that is done.

python -m bench.rivals.alembic_worker fan_out|per_tenant

Reads a line of JSON, `[SQLAlchemy URL, [tenant, …]]`.
"""

import json
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

_ENVIRONMENT = Path(__file__).with_name("alembic_env")


def main() -> None:
    """In one process, over one connection: without what starting Alembic anew would cost."""
    way = sys.argv[1]
    url, tenants = json.loads(sys.stdin.readline())
    config = Config()
    config.set_main_option("script_location", str(_ENVIRONMENT))
    config.set_main_option("version_locations", str(_ENVIRONMENT / way))
    config.set_main_option("path_separator", "os")
    with create_engine(url).connect() as connection:
        config.attributes["connection"] = connection
        if way == "fan_out":
            command.upgrade(config, "head")
            return
        for tenant in tenants:
            config.attributes["tenant"] = tenant
            command.upgrade(config, "head")
            print(tenant)


if __name__ == "__main__":
    main()
