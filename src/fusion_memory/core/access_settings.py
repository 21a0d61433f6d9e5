"""Settings of who may call, and how often: keys, tokens, rights, doors, limits.

Why it exists: none of them may come from a file that arrived with a checkout. It must not know where
values come from.
"""

from __future__ import annotations

from dataclasses import dataclass

from fusion_memory.core.model_settings import described


@dataclass(frozen=True, slots=True)
class AuthSettings:
    """Who may call the service, and as whom."""

    mode: str = described(
        "auto",
        "on, off (this computer only) or auto: on once there is a key or a token, or it serves a network",
        "on、off(仅限本机)或 auto:已建密钥、已配置令牌或对网络开放时为 on",
    )
    pepper: str = described(
        "",
        "mixed into hashes of keys; to change it ends all keys (environment only)",
        "混入密钥哈希;更改后所有密钥失效(仅限环境变量)",
        shown=False,
    )
    rights_file: str = described(
        "",
        "TOML or JSON file that says who may do what; empty: rights of keys alone",
        "权限文件(TOML 或 JSON);留空只看密钥自身的权限",
    )
    authorizer: str = described(
        "",
        "module:factory of an authorizer of yours; empty: the built-in one",
        "自定义授权器 module:factory;留空用内置授权器",
    )
    allowed_hosts: str = described(
        "",
        "names in the Host header beside this computer's, separated by commas",
        "除本机外允许的 Host 名,逗号分隔",
    )
    allowed_origins: str = described(
        "",
        "origins of web pages that may call, separated by commas; empty: none",
        "允许调用的网页来源,逗号分隔;留空则没有",
    )
    jwt_algorithm: str = described(
        "", "HS256, RS256, ES256 or EdDSA; empty: no tokens", "HS256、RS256、ES256 或 EdDSA;留空不接受令牌"
    )
    jwt_secret: str = described(
        "", "secret of HS256 tokens (environment only)", "HS256 令牌的密钥(仅限环境变量)", shown=False
    )
    jwt_jwks: str = described("", "file with the public keys of tokens, JWKS", "令牌公钥文件(JWKS)")
    jwt_issuer: str = described("", "issuer that tokens must name", "令牌必须注明的签发者")
    jwt_audience: str = described("", "audience that tokens must name", "令牌必须注明的受众")
    jwt_workspace_claim: str = described("workspace_id", "claim that names the workspace", "注明工作区的声明")
    jwt_user_claim: str = described(
        "user_id", "claim that binds a token to a user; empty: none", "把令牌绑定到用户的声明;留空不绑定"
    )
    jwt_rights_claim: str = described(
        "scope",
        "claim with the rights: read, write, workspace, admin",
        "注明权限的声明:read、write、workspace、admin",
    )


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """How much a caller of the service may ask for."""

    key_per_minute: int = described(
        1_200, "requests of one key a minute; 0: no bound", "单个密钥每分钟请求数;0 表示不限"
    )
    tenant_per_minute: int = described(
        6_000, "requests of one workspace a minute; 0: no bound", "单个工作区每分钟请求数;0 表示不限"
    )
    stranger_per_minute: int = described(
        60, "refused keys from one address a minute; 0: no bound", "单个地址每分钟被拒绝的密钥数;0 表示不限"
    )
    burst: int = described(100, "requests of one key that may come at once", "单个密钥允许同时到来的请求数")
    tokens_per_day: int = described(
        0,
        "tokens a workspace may send and get a day, 4 bytes each; 0: no bound",
        "单个工作区每天收发的 token 数(按 4 字节计);0 表示不限",
    )
