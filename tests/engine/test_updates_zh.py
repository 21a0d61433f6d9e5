"""Moves, new jobs, switches, reversals and new prices in Chinese: two messages, and what holds after both."""

import pytest

from fusion_memory import MemoryService, Scope

LIN = Scope(user_id="lin")

CHANGES = [
    ("我现在住在合肥政务区。", "上个月我们搬到芜湖了，离我爸妈近一点。", {"lives_in"}, {"芜湖"}),
    ("我在西安租房住。", "跟你说下，我已经不在西安了，回洛阳老家了。", {"lives_in"}, {"洛阳老家"}),
    ("我住在浦东。", "换了个地方住，现在住静安。", {"lives_in"}, {"静安"}),
    ("我家在青岛市南区。", "去年把青岛的房子卖了，全家搬去了威海。", {"lives_in"}, {"威海"}),
    ("我常驻广州。", "下半年开始我常驻佛山了。", {"lives_in"}, {"佛山"}),
    ("我们搬到嘉兴了。", "还是不习惯嘉兴，上周又搬回上海了。", {"lives_in"}, {"上海"}),
    ("我妹住在长沙。", "我妹搬到株洲去了。", {"lives_in"}, {"株洲"}),
    ("我在海康做硬件测试。", "我从海康离职了，现在在大华做测试经理。", {"works_at"}, {"大华"}),
    ("我在一家律所当助理。", "律所的工作辞了，下周去法院报到。", {"works_at"}, set()),
    ("我在瑞幸上班。", "我跳槽到库迪了。", {"works_at"}, {"库迪"}),
    ("我是高中英语老师。", "我不当老师了，现在做英语播客。", {"works_as"}, {"英语播客"}),
    ("我是产品经理。", "升职了，我现在是产品总监。", {"works_as"}, {"产品总监"}),
    ("我在一家外贸公司做跟单。", "我去年转岗了，现在做采购。", {"works_as"}, {"采购"}),
    ("我老公在比亚迪上班。", "我老公跳槽去了蔚来。", {"works_at"}, {"蔚来"}),
    ("我失业了，在找工作。", "我入职了美的，做海外市场。", {"works_at"}, {"美的"}),
    ("我用的手机是三星S23。", "手机换成荣耀Magic6了。", {"uses"}, {"荣耀Magic6"}),
    ("我平时用PyCharm写Python。", "我现在改用Cursor了，PyCharm卸了。", {"uses"}, {"Cursor"}),
    ("我用Notion记笔记。", "笔记从Notion搬到Obsidian了。", {"uses"}, {"Obsidian"}),
    ("我一直用Chrome。", "浏览器我换成Arc了。", {"uses"}, {"Arc"}),
    ("我们项目用Jenkins做CI。", "CI从Jenkins迁到了GitLab CI。", {"uses", "value_is"}, {"GitLab CI"}),
    ("我们的数据库是MySQL。", "我们把数据库换成了PostgreSQL。", {"config", "uses", "value_is"}, {"PostgreSQL"}),
    ("我电脑是ThinkPad X1。", "我换电脑了，现在用的是MacBook Air。", {"uses"}, {"MacBook Air"}),
    ("我用搜狗输入法。", "输入法改用微信输入法了。", {"uses"}, {"微信输入法"}),
    ("我喜欢喝美式。", "我现在不喜欢喝美式了，改喝抹茶。", {"likes"}, {"喝抹茶"}),
    ("我爱吃榴莲。", "我不爱吃榴莲了。", {"likes"}, set()),
    ("我讨厌跑步。", "现在我喜欢跑步了，每周跑三次。", {"dislikes"}, set()),
    ("我吃素。", "我不吃素了，开始吃鱼了。", {"diet_is"}, set()),
    ("我对花生过敏。", "我现在不对花生过敏了。", {"allergic_to"}, set()),
    ("我对芒果过敏。", "查了一下，我的芒果过敏已经好了。", {"allergic_to"}, set()),
    ("我最喜欢的颜色是绿色。", "我现在最喜欢的颜色是灰色。", {"favourite_is"}, {"灰色"}),
    ("我最喜欢的球队是湖人。", "我最喜欢的球队换成勇士了。", {"favourite_is"}, {"勇士"}),
    ("装修预算是十五万。", "装修预算加到十八万了。", {"budget_is"}, {"十八万"}),
    ("这次旅行的预算是八千。", "旅行预算砍到六千了。", {"budget_is"}, {"六千"}),
    ("项目预算定了二十万。", "预算改成二十五万了。", {"budget_is"}, {"二十五万"}),
    ("房租每月3200。", "下个月开始房租涨到3500。", {"price_is"}, {"3500"}),
    ("支付服务的版本是2.3.1。", "支付服务升级到2.4.0了。", {"version_is"}, {"2.4.0"}),
    ("线上的Redis版本是6.2。", "Redis版本升到7.2了。", {"version_is"}, {"7.2"}),
    ("我们用的Node版本是18。", "Node版本升级到22了。", {"version_is"}, {"22"}),
    ("网关的端口是8080。", "网关端口改成9090了。", {"value_is"}, {"9090"}),
    ("婚礼定在5月20号。", "婚礼改到6月6号了。", {"schedule_is"}, {"婚礼：6月6号"}),
    ("我手机号是13811112222。", "我换号了，新号码是13933334444。", {"phone_is"}, {"13933334444"}),
    ("我微信号是lin_2020。", "微信号改成lin_2026了。", {"contact_is"}, {"lin_2026"}),
    ("我邮箱是a.lin@example.com。", "我的邮箱换成linyu@example.org了。", {"email_is"}, {"linyu@example.org"}),
    ("我女朋友叫小雯。", "我和小雯分手了。", {"partner_is"}, set()),
    ("我体重80公斤。", "我现在体重75公斤了。", {"weight_is"}, {"75公斤"}),
    ("我儿子上小学三年级。", "我儿子今年上四年级了。", {"grade_is"}, {"四年级"}),
    ("以后叫我小林。", "以后叫我林老师。", {"instruction"}, {"林老师"}),
    ("我住在昆明。", "更正一下，我住的是大理，不是昆明。", {"lives_in"}, {"大理"}),
    ("我家在石家庄。", "上个月我们举家迁到天津了。", {"lives_in"}, {"天津"}),
    ("我在杭州工作生活。", "公司派我去深圳，我现在长住深圳。", {"lives_in"}, {"深圳"}),
    ("我和男朋友住在武昌。", "我一个人搬到汉口住了。", {"lives_in"}, {"汉口"}),
    ("我在北京上班。", "我调到上海上班了。", {"works_in"}, {"上海"}),
    ("我是实习生。", "我转正了，现在是前端工程师。", {"works_as"}, {"前端工程师"}),
    ("我在小公司做会计。", "我考上公务员了，在税务局上班。", {"works_at"}, {"税务局"}),
    ("我老婆叫李娟。", "我和李娟离婚了。", {"married_to"}, set()),
    ("我是单身。", "我上个月结婚了，老公叫陈默。", {"married_to"}, {"陈默"}),
    ("我不吃牛肉。", "我现在吃牛肉了。", {"dislikes"}, set()),
    ("视频会员一个月15块。", "视频会员涨到25块了。", {"price_is"}, {"25块"}),
    ("学费是一年三万。", "学费降到两万八了。", {"price_is"}, {"两万八"}),
    ("健身房的年费是2400。", "健身房年费改成2800了。", {"price_is"}, {"2800"}),
    ("我用Windows。", "我换Mac了。", {"uses"}, {"Mac"}),
    ("我用VS Code。", "我不用VS Code了，改用Zed。", {"uses"}, {"Zed"}),
    ("我们团队用Slack。", "团队从Slack切到飞书了。", {"uses"}, {"飞书"}),
    ("我开的是卡罗拉。", "我把卡罗拉卖了，现在开Model Y。", {"owns", "uses"}, {"Model Y"}),
    ("我学校是川大。", "我转学到电子科大了。", {"studies_at"}, {"电子科大"}),
    ("我在读大二。", "我现在大三了。", {"grade_is"}, {"大三"}),
    ("我最爱的作家是余华。", "现在最喜欢的作家变成了双雪涛。", {"favourite_is", "likes"}, {"双雪涛"}),
    ("面试定在周三。", "面试推迟到周五了。", {"schedule_is"}, {"面试：周五"}),
    ("我叫王磊。", "我改名叫王一川了。", {"name_is"}, {"王一川"}),
    ("我今年30岁。", "我今年31了。", {"age_is"}, {"31"}),
    ("超时时间是30秒。", "超时时间改成了60秒。", {"config_is", "value_is"}, {"60秒"}),
    ("Python版本是3.10。", "我们把Python升级到3.12了。", {"version_is"}, {"3.12"}),
    ("我工资是一万五。", "我涨薪了，现在月薪一万八。", {"earns"}, {"一万八"}),
]


@pytest.fixture
def memory():
    with MemoryService(embedder=None, llm=None) as service:
        yield service


@pytest.mark.parametrize(("before", "after", "predicates", "holds"), CHANGES)
def test_the_later_word_counts(memory, before, after, predicates, holds):
    memory.add(before, LIN, "2026-01-05")
    memory.add(after, LIN, "2026-05-05")
    assert {fact.object for fact in memory.facts(LIN) if fact.predicate in predicates} == holds
