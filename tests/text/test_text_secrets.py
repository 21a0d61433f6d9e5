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
    "服务在http://10.0.0.5:8080，有问题请找@李雷",
    "文档见http://wiki.local:8080。邮箱是zhang@example.com",
    "打开http://localhost:3000，登录账号ana@example.com就行",
    "see http://localhost:8080,ana@example.com",
    "http://localhost:8080?mail=a@b.com",
    "http://localhost:8080#ana@b.com",
    "http://localhost:8080/x?u=a@b",
    "WiFi密码是在2023年改的",
    "密码是在2023年改的",
    "银行密码为什么每3个月要改一次？",
    "密码:在路由器背面的贴纸上",
    "密码：就写在冰箱门上",
    "WiFi密码是我忘了2次的那个",
    "他的密码是多少？你知道吗2",
    "密码是否要超过8位？",
    "口令是什么时候改的？2019年吗",
    "密码是6到20位",
    "密码:8-16位",
    "路由器密码是WPA2加密的",
    "密码是2023年设的",
    "密码为6-20位字母",
    "The password is case-sensitive.",
    "Password: please ask Bob",
    "Password: please ask Bob at the desk",
    "the password was e-mailed to me",
    "Password: same as before",
    "Password: Same as before",
    "I forgot my password: Google locked me out",
    "The password is at-least-12 characters",
    "The password is 12-character minimum.",
    "The password is 256-bit encrypted",
    "The password is SHA256 hashed",
    "The password is bcrypt-hashed",
    "the password to Office365 expired",
    "the password to B2B-portal1 is lost",
    "My password is mother's-maiden name",
    "Mountain_pass: Stelvio",
    "bus-pass: monthly card",
    "Brenner Pass: closed in winter",
    ".sk-toggleable__label-arrow {",
    'class="sk-estimator-doc-link-fitted"',
    "sk-learn-contrib-imbalanced",
    "password: string",
    '"password": "Enter your password"',
    "'password' => 'required|min:8|max:20'",
    '"password": "Must be at least 8 characters"',
    "token是什么意思",
    "The secret is department-of-energy-2024-report",
    "Password: contact admin@corp.com",
    "password: ana@example.com",
    "new WebClient('xoxb-your-slack-token')",
    "The password is required",
    "password = secret_value",
    "password = getpass",
    "password: user.password,",
    "the password was changed in 2019, twice",
    "Passwort: Schlüssel",
    "password=Schlüsselbund",
    "密码：无",
    "密码 是 什么",
    "Boarding pass: Lisbon to Porto, gate 12",
    "The password is (see below)",
    "密码学是研究编制密码和破译密码的技术科学",
    "新密码为空",
    "https://user:@example.com",
    "https://user:pass@example.com",
    "密码改成什么好呢",
    "passcode: none",
    "The password will be emailed",
    "A password is 8 characters long.",
    "pwd: /home/ana",
]

TOLD = [
    ("密码：hunter22", "hunter22"),
    ("密 码：hunter22", "hunter22"),
    ("ｐａｓｓｗｏｒｄ：hunter22", "hunter22"),
    ("密码就是hunter22", "hunter22"),
    ("密码是“hunter22”", "hunter22"),
    ("passcode is 482193", "482193"),
    ('{"a":"{\\"password\\": \\"hunter22\\"}"}', "hunter22"),
    ("postgres://u:p@ss@host", "p@ss"),
    ("postgres://u:s3cr-Pa@host/db", "s3cr-Pa"),
    ("redis://:hunter22@cache:6379", "hunter22"),
    ("DB_PASSWORD=correcthorse", "correcthorse"),
    ("password=correcthorse", "correcthorse"),
    ('"password":"hunter22"', "hunter22"),
    ("'password' : 'hunter22'", "hunter22"),
    ('PASSWORD = "hunter22"', "hunter22"),
    ("db_pass=hunter", "hunter"),
    ("password: 12345678", "12345678"),
    ("密碼是hunter22", "hunter22"),
    ("我的密码用的是hunter22", "hunter22"),
    ("口令改成Qwerty99!了", "Qwerty99!"),
    ("my passcode was x9-22b", "x9-22b"),
    ("I changed the password to hunter22.", "hunter22"),
    ("WiFi密码：4821。", "4821"),
    ("The password is `hunter22`.", "hunter22"),
    ("(password: hunter22)", "hunter22"),
    ("the password is: Tr0ub4dor&3", "Tr0ub4dor&3"),
    ("Password: P@ssword", "P@ssword"),
    ("ＡＫＩＡＩＯＳＦＯＤＮＮ７ＥＸＡＭＰＬＥ", "ＡＫＩＡＩＯＳＦＯＤＮＮ７ＥＸＡＭＰＬＥ"),
    ('"db_pass": "hunter22"', "hunter22"),
    ("secretkey=abcd1234efgh5678ijkl", "abcd1234efgh5678ijkl"),
]
"""Texts that tell a credential, and which part of them it is: nothing else goes."""


