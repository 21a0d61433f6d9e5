"""One writing for matching: traditional characters, full-width forms and capitals of Chinese text made plain.

Why it exists: 我喜歡 and 我喜欢 must meet the same rule, and what is found must still be read from the original,
so every character maps to exactly one. Must not know: rules or clauses. Only the characters that the rules
are written with are mapped; names and objects are never rewritten, they are cut from the original.
"""

from __future__ import annotations

from typing import Final

_TRADITIONAL: Final = (
    "愛罷報備幣邊變標賓並補參廠場車陳稱乘遲衝蟲醜處觸傳創純詞從錯達帶單擔膽當黨導燈點電頂訂東動凍斷對隊"
    "噸奪兒爾發罰煩範飯訪飛費紛豐風鳳復負婦該趕剛鋼崗個給跟構購顧關觀館慣廣歸規櫃國過還漢號後護戶畫話"
    "懷壞歡環換會匯機積極級際濟計記繼紀價駕間簡見件獎講將漿較結節緊僅進勁經驚競靜舊舉據劇捲覺絕軍開課"
    "礦況虧來藍攔蘭爛勞樂類離裡禮歷麗聯連練戀糧兩輛鄰靈領劉樓錄陸亂論嗎媽馬買賣滿貓沒們夢彌麵廟滅"
    "難腦內鳥寧農濃歐盤賠噴騙頻評憑齊騎啟氣遷簽錢淺強橋親輕請慶窮區趨權勸確讓熱認榮軟灑賽喪掃殺紗曬"
    "傷賞燒紹設紳審聲勝師詩時識實視試適勢釋飾壽書術樹數雙誰順說絲飼鬆訴雖隨歲孫損縮態談湯討題體條鐵"
    "聽廳統頭圖團託網偽衛溫聞問我無務誤習戲細係嚇鮮現線鄉響項銷曉協寫謝興續選學訊壓亞煙鹽嚴顏驗陽養樣藥"
    "業葉頁醫億藝憶譯議異銀飲應贏營擁優郵遊魚於與語譽預園員圓遠願約閱雲運雜載贊則責擇增戰張漲帳賬趙這"
    "針偵診鎮陣爭徵鄭證織職執紙製質種眾週豬主註專轉賺莊裝狀準資總縱組鑽羅馮龍萬盧韓鄧許賈鐘譚賴魯蘇呂"
    "黃楊吳於鄒閻韋範賀龔顧錢湯喬閆莫儲紐舊麼臺灣東廣蕩鋪嚐攝縣詳檔槍緒線綠紅網絡維護軟試訓紮輯輪轉"
    "檢測蘋貝嬰寶貴歲獅雞鴨鵝蝦蠔穀麥漿辭僱聘離競標闆隻髮症殘慮夠讀誌製煉賢鄰異薦據傾藉籍諮詢賃貸債歸還償"
    "擴縮壞傳閉關門窗廁衞浴廚櫥費稅繳納領錄攜帶"
    "決沖壯薑蔥飩餃蓋築鑰臥寢牆廈樑驢駱駝獸龜殼餅乾醬鹹膩燉鍋壺暈噁瀉痠癢腫瘡癒療劑膠顆劃頸腎臟膚髒脫產姪嬸爺夥懲鈔賤貨軌艙駛庫碼鍵螢顯夾韌監佈險繫為盃義畢碩圍筆譜覽彫釣撲潛爐長輩屆屬齡嘗鬧鬍鬚襯褲襪鍊鐲錶"
    "鏡聾啞輔懶奮濕肅貼菸癮葷濫儘盡"
)
_SIMPLIFIED: Final = (
    "爱罢报备币边变标宾并补参厂场车陈称乘迟冲虫丑处触传创纯词从错达带单担胆当党导灯点电顶订东动冻断对队"
    "吨夺儿尔发罚烦范饭访飞费纷丰风凤复负妇该赶刚钢岗个给跟构购顾关观馆惯广归规柜国过还汉号后护户画话"
    "怀坏欢环换会汇机积极级际济计记继纪价驾间简见件奖讲将浆较结节紧仅进劲经惊竞静旧举据剧卷觉绝军开课"
    "矿况亏来蓝拦兰烂劳乐类离里礼历丽联连练恋粮两辆邻灵领刘楼录陆乱论吗妈马买卖满猫没们梦弥面庙灭"
    "难脑内鸟宁农浓欧盘赔喷骗频评凭齐骑启气迁签钱浅强桥亲轻请庆穷区趋权劝确让热认荣软洒赛丧扫杀纱晒"
    "伤赏烧绍设绅审声胜师诗时识实视试适势释饰寿书术树数双谁顺说丝饲松诉虽随岁孙损缩态谈汤讨题体条铁"
    "听厅统头图团托网伪卫温闻问我无务误习戏细系吓鲜现线乡响项销晓协写谢兴续选学讯压亚烟盐严颜验阳养样药"
    "业叶页医亿艺忆译议异银饮应赢营拥优邮游鱼于与语誉预园员圆远愿约阅云运杂载赞则责择增战张涨帐账赵这"
    "针侦诊镇阵争征郑证织职执纸制质种众周猪主注专转赚庄装状准资总纵组钻罗冯龙万卢韩邓许贾钟谭赖鲁苏吕"
    "黄杨吴于邹阎韦范贺龚顾钱汤乔闫莫储纽旧么台湾东广荡铺尝摄县详档枪绪线绿红网络维护软试训扎辑轮转"
    "检测苹贝婴宝贵岁狮鸡鸭鹅虾蚝谷麦浆辞雇聘离竞标板只发症残虑够读志制炼贤邻异荐据倾借籍咨询赁贷债归还偿"
    "扩缩坏传闭关门窗厕卫浴厨橱费税缴纳领录携带"
    "决冲壮姜葱饨饺盖筑钥卧寝墙厦梁驴骆驼兽龟壳饼干酱咸腻炖锅壶晕恶泻酸痒肿疮愈疗剂胶颗划颈肾脏肤脏脱产侄婶爷伙惩钞贱货轨舱驶库码键萤显夹韧监布险系为杯义毕硕围笔谱览雕钓扑潜炉长辈届属龄尝闹胡须衬裤袜链镯表"
    "镜聋哑辅懒奋湿肃贴烟瘾荤滥尽尽"
)
_MORE: Final = str.maketrans("裏妳喫祂甚纔嘆啓著", "里你吃他什才叹启着")
_WIDTHS: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_PLAIN: Final[dict[int, int | str]] = {
    **_WIDTHS,
    **str.maketrans(_TRADITIONAL, _SIMPLIFIED),
    **_MORE,
}


def plain(text: str) -> str:
    """The text in simplified characters and half-width forms, character for character: offsets stay valid."""
    return text.translate(_PLAIN)
