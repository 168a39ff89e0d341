"""API tokens: sent as "Authorization: Token ...", stored as hashes by django-rest-knox."""

from __future__ import annotations

from django.contrib.auth.models import User
from knox.auth import TokenAuthentication
from knox.models import get_token_model
from rest_framework.exceptions import AuthenticationFailed


class HashedTokenAuthentication(TokenAuthentication):
    """Knox's; a token that is no text at all is a wrong one."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, object]:
        try:
            token.decode()
        except UnicodeDecodeError as error:
            raise AuthenticationFailed("The token is not valid.") from error
        return super().authenticate_credentials(token)


def create_token(user: User) -> str:
    """Makes a token of the user's and returns it; afterwards nothing can show it."""
    _row, token = get_token_model().objects.create(user=user)
    return str(token)