@pytest.mark.parametrize("kind", ["github_token", "aws_access_key", "slack_token", "npm_token"])
def test_a_token_is_found_behind_a_hyphen(kind):
    assert redact(f"session-{SAMPLES[kind]}").value == f"session-{MARK.format(kind)}"
    assert not redact("cache-key-" + "0123456789abcdef" * 2).counts


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


@pytest.mark.parametrize(("text", "secret"), TOLD)
def test_of_what_is_told_the_credential_goes_and_nothing_else(text, secret):
    before, after = text.split(secret)
    done = redact(text)
    (kind,) = done.counts
    assert done.value == f"{before}{MARK.format(kind)}{after}"
    assert redact(done.value).value == done.value


TOLD_BY_KEY = [
    {"password": 12345678},
    {"password": ["hunter"]},
    {"password": {"value": "hunter"}},
    {"token": "hunter22hunter22"},
    {"pwd": "hunter"},
    {"密码": "hunter"},
    {"Authorization": "Basic dXNlcjpodW50ZXI="},
    {"db_password": "hunter"},
    {"clientSecret": "hunter"},
    {"client_secret": "hunter"},
    {"user password": "hunter"},
    {"X-API-Key": "hunter"},
    {"headers": [{"name": "X-API-Key", "value": "hunter"}]},
]
NOT_TOLD_BY_KEY = [
    {"token": 17, "tokens": 12, "max_tokens": 100, "compass": "north 45"},
    {"secret": "a birthday party on Saturday"},
    {"next_page_token": "CAUQAA1234", "eos_token": "<|eot_id1|>"},
    {"has_password": True, "password": None, "reset_password": "see page 12"},
    {"password": {"type": "string", "minLength": 8}},
    {"密码": "在路由器背面"},
    {"mountain_pass": "Stelvio", "key": "theme", "value": "dark"},
    {"authorization": "approved by Ana in 2023"},
]


@pytest.mark.parametrize("given", TOLD_BY_KEY)
def test_a_key_tells_what_its_value_is(given):
    done = redact_values(given)
    assert done.counts == {"named_secret": 1}
    assert "hunter" not in str(done.value)
    assert "12345678" not in str(done.value)
    again = redact_values(done.value)
    assert (again.value, dict(again.counts)) == (done.value, {})


@pytest.mark.parametrize("given", NOT_TOLD_BY_KEY)
def test_a_key_that_speaks_of_something_else_tells_nothing(given):
    assert redact_values(given).value == given


def test_a_credential_as_a_key_goes_and_no_value_is_lost():
    done = redact_values({SAMPLES["npm_token"]: 1, "npm_" + made(36): 2})
    assert list(done.value.values()) == [1, 2]
    assert "npm_" not in str(done.value).replace("npm_token", "")


def test_a_key_file_ends_before_the_next_one_begins():
    begun = "-----BEGIN PRIVATE KEY-----\n"
    whole = f"{begun}{made(64)}\n-----END PRIVATE KEY-----"
    text = begun * 3 + "words between them, " + whole
    assert redact(text).value.count("words between them") == 1


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
    "part",
    [
        "password=a1B2c3 ",
        "cookie: ",
        "eyJa.",
        "a://b:",
        "1 ",
        "sk-",
        "Bearer ",
        "-----BEGIN PRIVATE KEY",
        "-----BEGIN PRIVATE KEY-----\n",
        "密码是",
        'password": "a',
        "://a:b@",
        "changed ",
        "the password to a1 ",
    ],
)
def test_a_long_text_made_to_be_slow_is_read_to_its_end(part):
    text = part * (300_000 // len(part)) + f" {SAMPLES['npm_token']}"
    assert SAMPLES["npm_token"] not in redact(text).value
