"""The kinds of secrets that are known by their form: credentials that nobody means to have remembered.

Each kind is one line: its name, a text without which it cannot occur (to look no further), and the pattern; the
group ``secret`` is what goes, the whole match where there is none. The forms are those that the issuers publish for
their own scanners. Patterns are ASCII, so that a Chinese character beside a token ends it, and every repetition is
bounded or ends at what it cannot contain, so that time grows with the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fusion_memory.text.secret_judgement import has_digit, is_assigned, is_card, is_in_url, is_random, is_told


@dataclass(frozen=True, slots=True)
class SecretKind:
    """One kind: ``hints`` are lower-case texts one of which must stand in the text, ``holds`` a last judgement."""

    name: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    holds: Callable[[re.Match[str]], bool] | None = None


def _kind(
    name: str, hints: str, pattern: str, *, holds: Callable[[re.Match[str]], bool] | None = None, flags: int = 0
) -> SecretKind:
    return SecretKind(name, tuple(hints.split()), re.compile(pattern, re.ASCII | flags), holds)


def _token(
    name: str, hints: str, body: str, *, before: str = r"\w", holds: Callable[[re.Match[str]], bool] | None = None
) -> SecretKind:
    """A token that stands by itself; ``before`` are the characters that cannot stand right before it."""
    return _kind(name, hints, rf"(?<![{before}])(?:{body})(?![\w-])", holds=holds)


_NAMED_SO = (
    r"(?:(?:(?<![A-Za-z])|(?-i:(?<=[a-z])(?=P)))pass(?:word|wd|phrase|code)|(?<![A-Za-z])pwd"
    r"|密\s?码|口令|密\s?碼)"
)
_SHORT = r"(?<=[_-])(?P<short>pass)(?=\s{0,3}=|\\{0,4}[\"'])"
"""``db_pass``: in a text, a mountain pass; so only where it is assigned or a quoted name."""
_NAMED = (
    r"(?:api|access|auth|account|app|client|private|secret|signing|encryption|session|refresh|bearer|service|master)"
    r"[ _.-]?(?:key|token|secret|credential)s?|secret|token|密钥|令牌|密鑰|凭证"
)
_QUOTE = r"\\{0,4}[\"'`]"
"""Also one that is escaped, as in JSON within JSON."""
_VALUE = (
    rf"(?P<quote>{_QUOTE})?[\u201c\u2018\u300c\u300e]?"
    r"(?P<secret>(?(quote)(?:(?!(?P=quote))[^\n]){4,200}|[!#-&(-+\--:<-_a-~]{4,200}(?<![.:?)\]}>])))"
    r"(?(quote)(?P=quote))"
)
"""A value in quotes, or what stands without a blank; characters beyond ASCII end it."""

KINDS: Final[tuple[SecretKind, ...]] = (
    # keys in files
    _kind(
        "private_key",
        "private",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?:(?!-----BEGIN)[^\x00]){0,16000}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"|(?:\s{0,4}[A-Za-z0-9+/=]{30,80})*)",
    ),
    _kind(
        "putty_key",
        "private-lines",
        r"Private-Lines: ?\d+\s+(?P<secret>(?:[A-Za-z0-9+/=]{4,80}(?=\r?\n|\Z)(?:\r?\n(?=[^:\n]+$))?){1,200})",
        flags=re.MULTILINE,
    ),
    _token("age_key", "age-secret-key-", r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
    # clouds
    _token("aws_access_key", "akia asia abia acca", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"),
    _kind(
        "aws_secret_key",
        "aws secretaccesskey secret_access_key",
        r"(?:aws[\w .-]{0,20}|secret_?access_?key)[\"']?\s{0,5}[=:]{1,2}\s{0,5}[\"']?"
        r"(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])",
        flags=re.IGNORECASE,
    ),
    _token("google_api_key", "aiza", r"AIza[\w-]{35}"),
    _kind("google_oauth_token", "ya29.", r"(?<![\w-])ya29\.[\w-]{20,500}"),
    _token("google_client_secret", "gocspx-", r"GOCSPX-[\w-]{28}"),
    _kind("azure_storage_key", "accountkey=", r"AccountKey=(?P<secret>[A-Za-z0-9+/]{86}==)"),
    _kind("azure_signature", "sig=", r"[?&]sig=(?P<secret>[A-Za-z0-9%+/]{40,100}(?:%3D|=){1,2})"),
    _kind("azure_client_secret", "q~", r"(?<![\w~.-])[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~-])"),
    _token("alibaba_access_key", "ltai", r"LTAI[A-Za-z0-9]{12,26}"),
    _token("tencent_secret_id", "akid", r"AKID[A-Za-z0-9]{32}"),
    _token("digitalocean_token", "_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
    _token("heroku_key", "hrku-", r"HRKU-[\w-]{36,64}"),
    _token("cloudflare_key", "v1.0-", r"v1\.0-[a-f0-9]{24}-[a-f0-9]{146}"),
    _token("databricks_token", "dapi", r"dapi[a-f0-9]{32}(?:-\d)?"),
    _kind("vault_token", "hvs. hvb. hvr.", r"(?<![\w-])hv[sbr]\.[\w-]{24,200}"),
    _kind("terraform_token", ".atlasv1.", r"(?<![\w-])[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,80}"),
    # code
    _token("github_token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{36,255}"),
    _token("github_fine_grained_token", "github_pat_", r"github_pat_\w{22,255}"),
    _token(
        "gitlab_token",
        "glpat- glrt- glptt- gldt- glcbt- glsoat- glft-",
        r"gl(?:pat|rt|ptt|dt|cbt|soat|ft)-[\w-]{20,64}",
    ),
    _token("bitbucket_token", "atbb", r"ATBB[A-Za-z0-9]{32}"),
    _token("atlassian_token", "atatt3", r"ATATT3[\w=-]{180,200}"),
    _token("npm_token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _token("pypi_token", "pypi-", r"pypi-AgE[\w-]{50,500}"),
    _token("docker_token", "dckr_pat_", r"dckr_pat_[\w-]{27,64}"),
    _token("rubygems_key", "rubygems_", r"rubygems_[a-f0-9]{48}"),
    # models
    _token("anthropic_key", "sk-ant-", r"sk-ant-[\w-]{20,200}"),
    _token(
        "openai_key",
        "sk-",
        r"sk-(?!ant-)(?:(?:proj|svcacct|admin|or-v1)-)?[A-Za-z0-9_-]{20,200}",
        before=r"\w-",
        holds=is_random,
    ),
    _token("huggingface_token", "hf_ api_org_", r"(?:hf|api_org)_[A-Za-z0-9]{30,40}"),
    _token("replicate_token", "r8_", r"r8_[A-Za-z0-9]{37,40}"),
    _token("groq_key", "gsk_", r"gsk_[A-Za-z0-9]{48,56}"),
    _token("xai_key", "xai-", r"xai-[A-Za-z0-9]{70,90}"),
    _token("perplexity_key", "pplx-", r"pplx-[A-Za-z0-9]{40,60}"),
    # messages
    _token("slack_token", "xox xapp-", r"(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,250}", holds=has_digit),
    _kind(
        "slack_webhook", "hooks.slack.com", r"hooks\.slack\.com/(?:services|workflows)/(?P<secret>[\w/-]{20,120})"
    ),
    _kind("discord_token", ".", r"(?<![\w-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])"),
    _kind("discord_webhook", "/api/webhooks/", r"/api/webhooks/(?P<secret>\d{15,22}/[\w-]{40,100})"),
    _token("telegram_token", ":aa", r"\d{8,10}:AA[\w-]{32,34}", before=r"\w-"),
    _kind(
        "dingtalk_webhook",
        "oapi.dingtalk.com",
        r"oapi\.dingtalk\.com/robot/send\?access_token=(?P<secret>\w{32,80})",
    ),
    _kind("feishu_webhook", "/bot/v2/hook/", r"/open-apis/bot/v2/hook/(?P<secret>[\w-]{20,60})"),
    _kind(
        "wecom_webhook",
        "qyapi.weixin",
        r"qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=(?P<secret>[\w-]{20,60})",
    ),
    _token("twilio_key", "sk", r"SK[0-9a-f]{32}", before=r"\w-"),
    _kind("sendgrid_key", "sg.", r"(?<![\w-])SG\.[\w-]{16,32}\.[\w-]{32,64}(?![\w-])"),
    _token("mailgun_key", "key-", r"key-[0-9a-f]{32}", before=r"\w-"),
    _token("mailchimp_key", "-us", r"[0-9a-f]{32}-us\d{1,2}", before=r"\w-"),
    # money
    _token(
        "stripe_key",
        "_live_ _test_ whsec_",
        r"(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,250}|whsec_[A-Za-z0-9+/=]{24,100})",
    ),
    _token("square_token", "sq0", r"sq0(?:atp|csp|idp)-[\w-]{22,60}"),
    _token("braintree_token", "access_token$", r"access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}"),
    _token("shopify_token", "shp", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    _kind(
        "card_number",
        "",
        r"(?<![\w.-])(?:(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|35\d{2}|6(?:011|2\d{2}|4[4-9]\d|5\d{2}))"
        r"(?:[ -]?\d{4}){3}(?:[ -]?\d{3})?"
        r"|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})(?![\w-])",
        holds=is_card,
    ),
    # tools
    _token("linear_key", "lin_api_", r"lin_api_[A-Za-z0-9]{40}"),
    _token("notion_token", "secret_ ntn_", r"(?:secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{40,60})"),
    _kind("airtable_token", "pat", r"(?<![\w-])pat[A-Za-z0-9]{14}\.[a-f0-9]{64}(?![\w-])"),
    _token("figma_token", "figd_", r"figd_[\w-]{40,60}"),
    _token("postman_key", "pmak-", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    _token("newrelic_key", "nrak-", r"NRAK-[A-Z0-9]{27}"),
    _token("sentry_token", "sntry", r"sntry[su]_[\w=+/-]{40,250}"),
    _token("grafana_token", "glsa_ glc_", r"(?:glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}|glc_[A-Za-z0-9+/=]{32,400})"),
    _token("fusion_memory_key", "fmk_", r"fmk_[A-Za-z0-9]{6,16}_[\w-]{32,64}"),
    # forms that many issuers share
    _kind("json_web_token", "eyj", r"(?<![\w-])eyJ[\w-]{10,4000}\.eyJ[\w-]{10,8000}\.[\w-]{10,2000}"),
    _kind(
        "url_password",
        "://",
        r"\b[a-z][a-z0-9+.-]{1,20}://[!$-.0-9;=A-~]{0,120}:"
        r"(?P<secret>[!$%&(-.0-;=A-_a-~]{1,200}(?:@[!$%&(-+\-.0-9=A-_a-~]{1,100}){0,3})@(?=[\w\[])",
        holds=is_in_url,
        flags=re.IGNORECASE,
    ),
    _kind(
        "authorization_header",
        "bearer basic authorization",
        r"\b(?:bearer|authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:basic|token|bearer))\s{1,3}(?P<secret>[A-Za-z0-9._~+/-]{16,4000}=*)",
        holds=is_random,
        flags=re.IGNORECASE,
    ),
    _kind(
        "session_cookie",
        "cookie",
        r"\bcookie:[^\n]{0,500}?(?:sess(?:ion)?(?:id)?|auth|token|sid)\w{0,20}=(?P<secret>[^\s;,]{16,4000})",
        flags=re.IGNORECASE,
    ),
    _kind(
        "password",
        "pass pwd 密 口令",
        rf"(?:{_NAMED_SO}|{_SHORT})(?:{_QUOTE})?(?P<sign>\s{{0,3}}(?:=>|=|:)\s{{0,3}}){_VALUE}",
        holds=is_assigned,
        flags=re.IGNORECASE,
    ),
    _kind(
        "told_password",
        "pass pwd 密 口令",
        rf"{_NAMED_SO}"
        r"(?P<sign>\s{1,3}(?:is|was|to|will be)(?:\s{0,3}:\s{0,3}|\s{1,3})"
        r"|\s{0,3}(?:现在|就|已经?|应该|用的|还)?(?:是|为|改成|改为|設為|设为|设成|设置为|设置成|变成|换成)\s{0,3}:?\s{0,3})"
        rf"{_VALUE}",
        holds=is_told,
        flags=re.IGNORECASE,
    ),
    _kind(
        "named_secret",
        "key token secret credential 密钥 令牌 密鑰 凭证",
        rf"(?:{_NAMED})(?:{_QUOTE})?\s{{0,3}}(?:=>|=|:|\bis\b|是|为)\s{{0,3}}(?:{_QUOTE})?"
        r"(?P<secret>[A-Za-z0-9._~+/-]{16,500}=*)",
        holds=is_random,
        flags=re.IGNORECASE,
    ),
)
"""Every kind, the more telling before the more general; an earlier one wins where two overlap."""
