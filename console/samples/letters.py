"""Hand-written answers of an imagined assistant, with slots for generated values. No person, account or address in them exists.

Slots: ``{name}`` ``{other}`` (people), ``{email}`` ``{phone}`` ``{mobile}`` ``{resident_id}`` ``{card}`` ``{iban}`` ``{reference}``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """One answer: the question, what the question gives away, what a database at home knows, and the text.

    ``echo`` goes behind the question when the values come from the customer, ``source`` is retrieved when they come from home.
    """

    language: str
    question: str
    echo: str
    source: str
    text: str


WITH_PEOPLE = (
    Letter(
        "en",
        "Can you confirm my hotel booking?",
        "I am {name}, {email}, and my number is {phone}.",
        "Guest register: {name}, {email}, {phone}, booking {reference}.",
        "Dear {name}, your booking {reference} is confirmed. The room faces the harbour, breakfast is served from half past six, and late "
        "check-out until two is free of charge for you. We will send the invoice to {email}. Should your ferry be delayed, our night desk "
        "will call you on {phone} before the room is given away, so there is no need to ring us. Towels for the pool are in the wardrobe. "
        "The harbour road is closed on Sunday morning for the regatta: please come by the north gate.",
    ),
    Letter(
        "en",
        "Please draft a reply to a customer who was charged twice.",
        "The customer is {name}; the card is {card}; write to {email}.",
        "Ledger extract: {name}, card {card}, two debits of 84.20 on the same minute, contact {email}.",
        "Hello {name},\n\nthank you for telling us. We looked at the account and you are right: the card {card} was charged twice within "
        "the same minute, because the first answer of the bank came late and our till tried again. The second amount has been returned "
        "today and will be on your statement in three to five working days. You need not do anything. A written confirmation goes to "
        "{email}. As an apology we have added free delivery to your next order.\n\nWith kind regards,\nthe billing desk",
    ),
    Letter(
        "en",
        "How do I pay the deposit for the flat?",
        "I am {name}. You can reach me at {email}.",
        "Tenancy file {reference}: {name}, {email}, deposit account {iban}.",
        "The deposit is three months' rent without heating, and the law lets you pay it in three instalments. The first is due when the "
        "lease begins. Transfer it to {iban} and write {reference} in the reference line; anything else there delays the match by a week. "
        "The landlord must keep the money apart from his own. Once it has arrived, {name} receives the confirmation at {email}. Keep the "
        "handover protocol: without it, scratches that were there before are hard to argue about.",
    ),
    Letter(
        "en",
        "Summarise the visitor list for tomorrow.",
        "Expected: {name} and {other}, contact {phone}.",
        "Front desk sheet: {name} (host {other}), call {phone} on arrival, badge {reference}.",
        "Two visitors are expected tomorrow. {name} arrives at nine for the maintenance of the cooling units and needs a badge for the "
        "roof; the safety briefing takes ten minutes and is in the small meeting room. {other} is the host and has reserved the visitors' "
        "parking space. If nobody is at the gate, call {phone}. Cameras stay in the lockers, as always, and the badge {reference} must be "
        "back by six, because the night shift counts them.",
    ),
    Letter(
        "en",
        "Write a short reminder for a dental appointment.",
        "Patient {name}, phone {phone}.",
        "Practice calendar: {name}, {phone}, check-up and X-ray, Dr {other}.",
        "Dear {name}, this is a reminder of your check-up with Dr {other} on Thursday at ten past eleven. Please bring the list of "
        "medicines that you take at present, and tell us if something has changed since your last visit. The X-ray is only made if you "
        "agree. Should you be unable to come, let us know a day before; we will otherwise try to reach you on {phone}. Parking behind the "
        "house is free for the length of your visit.",
    ),
    Letter(
        "en",
        "What does the new employee need on the first day?",
        "The new colleague is {name}, private address {email}.",
        "Personnel file: {name}, {email}, salary account {iban}, mentor {other}.",
        "For the first day {name} needs a pass, a laptop and somebody to have lunch with. {other} has agreed to be the mentor for the "
        "first three months. The contract was signed and sent from {email}; the pay office also has the account {iban} and asks for the "
        "tax number within the week. Plan the introduction to the laboratory for the afternoon, when the noisy tests are over. A small tip "
        "from earlier years: print the site map, since the telephone network in the basement is weak.",
    ),
    Letter(
        "en",
        "Help me report a lost parcel.",
        "My name is {name}, tracking {reference}, phone {phone}, mail {email}.",
        "Depot scan log: {reference}, addressee {name}, {phone}.",
        "I am sorry that the parcel {reference} has not reached you. The last scan was in the sorting hall on Tuesday evening, and it was "
        "not loaded on the van the next morning. Please do not open a second case: it would start the search anew. The depot searches for "
        "two working days, then the sender is paid. {name} will hear from us either way, first by a message to {email}, and if the driver "
        "finds it, by a call to {phone}. Keep the receipt of the contents, because the insurer asks for it.",
    ),
    Letter(
        "en",
        "Prepare the minutes of the sailing club's meeting.",
        "Present were {name} and {other}; the treasurer's mail is {email}.",
        "Club register: chair {name}, treasurer {other}, {email}, club account {iban}.",
        "Minutes, in short. {name} opened the meeting at seven and thanked those who had painted the boathouse. {other} reported that the "
        "accounts are balanced and that the mooring fees rise by four per cent. It was decided to buy two dinghies from the reserve and to "
        "sell the old trailer. Members who want to pay by transfer use {iban}; questions about an invoice go to {email}. The regatta stays "
        "in the second week of June, as long as the tide tables allow it. The meeting closed at a quarter to nine.",
    ),
    Letter(
        "en",
        "Explain how the refund of my course fee works.",
        "I booked as {name} with card {card}.",
        "Course office: {name}, card {card}, phone {phone}, withdrew in week two.",
        "A course can be left within the first three weeks, and the fee for the weeks that remain is returned. Since it was paid with "
        "{card}, it goes back to the same card: we cannot send it to another account, not even to one of your own. The office needs the "
        "form with the signature of {name}; a photograph of it is enough. Books that were opened stay with you and are charged. If the "
        "amount has not arrived after ten days, call the office, or ask to be called on {phone}, and have the number {reference} at hand.",
    ),
    Letter(
        "en",
        "Whom do I ask about the research data?",
        "I am {name} and I write from {email}.",
        "Staff directory: data steward {other}, {email}, {phone}.",
        "The measurements of the wind tunnel are kept by the data steward, {other}. Write to {email} and say which campaign you need and "
        "for how long; raw series are large and are handed out on a disk. For a quick question about units and calibration it is better to "
        "call {phone} in the morning. If {name} wants to publish, the agreement with the manufacturer asks for four weeks' notice. The "
        "code that cleans the series is open and needs no permission at all.",
    ),
    Letter(
        "zh",
        "请帮我确认一下明天的挂号信息。",
        "我叫{name}，手机号是{mobile}，身份证号{resident_id}。",
        "门诊系统：{name}，{mobile}，{resident_id}，预约号{reference}。",
        "您好，{name}。您预约的是明天上午九点二十分的眼科门诊，预约号为{reference}。请提前二十分钟到二楼自助机取号，取号时需要出示身份证，"
        "系统里登记的证件号码是{resident_id}，如与证件不符，请先到服务台更正。检查前请不要佩戴隐形眼镜，散瞳之后四个小时内看近处会模糊，"
        "当天最好不要自己开车。就诊当天如果医生临时停诊，我们会拨打{mobile}通知您，并优先安排下一个号源。医保卡和以前的检查报告也请一并带上，"
        "这样医生可以对比视力的变化。停车场上午比较拥挤，建议乘坐地铁前来。",
    ),
    Letter(
        "zh",
        "帮我写一封给租客的通知。",
        "租客是{name}，电话{mobile}。",
        "物业登记：租客{name}，电话{mobile}，邮箱{email}，房号{reference}。",
        "{name}您好：\n\n本周六上午九点到十二点，物业将更换楼内的供水总阀，届时整栋楼停水，请您提前储备生活用水，并确认家中的水龙头处于关闭状态。"
        "更换完成后，最初几分钟的水可能略显浑浊，放一会儿即可，不影响使用。如果您当天不在家，请把阀门间的钥匙留在门卫处，登记的房号是{reference}。"
        "施工师傅到达之前会先拨打您的手机{mobile}，电子版通知也已经发到{email}。另外，电梯下周例行检修，请尽量错开早晚高峰。"
        "给您带来的不便，敬请谅解。如有老人或婴儿需要用水，请告诉我们，我们会送水上门。",
    ),
    Letter(
        "zh",
        "快递一直没有更新，怎么办？",
        "收件人{name}，电话{mobile}，单号{reference}。",
        "站点记录：单号{reference}，收件人{name}，联系电话{mobile}，滞留中转仓。",
        "您好，我已经查询了单号{reference}的物流记录。包裹昨天晚上到达中转仓，但是因为面单被雨水打湿，条码无法识别，所以没有装上今天早晨的车。"
        "仓库会在今天下午重新打印面单，预计明天中午之前送达。收件人{name}不需要重新下单，也不需要补交任何费用。派送员出发前会拨打{mobile}，"
        "如果不方便接听，可以选择放在楼下的自提柜，取件码会发送到同一个号码。如果明天晚上仍然没有收到，请直接回复本消息，我们会启动赔付流程，"
        "赔付金额按照寄件时申报的价值计算，一般在三个工作日之内到账。",
    ),
    Letter(
        "zh",
        "请整理一下应聘者的情况。",
        "应聘者{name}，邮箱{email}，电话{mobile}。",
        "人事档案：{name}，身份证{resident_id}，邮箱{email}，电话{mobile}，推荐人{other}。",
        "应聘者{name}毕业于材料专业，有五年的焊接工艺经验，做过两个桥梁项目的质量负责人。面试官{other}的评价是：基础扎实，表达清楚，"
        "对无损检测的流程非常熟悉，英语阅读没有问题，口语还需要练习。入职材料已经收齐，证件号码{resident_id}核对无误，体检安排在下周二。"
        "录用通知请发送到{email}，发出之后最好再打一个电话确认，手机号码是{mobile}。期望薪资在岗位范围之内，可以一个月之内到岗。"
        "建议安排在北区车间，由老师傅带三个月，试用期结束之后再决定是否调到研发部门。",
    ),
    Letter(
        "zh",
        "我的护照什么时候可以取？",
        "我是{name}，身份证{resident_id}。",
        "受理系统：{name}，{resident_id}，手机{mobile}，受理号{reference}。",
        "{name}您好，您的申请已经通过审核，受理号是{reference}，目前处于制证阶段，一般需要七个工作日。制证完成之后，系统会自动向{mobile}发送短信，"
        "请在收到短信后的三个月之内领取。领取时请携带身份证原件，窗口会核对证件号码{resident_id}和本人照片。如果本人不能到场，"
        "可以委托家人代领，但需要书面委托书和双方的证件。选择邮寄的申请人，请留意快递电话，签收时同样要核对身份。"
        "旧护照会剪角之后退还给您，里面仍然有效的签证可以继续使用，出行时请两本一起带上。",
    ),
    Letter(
        "zh",
        "帮我拟一份会议纪要。",
        "参会的有{name}和{other}。",
        "会议签到：{name}（{mobile}），{other}（{email}）。",
        "会议于下午两点开始，由{name}主持。第一项议题是秋季展览的场地，大家认为旧厂房的层高合适，但是消防通道需要重新规划，"
        "由{other}在下周五之前给出方案。第二项议题是志愿者的培训，计划分三批进行，每批二十人，培训内容包括讲解、急救和秩序维护。"
        "第三项议题是预算，印刷费用比去年增加了一成，主要是纸张涨价，决定减少折页，改用电子导览。"
        "对方案有意见的同事，可以发邮件到{email}，紧急的事情请打电话{mobile}。会议在四点十分结束，下次会议定在月底。",
    ),
    Letter(
        "zh",
        "How should the partner in Shantou be contacted?",
        "The partner is {name}, {mobile}, {email}.",
        "合作方通讯录：{name}，手机{mobile}，邮箱{email}，对接人{other}。",
        "合作方的负责人是{name}，平时上午在工厂，下午在办公室。第一次联系建议先写邮件到{email}，说明公司名称、采购的数量和交货的时间，"
        "三个工作日之内一般会有回复。样品的事情由{other}负责，寄送之前请先确认地址，因为厂区有两个大门，快递只送东门。"
        "如果船期有变化，请直接拨打{mobile}，不要等到第二天。对方可以用英语沟通，但是合同以中文文本为准。"
        "付款方式是三成定金，余款见提单副本支付。节假日前后港口拥堵，最好提前两周订舱，台风季节还要再留出几天的余量。",
    ),
    Letter(
        "en",
        "Draft the reply to an embassy about a conference guest.",
        "Our guest is {name}; my own address is {email}.",
        "Conference file: {name}, resident identity {resident_id}, mobile {mobile}, invited by {other}.",
        "To whom it may concern: {name} is invited to the conference on coastal engineering from the fourth to the ninth of the month and "
        "will give one of the two evening lectures. Travel and lodging are paid by the organiser. The identity number given on the form is "
        "{resident_id}, and the guest can be reached on {mobile} during the journey. {other} signs for the organising committee; please "
        "send questions to {email}. We would be grateful for a decision before the end of the week, since the flight must be booked by "
        "then.",
    ),
    Letter(
        "en",
        "Which details are still missing in the insurance claim?",
        "Claim {reference}, policy holder {name}, {phone}.",
        "Claims desk: {reference}, {name}, {phone}, pay-out account {iban}, card on file {card}.",
        "The claim {reference} is nearly complete. Missing are the estimate of the garage and two photographs that show the number plate. "
        "The policy holder, {name}, has already signed. The pay-out is planned to {iban}; the excess is taken from the card {card}, as was "
        "agreed when the policy was made. An assessor calls on {phone} to fix a date, usually within two days. Do not let the car be "
        "repaired before that visit, unless it is needed for work; in that case keep the replaced parts, and have the garage note the "
        "mileage.",
    ),
)

WITHOUT_PEOPLE = (
    Letter(
        "en",
        "Why is the sea blue?",
        "",
        "",
        "Water swallows red light a little more than blue light. In a glass the difference is too small to be seen; over several metres it "
        "adds up, and what comes back to the eye has lost its red. The sky helps, because the surface mirrors it, but a deep indoor pool "
        "with white walls looks blue as well. Near the coast, algae and sand add green and brown, so that sailors could judge depth by "
        "colour long before there were sounders. In the tropics, where little grows in the open water, the sea is at its bluest.",
    ),
    Letter(
        "en",
        "How do I keep bread fresh?",
        "",
        "",
        "Keep it at room temperature in a bag of cloth or in a wooden box, cut side down. The refrigerator is the worst place: starch "
        "hardens fastest just above freezing. What you will not eat in two days is better frozen, in slices, on the day it was baked; from "
        "the freezer it goes straight into the toaster. A crust that has become soft recovers in a hot oven within five minutes. Stale "
        "bread is no waste either: soaked in milk it makes dumplings, and grated it thickens a soup.",
    ),
    Letter(
        "zh",
        "潮汐是怎么形成的？",
        "",
        "",
        "潮汐主要是由月球的引力引起的，太阳也有影响，但只有月球的一半左右。地球朝向月球的一面，海水受到的引力比地心稍大，于是向月球的方向隆起；"
        "背向月球的一面，海水受到的引力比地心稍小，也形成一个隆起。地球自转时，一个地方每天大约经过这两个隆起各一次，所以多数海岸一天有两次涨潮。"
        "新月和满月的时候，太阳与月球的作用叠加，潮差最大，叫做大潮；上弦月和下弦月的时候，两者相互抵消一部分，潮差最小，叫做小潮。"
        "海湾的形状会放大潮差，喇叭形的河口甚至会形成涌潮。渔民、港口和潮汐电站都要按照潮汐表安排工作。",
    ),
    Letter(
        "zh",
        "阳台上适合种什么菜？",
        "",
        "",
        "朝南的阳台光照充足，可以种番茄、辣椒和罗勒；朝北的阳台光线较弱，更适合生菜、菠菜和小葱。花盆要有排水孔，盆底铺一层陶粒，"
        "再放上疏松的营养土，这样浇水之后不容易积水烂根。番茄需要支架，开花之后轻轻摇动花枝，可以帮助授粉。浇水的原则是见干见湿，"
        "夏天早晚各一次，冬天三四天一次就够了。施肥宁少勿多，两周一次稀薄的有机肥就能满足需要。如果叶片背面出现蚜虫，先用清水冲洗，"
        "不要急着用药。收获的时候从外侧的叶子摘起，留下菜心，它还会继续生长。",
    ),
    Letter(
        "en",
        "What makes a good sorting algorithm?",
        "",
        "",
        "It depends on what is being sorted. If the list is nearly in order already, insertion sort is hard to beat, which is why most "
        "libraries fall back on it for short runs. If the values are many and unknown, merge sort promises a bound and keeps equal items "
        "in their order; quicksort is faster on average and uses less memory, but a clever opponent can slow it down. If the keys are "
        "small whole numbers, counting beats comparing. Measure with the lists that you really have, not with random ones.",
    ),
)
