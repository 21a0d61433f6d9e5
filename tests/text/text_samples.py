"""Texts of several kinds with what OpenAI's o200k_base counts in them; written for these tests."""

ENGLISH_CHAT = """\
Hey! How was the trip? I saw your photos from the lake and they looked amazing.
It was great, thanks! We rented a little cabin for four days. The kids learned how to paddle, and I finally \
finished the book you gave me last winter.
Nice! Did you end up going to that bakery I told you about?
We did, twice actually. The owner remembered you. She says hi and wants to know when you'll be back.
Haha, tell her I'm hoping for October. By the way, are we still on for dinner next Tuesday?
Yes, 7pm at our place. Could you bring the board game? And don't worry about dessert, I've got it covered.
"""

ENGLISH_PROSE = """\
Memory is not a recording. When we recall an afternoon from years ago, the mind rebuilds it from fragments, \
guided by what we have learned since, by the questions we are asked, and by the mood we happen to be in. \
Psychologists have shown that confident witnesses can be wrong about the colour of a car, the order of \
events, or even whether a conversation took place at all. This does not make remembering useless; it makes \
evidence valuable. A diary entry, a photograph, or a letter anchors the story and lets us notice when our \
account has drifted. Software that remembers on our behalf should follow the same principle: keep the \
original words, mark what was inferred, and be honest about uncertainty when the record is incomplete.

The practical consequences are considerable. Summaries become cheaper than transcripts, yet every summary \
discards details that somebody may need tomorrow.
"""

CHINESE_CHAT = """\
你好呀！周末过得怎么样？我看到你发的照片了，湖边的风景真漂亮。
挺好的，谢谢！我们租了一间小木屋，住了四天。孩子们学会了划船，我也终于把你冬天送我的那本书看完了。
太棒了！对了，我推荐的那家面包店你去了吗？
去了，还去了两次呢。老板娘还记得你，她问你什么时候再过去。
哈哈，告诉她我打算十月份去。对了，下周二的晚饭还算数吗？
当然算数，晚上七点来我家。你能把桌游带来吗？甜点就不用操心了，我来准备。
"""

CHINESE_PROSE = """\
记忆并不是录像。当我们回想多年前的一个下午时，大脑会用零散的片段重新拼出那段经历，而拼法取决于我们后来学到的东西、\
别人提出的问题，以及当时的心情。心理学家发现，即使证人非常肯定，也可能记错汽车的颜色、事情发生的先后，甚至记错一次谈话\
是否真的发生过。这并不意味着回忆没有用处，而是说明证据十分宝贵。一篇日记、一张照片或者一封信，都能让故事有据可查，\
也能让我们发现自己的说法什么时候走了样。替我们记事的软件也应当遵守同样的原则：保留原话，标明哪些内容是推断出来的，\
在记录不完整的时候坦率地承认不确定。
"""

CHINESE_TRADITIONAL = """\
記憶並不是錄影。當我們回想多年前的一個下午時，大腦會用零散的片段重新拼出那段經歷，而拼法取決於我們後來學到的東西、\
別人提出的問題，以及當時的心情。心理學家發現，即使證人非常肯定，也可能記錯汽車的顏色、事情發生的先後，甚至記錯一次談話\
是否真的發生過。這並不意味著回憶沒有用處，而是說明證據十分寶貴。一篇日記、一張照片或者一封信，都能讓故事有據可查。
"""

MIXED = """\
我昨天把 backend 的 deployment 脚本改了一下，现在用 Docker Compose 启动，比以前快多了。
Cool, did you also update the README? 上次 Linda 说找不到 port 的说明。
更新了，默认端口是 8080，environment variables 都写在 .env.example 里面了。
Thanks! 我下午跑一遍 integration tests，然后 merge 到 main branch。有问题我在 Slack 上告诉你。
"""

CODE = '''\
from collections import defaultdict


class Inventory:
    """Counts items per shelf and warns when one runs low."""

    def __init__(self, minimum: int = 5) -> None:
        self._minimum = minimum
        self._shelves: dict[str, dict[str, int]] = defaultdict(dict)

    def add(self, shelf: str, item: str, quantity: int = 1) -> int:
        if quantity <= 0:
            raise ValueError(f"quantity must be positive, got {quantity!r}")
        stock = self._shelves[shelf]
        stock[item] = stock.get(item, 0) + quantity
        return stock[item]

    def low(self) -> list[tuple[str, str]]:
        return sorted(
            (shelf, item)
            for shelf, stock in self._shelves.items()
            for item, count in stock.items()
            if count < self._minimum
        )
'''

LOG = """\
{"timestamp":"2025-03-14T09:26:53.589Z","level":"info","service":"billing","requestId":"req_8fK2mQ71","durationMs":183}
{"timestamp":"2025-03-14T09:26:54.002Z","level":"warn","service":"billing","message":"retrying charge","attempt":2}
2025-03-14 09:26:55,120 ERROR worker-7 [payments.tasks] Timeout after 30s while calling https://api.example.com/v2/charge
"""

CHINESE_TRADITIONAL_CHAT = """\
我們今天早上去菜市場買了很多新鮮的水果和蔬菜，媽媽說晚上要煮一桌好菜請奶奶來吃飯。弟弟的學校下個月要舉辦運動會，\
他報名參加了接力賽跑，每天放學後都在操場練習。老師說他進步很快，只要繼續努力，一定可以拿到好成績。\
週末天氣如果不錯，我們打算開車去看花，順便在溫泉旅館住一個晚上。
"""

O200K_COUNTS = {
    "ENGLISH_CHAT": 140,
    "ENGLISH_PROSE": 174,
    "CHINESE_CHAT": 158,
    "CHINESE_PROSE": 179,
    "CHINESE_TRADITIONAL": 145,
    "CHINESE_TRADITIONAL_CHAT": 128,
    "MIXED": 92,
    "CODE": 195,
    "LOG": 121,
}

SAMPLES = {name: globals()[name] for name in O200K_COUNTS}
