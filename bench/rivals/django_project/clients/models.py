"""The tenants, as django-tenants wants to have them."""

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


class Client(TenantMixin):
    """A tenant."""

    name = models.CharField(max_length=100)


class Domain(DomainMixin):
    """Where a tenant is reached."""
