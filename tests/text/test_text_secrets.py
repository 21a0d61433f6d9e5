"""Every kind of credential is found and nothing else is; time grows with the length of the text."""

import random
import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.text.secrets import MARK, NAMES, find_secrets, redact, redact_values

DICE = random.Random(7)
LETTERS, LOWER, HEX = (
    string.ascii_letters + string.digits,
    string.ascii_lowercase + string.digits,
    "0123456789abcdef",
)
BASE32 = string.ascii_uppercase + "234567"


def made(count, alphabet=LETTERS):
    return "".join(DICE.choice(alphabet) for _ in range(count - 2)) + "a7"


def hexes(count):
    return made(count, HEX)


SAMPLES = {
    "private_key": f"-----BEGIN OPENSSH PRIVATE KEY-----\n{made(60)}\n-----END OPENSSH PRIVATE KEY-----",
    "age_key": "AGE-SECRET-KEY-1" + "".join(DICE.choice(string.ascii_uppercase) for _ in range(58)),
    "aws_access_key": "AKIA" + "".join(DICE.choice(BASE32) for _ in range(16)),
    "google_api_key": "AIza" + made(35),
    "google_oauth_token": "ya29." + made(60),
    "google_client_secret": "GOCSPX-" + made(28),
    "azure_client_secret": "abc8Q~" + made(34),
    "alibaba_access_key": "LTAI" + made(20),
    "tencent_secret_id": "AKID" + made(32),
    "digitalocean_token": "dop_v1_" + hexes(64),
    "heroku_key": "HRKU-" + made(40),
    "cloudflare_key": f"v1.0-{hexes(24)}-{hexes(146)}",
    "databricks_token": "dapi" + hexes(32),
    "vault_token": "hvs." + made(90),
    "terraform_token": f"{made(14)}.atlasv1.{made(66)}",
    "github_token": "ghp_" + made(36),
    "github_fine_grained_token": "github_pat_" + made(82),
    "gitlab_token": "glpat-" + made(20),
    "bitbucket_token": "ATBB" + made(32),
    "atlassian_token": "ATATT3" + made(186),
    "npm_token": "npm_" + made(36),
    "pypi_token": "pypi-AgEIcHlwaS5vcmc" + made(100),
    "docker_token": "dckr_pat_" + made(27),
    "rubygems_key": "rubygems_" + hexes(48),
    "anthropic_key": "sk-ant-api03-" + made(95),
    "openai_key": "sk-proj-" + made(48),
    "huggingface_token": "hf_" + made(34),
    "replicate_token": "r8_" + made(37),
    "groq_key": "gsk_" + made(52),
    "xai_key": "xai-" + made(80),
    "perplexity_key": "pplx-" + made(48),
    "slack_token": "xoxb-1234567890-" + made(24),
    "discord_token": f"M{made(25)}.{made(6)}.{made(30)}",
    "telegram_token": "123456789:AA" + made(33),
    "twilio_key": "SK" + hexes(32),
    "sendgrid_key": f"SG.{made(22)}.{made(43)}",
    "mailgun_key": "key-" + hexes(32),
    "mailchimp_key": hexes(32) + "-us12",
    "stripe_key": "sk_live_" + made(24),
    "square_token": "sq0atp-" + made(22),
    "braintree_token": f"access_token$production${made(16, LOWER)}${hexes(32)}",
    "shopify_token": "shpat_" + hexes(32),
    "card_number": "4111 1111 1111 1111",
    "linear_key": "lin_api_" + made(40),
    "notion_token": "ntn_" + made(46),
    "airtable_token": f"pat{made(14)}.{hexes(64)}",
    "figma_token": "figd_" + made(40),
    "postman_key": f"PMAK-{hexes(24)}-{hexes(34)}",
    "newrelic_key": "NRAK-" + "".join(DICE.choice(string.ascii_uppercase) for _ in range(27)),
    "sentry_token": "sntrys_" + made(60),
    "grafana_token": f"glsa_{made(32)}_{hexes(8)}",
    "fusion_memory_key": f"fmk_{made(12)}_{made(52)}",
    "json_web_token": f"eyJ{made(30)}.eyJ{made(60)}.{made(43)}",
}
"""Whole tokens: what goes is all of it."""

