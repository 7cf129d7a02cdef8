/** Traditional characters of the phrases in `chinese.ts`, each before its simplified form: one list serves both. */
const PAIRS =
  '對对沒没錯错這这樣样個个說说還还後后為为過过時时間间現现點点麼么嗎吗給给請请開开關关燈灯幾几誰谁聽听話话會会來来從从與与當当讓让覺觉問问別别夠够謝谢們们應应該该將将並并幫帮號号碼码萬万兩两電电機机裡里長长難难' +
  '雖虽儘尽盡尽無无論论證证帳账戶户訴诉買买賣卖換换訂订設设暫暂繼继續续講讲讀读寫写發发導导調调張张願愿嚴严煩烦閉闭靜静瞭了厲厉實实際际於于據据僅仅況况剛刚纔才塊块錢钱遠远邊边歲岁準准備备種种頭头動动樂乐員员師师' +
  '課课題题學学書书車车門门東东國国單单雙双總总經经結结約约網网紙纸級级線线練练組组終终';

export const TRADITIONAL: ReadonlyMap<string, string> = new Map(
  Array.from(PAIRS.match(/../gu) ?? [], ([from, to]) => [from, to] as [string, string]),
);
