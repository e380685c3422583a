"""Which written Chinese a text is in: simplified, traditional, or Cantonese; told by characters that only one of them uses.

The language model reads bytes, in which simplified and traditional text share too much. Characters that both write alike say nothing, so a
text of these alone counts as simplified, the more frequent.
"""

from __future__ import annotations

SIMPLIFIED, TRADITIONAL, CANTONESE = "zh", "zh-Hant", "yue"

# Frequent characters that only one of the two writes, in pairs: the simplified form first.
_PAIRS = (
    "们們这這个個为為来來时時会會对對说說国國过過学學后後发發经經现現实實样樣开開关關间間问問长長从從还還进進动動电電话話见見"
    "头頭车車东東业業产產员員马馬门門书書让讓认認记記请請谢謝谁誰课課读讀语語该該谈談讲講许許设設评評识識试試话話详詳误誤"
    "买買卖賣钱錢银銀铁鐵错錯钟鐘镜鏡铺鋪链鏈锁鎖价價优優伤傷传傳众眾伟偉侧側债債亿億仅僅储儲体體单單双雙处處备備复復够夠"
    "岁歲岛島师師带帶帮幫广廣应應庆慶库庫废廢张張强強归歸录錄彻徹忆憶态態总總惊驚惯慣愿願戏戲战戰户戶担擔择擇护護报報"
    "拥擁换換据據损損摄攝断斷无無旧舊显顯晓曉暂暫术術机機权權条條极極构構标標树樹桥橋检檢楼樓欢歡汉漢决決汤湯沟溝没沒泪淚"
    "济濟测測温溫湾灣湿濕满滿灭滅灯燈灵靈热熱爱愛爷爺牵牽状狀独獨猫貓环環疗療疯瘋盐鹽监監盘盤着著矿礦码碼确確离離种種"
    "积積称稱稳穩穷窮竞競笔筆签簽简簡类類粮糧紧緊红紅约約级級纪紀纯純纸紙线線练練组組细細织織终終结結给給绝絕统統继繼绩績"
    "绿綠维維网網罗羅职職联聯脑腦脏臟脸臉胜勝药藥获獲营營蓝藍虑慮虽雖虫蟲补補装裝观觀规規视視览覽觉覺计計订訂训訓议議讯訊"
    "诉訴诊診词詞译譯质質货貨购購贵貴贷貸费費资資赶趕赵趙跃躍转轉轮輪软軟轻輕较較输輸边邊达達运運远遠连連适適选選逻邏邮郵"
    "邻鄰郑鄭酱醬释釋里裡鉴鑑针針闭閉闻聞阅閱阳陽阴陰阶階际際陆陸陈陳险險随隨隐隱难難雾霧静靜页頁顶頂项項顺順须須顾顧预預领領"
    "题題颜顏额額风風飞飛饭飯饮飲馆館驱驅验驗骗騙鱼魚鸡雞鸟鳥麦麥黄黃齐齊龄齡龙龍龟龜写寫农農冲衝减減刘劉则則刚剛创創办辦务務"
    "励勵劳勞势勢华華协協卫衛厂廠历歷压壓厅廳变變叶葉号號吗嗎听聽启啟呜嗚员員响響哑啞唤喚园園围圍图圖圆圓坏壞块塊场場坚堅"
    "声聲壳殼处處夺奪奖獎妇婦妈媽娱娛婴嬰孙孫宁寧宝寶审審宽寬宾賓寻尋导導将將层層属屬届屆币幣庄莊异異弃棄弯彎当當"
    "执執扫掃扩擴扬揚抚撫拟擬拦攔拨撥挂掛挥揮挤擠捡撿敌敵数數斗鬥晒曬杂雜杀殺杨楊东東栏欄样樣档檔梦夢棋棋毕畢气氣氢氫"
    "净淨凤鳳凭憑击擊划劃医醫区區丝絲两兩严嚴丧喪丰豐临臨丽麗举舉义義乌烏乐樂乔喬习習乡鄉书書争爭亏虧云雲亚亞亩畝亲親"
    "仓倉仪儀伙夥伦倫俩倆倾傾偿償儿兒党黨兰蘭兴興养養兽獸内內册冊军軍冻凍几幾凯凱"
)
# Same on both sides, or read so in both: no sign.
_BOTH = frozenset("棋里划云后斗冲挂着几据郁")
_SIMPLE = frozenset(_PAIRS[0::2]) - frozenset(_PAIRS[1::2]) - _BOTH
_COMPLEX = frozenset(_PAIRS[1::2]) - frozenset(_PAIRS[0::2]) - _BOTH
# Characters of written Cantonese that no other written Chinese needs; two of them are sure, one beside a particle is.
_CANTONESE = frozenset("嘅咗唔佢哋嚟冇喺嗰啲咁嘢嗌攞瞓搵乜咩唞諗嗱喎啩嘥畀郁睇孭揸氹躝冚嘞噉咪啱咋嗮攰嬲靚")


def variety(text: str) -> str:
    """Return ``yue``, ``zh-Hant`` or ``zh`` for a text in Chinese; linear in the text."""
    written = frozenset(text)
    if written & _CANTONESE:
        return CANTONESE
    complex_, simple = sum(map(_COMPLEX.__contains__, text)), sum(map(_SIMPLE.__contains__, text))
    return TRADITIONAL if complex_ > simple else SIMPLIFIED
