"""The provider that ``auth_providers = ["custom"]`` names: a token of the environment."""

from xlwings_udfs.hosts.server.auth import validate_token

__all__ = ["validate_token"]
