/**
 * What the agent says of its own accord. `moment` bridges a silence, `unrecognised` answers speech whose words are
 * lost, `apology` stands for an answer that failed; the page shows why. `lost-thread` comes from an agent that has taken
 * up the call of one that was lost, `go-on` asks whether its answer is still wanted.
 */
export type Phrase =
  | 'welcome'
  | 'moment'
  | 'unrecognised'
  | 'apology'
  | 'lost-thread'
  | 'go-on'
  | 'still-there'
  | 'goodbye-idle'
  | 'goodbye-time-limit';

type Phrases = Readonly<Record<Phrase, string>>;

const ENGLISH: Phrases = {
  welcome: 'Hello! How can I help you?',
  moment: 'One moment, please.',
  unrecognised: 'Sorry, I did not get that. Could you say it again?',
  apology: 'Sorry, I cannot answer right now. Please try again in a moment.',
  'lost-thread': 'Sorry, I lost the thread for a moment.',
  'go-on': 'Shall I go on?',
  'still-there': 'Are you still there?',
  'goodbye-idle': 'I cannot hear you any more, so I will end the call. Good-bye!',
  'goodbye-time-limit': 'We have reached the end of our time. Thank you for the call. Good-bye!',
};

/** By the first part of a language tag. */
const BY_LANGUAGE: Readonly<Record<string, Phrases>> = {
  en: ENGLISH,
  zh: {
    welcome: '你好！有什么可以帮你？',
    moment: '请稍等。',
    unrecognised: '抱歉，我没有听清，请再说一遍。',
    apology: '抱歉，我现在无法回答，请稍后再试。',
    'lost-thread': '抱歉，我刚才走神了。',
    'go-on': '要我继续说吗？',
    'still-there': '你还在吗？',
    'goodbye-idle': '我听不到你的声音了，先结束通话。再见！',
    'goodbye-time-limit': '通话时间到了，谢谢你的来电。再见！',
  },
  de: {
    welcome: 'Hallo! Wie kann ich helfen?',
    moment: 'Einen Moment, bitte.',
    unrecognised: 'Das habe ich leider nicht verstanden. Könnten Sie es wiederholen?',
    apology: 'Ich kann gerade leider nicht antworten. Bitte versuchen Sie es gleich noch einmal.',
    'lost-thread': 'Entschuldigung, ich hatte kurz den Faden verloren.',
    'go-on': 'Soll ich weitersprechen?',
    'still-there': 'Sind Sie noch da?',
    'goodbye-idle': 'Ich höre Sie nicht mehr und beende das Gespräch. Auf Wiederhören!',
    'goodbye-time-limit': 'Unsere Zeit ist leider um. Danke für das Gespräch. Auf Wiederhören!',
  },
  es: {
    welcome: '¡Hola! ¿En qué puedo ayudarle?',
    moment: 'Un momento, por favor.',
    unrecognised: 'Perdone, no lo he entendido. ¿Puede repetirlo?',
    apology: 'Lo siento, ahora no puedo responder. Inténtelo de nuevo en un momento.',
    'lost-thread': 'Perdone, he perdido el hilo un momento.',
    'go-on': '¿Sigo?',
    'still-there': '¿Sigue ahí?',
    'goodbye-idle': 'Ya no le oigo, así que termino la llamada. ¡Adiós!',
    'goodbye-time-limit': 'Se nos ha acabado el tiempo. Gracias por la llamada. ¡Adiós!',
  },
  fr: {
    welcome: 'Bonjour ! Comment puis-je vous aider ?',
    moment: 'Un instant, s’il vous plaît.',
    unrecognised: 'Désolé, je n’ai pas compris. Pouvez-vous répéter ?',
    apology: 'Désolé, je ne peux pas répondre pour le moment. Réessayez dans un instant.',
    'lost-thread': 'Désolé, j’ai perdu le fil un instant.',
    'go-on': 'Dois-je continuer ?',
    'still-there': 'Êtes-vous toujours là ?',
    'goodbye-idle': 'Je ne vous entends plus, je mets fin à l’appel. Au revoir !',
    'goodbye-time-limit': 'Nous arrivons à la fin du temps prévu. Merci de votre appel. Au revoir !',
  },
  it: {
    welcome: 'Ciao! Come posso aiutarti?',
    moment: 'Un momento, per favore.',
    unrecognised: 'Scusa, non ho capito. Puoi ripetere?',
    apology: 'Mi dispiace, ora non posso rispondere. Riprova tra un momento.',
    'lost-thread': 'Scusa, ho perso il filo per un momento.',
    'go-on': 'Vado avanti?',
    'still-there': 'Ci sei ancora?',
    'goodbye-idle': 'Non ti sento più, quindi chiudo la chiamata. Arrivederci!',
    'goodbye-time-limit': 'Il nostro tempo è finito. Grazie della chiamata. Arrivederci!',
  },
  pt: {
    welcome: 'Olá! Como posso ajudar?',
    moment: 'Um momento, por favor.',
    unrecognised: 'Desculpe, não entendi. Pode repetir?',
    apology: 'Desculpe, não posso responder agora. Tente de novo daqui a pouco.',
    'lost-thread': 'Desculpe, perdi o fio à meada por um momento.',
    'go-on': 'Devo continuar?',
    'still-there': 'Ainda está aí?',
    'goodbye-idle': 'Já não consigo ouvir, por isso vou terminar a chamada. Até logo!',
    'goodbye-time-limit': 'O nosso tempo acabou. Obrigado pela chamada. Até logo!',
  },
  ja: {
    welcome: 'こんにちは。ご用件をどうぞ。',
    moment: '少々お待ちください。',
    unrecognised: 'すみません、聞き取れませんでした。もう一度お願いします。',
    apology: '申し訳ありません、今はお答えできません。しばらくしてからお試しください。',
    'lost-thread': 'すみません、少しの間、話が途切れてしまいました。',
    'go-on': '続けてもよろしいですか？',
    'still-there': 'まだいらっしゃいますか？',
    'goodbye-idle': 'お声が聞こえないようですので、通話を終了します。失礼します。',
    'goodbye-time-limit': 'お時間になりました。お電話ありがとうございました。失礼します。',
  },
  ko: {
    welcome: '안녕하세요! 무엇을 도와드릴까요?',
    moment: '잠시만 기다려 주세요.',
    unrecognised: '죄송합니다, 잘 못 들었습니다. 다시 말씀해 주세요.',
    apology: '죄송합니다, 지금은 답변할 수 없습니다. 잠시 후에 다시 시도해 주세요.',
    'lost-thread': '죄송합니다, 잠시 대화가 끊겼습니다.',
    'go-on': '계속 말씀드릴까요?',
    'still-there': '아직 계신가요?',
    'goodbye-idle': '목소리가 들리지 않아 통화를 종료하겠습니다. 안녕히 계세요!',
    'goodbye-time-limit': '통화 시간이 다 되었습니다. 이용해 주셔서 감사합니다. 안녕히 계세요!',
  },
};

/** In the language of the conversation where it is one of ours, else in English. `language`: BCP 47. */
export function phrase(what: Phrase, language: string | undefined): string {
  const [primary = ''] = (language ?? '').toLowerCase().split('-');
  const known = primary === 'cmn' || primary === 'yue' ? 'zh' : primary;
  return (BY_LANGUAGE[known] ?? ENGLISH)[what];
}
