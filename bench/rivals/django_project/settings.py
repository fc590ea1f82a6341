"""Settings of a Django project with a schema for each tenant, as django-tenants documents them."""

import json
import os

_server = json.loads(os.environ["BENCH_DATABASE"])

DATABASES = {
    "default": {
        "ENGINE": "django_tenants.postgresql_backend",
        "NAME": _server.get("dbname", ""),
        "USER": _server.get("user", ""),
        "PASSWORD": _server.get("password", ""),
        "HOST": _server.get("host", ""),
        "PORT": _server.get("port", ""),
    }
}
DATABASE_ROUTERS = ("django_tenants.routers.TenantSyncRouter",)
SHARED_APPS = ("django_tenants", "clients", "django.contrib.contenttypes")
TENANT_APPS = ("shop",)
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS]
TENANT_MODEL = "clients.Client"
TENANT_DOMAIN_MODEL = "clients.Domain"
TENANT_MULTIPROCESSING_MAX_PROCESSES = int(os.environ["BENCH_JOBS"])
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