INSIDE = {
    "putty_key": ("Private-Lines: 1\n", made(64), "\nPrivate-MAC: 12"),
    "aws_secret_key": ("aws_secret_access_key = ", made(40), "\nregion = eu-west-1"),
    "azure_storage_key": ("AccountName=shop;AccountKey=", made(86) + "==", ";EndpointSuffix=core"),
    "azure_signature": ("https://shop.blob.core/x?sv=2024&sig=", made(43) + "%3D", "&se=2027"),
    "slack_webhook": ("https://hooks.slack.com/services/", f"T0{made(8)}/B0{made(8)}/{made(24)}", " posts it"),
    "discord_webhook": ("https://discord.com/api/webhooks/", f"123456789012345678/{made(68)}", " posts it"),
    "dingtalk_webhook": ("https://oapi.dingtalk.com/robot/send?access_token=", hexes(64), " 发送"),
    "feishu_webhook": ("https://open.feishu.cn/open-apis/bot/v2/hook/", "f1c2-" + hexes(27), " 发送"),
    "wecom_webhook": ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", "693a-" + hexes(27), " 发送"),
    "url_password": ("postgresql://ana:", "s3cret-Pa55", "@db.example/shop"),
    "authorization_header": ("Authorization: Bearer ", made(40), "\nAccept: */*"),
    "session_cookie": ("Cookie: theme=dark; sessionid=", made(32), "; a=b"),
    "password": ("DB_PASSWORD=", "correcthorse", "\nDB_HOST=localhost"),
    "told_password": ("The wifi password is ", "hunter2!", " by the way"),
    "named_secret": ('"client_secret": "', made(32), '"'),
}
"""Secrets in a setting: only the value goes."""

HARMLESS = [
    "The password is important and must be changed soon.",
    "密码是我的生日,但是我不会写在这里。",
    "password: string",
    'password = request.form["password"]',
    "hashed_password = hash_password(password)",
    "token = os.environ['TOKEN']",
    "The key to success is patience; the secret is that there is none.",
    "Call me at 13800138000, my order is 1234567890123456 and the flight CA1234.",
    "身份证 350512196005123456",
    "I passed: great! Our compass: north4east.",
    "sk-learn and sk-based names, hf_transformers, npm_config_registry",
    "https://example.org/a:b@c?sig=short&token=abc",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8 and 550e8400-e29b-41d4-a716-446655440000",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
]


def test_there_is_a_sample_of_every_kind():
    assert set(SAMPLES) | set(INSIDE) == set(NAMES)
    assert len(NAMES) >= 40


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("around", ["It is {}, keep it.", "我的密钥{}别告诉别人。", "{}", "a\n\t'{}'\n"])
def test_a_token_goes_whole(kind, around):
    done = redact(around.format(SAMPLES[kind]))
    assert done.value == around.format(MARK.format(kind))
    assert done.counts == {kind: 1}


@pytest.mark.parametrize("kind", INSIDE)
def test_of_a_setting_only_the_value_goes(kind):
    before, secret, after = INSIDE[kind]
    done = redact(f"{before}{secret}{after}")
    assert done.value == f"{before}{MARK.format(kind)}{after}"


@pytest.mark.parametrize(
    "text", ["口令改成Qwerty99!了", "密码:abc12345", "密码为 abc12345。", "my passcode was x9-22b"]
)
def test_passwords_are_told_in_both_languages(text):
    assert redact(text).counts


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_one_stays(text):
    assert redact(text).value == text


def test_a_key_that_was_cut_off_takes_nothing_but_itself_along():
    begun = "-----BEGIN RSA PRIVATE KEY-----"
    assert redact(f"A file starts with {begun} and ends soon.").value == (
        f"A file starts with {MARK.format('private_key')} and ends soon."
    )
    assert redact(f"{begun}\n{made(64)}\n{made(64)}").value == MARK.format("private_key")


def test_a_kind_can_be_left_in():
    text = f"{SAMPLES['card_number']} and {SAMPLES['npm_token']}"
    assert redact(text, kept=["card_number"]).value == f"{SAMPLES['card_number']} and {MARK.format('npm_token')}"


def test_metadata_is_cleaned_at_any_depth_and_by_its_keys():
    done = redact_values({"note": [f"x {SAMPLES['npm_token']}"], "Api-Key": "short", "n": 3, "deep": {"a": None}})
    assert done.value == {
        "note": [f"x {MARK.format('npm_token')}"],
        "Api-Key": MARK.format("named_secret"),
        "n": 3,
        "deep": {"a": None},
    }
    assert done.counts == {"npm_token": 1, "named_secret": 1}
    nested: object = SAMPLES["npm_token"]
    for _ in range(500):
        nested = [nested]
    assert SAMPLES["npm_token"] not in str(redact_values(nested).value)


@given(st.text(), st.sampled_from(sorted(SAMPLES)), st.text())
def test_a_token_among_anything_does_not_survive(before, kind, after):
    text = f"{before} {SAMPLES[kind]} {after}"
    done = redact(text).value
    assert SAMPLES[kind] not in done
    assert redact(done).value.count("[redacted:") >= 1


@given(st.text())
def test_what_is_found_lies_apart_and_in_order(text):
    found = find_secrets(text + SAMPLES["json_web_token"] + " password=a1b2c3d4")
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    "part", ["password=a1B2c3 ", "cookie: ", "eyJa.", "a://b:", "1 ", "sk-", "Bearer ", "-----BEGIN PRIVATE KEY"]
)
def test_a_long_text_made_to_be_slow_is_read_to_its_end(part):
    text = part * (300_000 // len(part)) + f" {SAMPLES['npm_token']}"
    assert SAMPLES["npm_token"] not in redact(text).value
