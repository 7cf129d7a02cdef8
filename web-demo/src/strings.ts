/** Everything the page says. `{name}` stands for a value. */
const en = {
  tagline: 'Talk with an AI agent, by voice, in real time.',
  start: 'Start call',
  end: 'End call',
  mute: 'Mute',
  interrupt: 'Interrupt',
  rejoin: 'Rejoin',
  startAgain: 'Start again',
  tryAgain: 'Try again',
  turnOnSound: 'Turn on sound',
  dismiss: 'Dismiss',
  copyLink: 'Copy invite link',
  copied: 'Link copied',
  room: 'Room {room}',
  interfaceLanguage: 'Language of this page',

  microphone: 'Microphone',
  defaultMicrophone: 'Default',
  microphoneNumber: 'Microphone {number}',
  callLanguage: 'You speak',
  anyLanguage: 'Any',

  ready: 'Ready when you are',
  connecting: 'Connecting',
  askingMicrophone: 'Waiting for the microphone',
  askingMicrophoneHint: 'Allow it in the question your browser shows.',
  connected: 'You are in the call',
  reconnecting: 'Reconnecting',
  ended: 'Call ended',
  agentIdle: 'Say something',
  agentListening: 'Listening',
  agentThinking: 'Thinking',
  agentSpeaking: 'Speaking',
  muted: 'You are muted',
  unmuteHint: 'Press M to be heard again.',
  typingHint: 'No microphone: listen and type.',
  shortcutHint: 'Press M to mute.',

  conversation: 'Conversation',
  transcript: 'Transcript',
  transcriptEmpty: 'What you and the agent say appears here.',
  you: 'You',
  guest: 'Guest',
  agent: 'Agent',
  interrupted: 'interrupted',
  message: 'Message',
  messagePlaceholder: 'Type instead of talking',
  send: 'Send',
  agentSaid: 'Agent: {text}',

  latency: 'Latency',
  latencyEmpty: 'After each turn you see here where its time went.',
  turn: 'Turn {turn}',
  endpointing: 'Noticing you finished',
  asr_final: 'Final transcript',
  llm_first_token: 'First word of the answer',
  tts_first_audio: 'First sound of the voice',
  first_packet: 'First packet on its way',
  voice_to_voice: 'Voice to voice',
  message_to_voice: 'Message to voice',
  barge_in_stop: 'Fell silent {ms} ms after you cut in',
  speculation_saved: 'Saved {ms} ms by starting early',
  milliseconds: '{ms} ms',

  engines: 'Engines',
  vad: 'Hearing',
  asr: 'Recognition',
  llm: 'Language',
  tts: 'Voice',
  lite: 'lite',
  liteHint:
    'Lite engines need no key and no download. For a real model set OPENAI_API_KEY, or start Ollama, and restart the server.',

  microphoneDenied: 'The microphone is blocked',
  microphoneDeniedHelp:
    'You can listen and type. To talk, allow the microphone beside the address bar of your browser (or in the system settings), then try again.',
  microphoneMissing: 'There is no microphone',
  microphoneMissingHelp: 'You can listen and type. To talk, plug one in or choose another one, then try again.',
  microphoneInUse: 'The microphone is busy',
  microphoneInUseHelp: 'You can listen and type. To talk, close the other application that uses it, then try again.',
  microphoneFailed: 'The microphone does not work',
  microphoneFailedHelp: 'You can listen and type. To talk, choose another one, or try again.',
  insecure: 'This page is not on a secure address',
  insecureHelp:
    'Browsers give the microphone only to https pages. Open it as {local} on the server itself, or set up a domain with TLS. Until then you can listen and type.',
  soundBlocked: 'Your browser holds the sound back',
  soundBlockedHelp: 'It wants one click from you before a page may make sound.',
  reconnectingTitle: 'The connection dropped',
  reconnectingHelp: 'Coming back to the same room, attempt {attempt}.',
  reconnectingMediaHelp: 'Your network has changed; the audio looks for a new way.',

  endRoomClosed: 'The room was closed',
  endMediaWorker: 'The server lost its audio engine',
  endAgent: 'The agent failed',
  endShutdown: 'The server is shutting down',
  endIdle: 'It was quiet for a while',
  endTimeLimit: 'The call reached its time limit',
  endByAgentHelp: 'The agent said good-bye and ended the call.',
  endRefused: 'The server did not let you in',
  endUnreachable: 'The server cannot be reached',
  endLost: 'The connection was lost',
  endMedia: 'No audio gets through',
  endNoMicrophone: 'The microphone could not be opened',
  endUnsupported: 'This browser cannot take part in a call',
  endUnsupportedHelp: 'Use a current Chrome, Edge, Firefox or Safari.',
  endHelp: 'The call is over.',
  endRejoinHelp: 'The call is over. You can join again.',
  endUnreachableHelp: 'Is it running, and are you online?',
  endMediaHelp:
    'Signaling works, but a firewall is in the way: open the media port (44444, UDP and TCP) on the server.',
  roomFull: 'This room is full.',
  protocolVersion: 'This page is older or newer than the server. Reload it.',
  tooMany: 'The server has no room for another call right now.',

  problemEngine: 'An engine had trouble',
  problemSession: 'The agent had trouble',
  problemMedia: 'The audio has trouble',
  problemOther: 'Something went wrong',
} as const;

export type Key = keyof typeof en;

const zh: Record<Key, string> = {
  tagline: '与 AI 助手实时语音对话。',
  start: '开始通话',
  end: '结束通话',
  mute: '静音',
  interrupt: '打断',
  rejoin: '重新加入',
  startAgain: '重新开始',
  tryAgain: '重试',
  turnOnSound: '打开声音',
  dismiss: '关闭提示',
  copyLink: '复制邀请链接',
  copied: '链接已复制',
  room: '房间 {room}',
  interfaceLanguage: '页面语言',

  microphone: '麦克风',
  defaultMicrophone: '默认',
  microphoneNumber: '麦克风 {number}',
  callLanguage: '通话语言',
  anyLanguage: '任意',

  ready: '准备就绪',
  connecting: '正在连接',
  askingMicrophone: '等待麦克风',
  askingMicrophoneHint: '请在浏览器的提示中允许使用。',
  connected: '您已加入通话',
  reconnecting: '正在重新连接',
  ended: '通话已结束',
  agentIdle: '请说话',
  agentListening: '正在聆听',
  agentThinking: '正在思考',
  agentSpeaking: '正在说话',
  muted: '您已静音',
  unmuteHint: '再按 M 键恢复。',
  typingHint: '没有麦克风：可以收听和打字。',
  shortcutHint: '按 M 键静音。',

  conversation: '对话',
  transcript: '对话记录',
  transcriptEmpty: '您和助手说的话会显示在这里。',
  you: '您',
  guest: '访客',
  agent: '助手',
  interrupted: '被打断',
  message: '消息',
  messagePlaceholder: '也可以打字',
  send: '发送',
  agentSaid: '助手：{text}',

  latency: '延迟',
  latencyEmpty: '每轮对话之后，这里会显示时间花在哪里。',
  turn: '第 {turn} 轮',
  endpointing: '判断您已说完',
  asr_final: '最终识别结果',
  llm_first_token: '回答的第一个词',
  tts_first_audio: '语音的第一个声音',
  first_packet: '第一个数据包发出',
  voice_to_voice: '语音到语音',
  message_to_voice: '消息到语音',
  barge_in_stop: '您插话后 {ms} 毫秒停止',
  speculation_saved: '提前开始节省了 {ms} 毫秒',
  milliseconds: '{ms} 毫秒',

  engines: '引擎',
  vad: '语音检测',
  asr: '语音识别',
  llm: '语言模型',
  tts: '语音合成',
  lite: '精简',
  liteHint: '精简引擎无需密钥，也无需下载。要使用真正的模型，请设置 OPENAI_API_KEY 或启动 Ollama，然后重启服务器。',

  microphoneDenied: '麦克风被禁用',
  microphoneDeniedHelp: '您可以收听和打字。要说话，请在浏览器地址栏旁（或系统设置中）允许麦克风，然后重试。',
  microphoneMissing: '没有找到麦克风',
  microphoneMissingHelp: '您可以收听和打字。要说话，请接上麦克风或另选一个，然后重试。',
  microphoneInUse: '麦克风正被占用',
  microphoneInUseHelp: '您可以收听和打字。要说话，请关闭正在使用它的其他程序，然后重试。',
  microphoneFailed: '麦克风无法使用',
  microphoneFailedHelp: '您可以收听和打字。要说话，请另选一个麦克风，或重试。',
  insecure: '此页面不在安全地址上',
  insecureHelp:
    '浏览器只允许 https 页面使用麦克风。请在服务器本机打开 {local}，或配置带 TLS 的域名。在此之前您可以收听和打字。',
  soundBlocked: '浏览器暂未播放声音',
  soundBlockedHelp: '需要您点击一次，页面才能发出声音。',
  reconnectingTitle: '连接已断开',
  reconnectingHelp: '正在回到同一房间，第 {attempt} 次尝试。',
  reconnectingMediaHelp: '您的网络发生了变化，正在为音频寻找新的路径。',

  endRoomClosed: '房间已关闭',
  endMediaWorker: '服务器的音频引擎中断',
  endAgent: '助手出现故障',
  endShutdown: '服务器正在关闭',
  endIdle: '已有一段时间没有人说话',
  endTimeLimit: '通话已达到时长上限',
  endByAgentHelp: '助手道别后结束了通话。',
  endRefused: '服务器拒绝了加入请求',
  endUnreachable: '无法连接服务器',
  endLost: '连接已丢失',
  endMedia: '音频无法通过',
  endNoMicrophone: '无法打开麦克风',
  endUnsupported: '此浏览器无法参加通话',
  endUnsupportedHelp: '请使用新版 Chrome、Edge、Firefox 或 Safari。',
  endHelp: '通话已结束。',
  endRejoinHelp: '通话已结束，您可以重新加入。',
  endUnreachableHelp: '服务器在运行吗？您的网络正常吗？',
  endMediaHelp: '信令正常，但被防火墙阻挡：请在服务器上开放媒体端口（44444，UDP 和 TCP）。',
  roomFull: '房间已满。',
  protocolVersion: '页面与服务器版本不一致，请刷新页面。',
  tooMany: '服务器目前无法接受更多通话。',

  problemEngine: '某个引擎出现问题',
  problemSession: '助手出现问题',
  problemMedia: '音频出现问题',
  problemOther: '出现问题',
};

export const LANGUAGES = { en: 'English', zh: '中文' } as const;
export type UiLanguage = keyof typeof LANGUAGES;
export const dictionary: Record<UiLanguage, Record<Key, string>> = { en, zh };

/** The `lang` attribute for what the page says. */
export const LANG_TAGS: Record<UiLanguage, string> = { en: 'en', zh: 'zh-Hans' };

export type Translate = (key: Key, values?: Record<string, string | number>) => string;

/** Speaks one language. */
export const translator =
  (language: UiLanguage): Translate =>
  (key, values = {}) =>
    dictionary[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** The first language of the browser's list that the page speaks; English where it speaks none. */
export function preferredLanguage(tags: readonly string[]): UiLanguage {
  for (const tag of tags) {
    const [language] = tag.toLowerCase().split('-');
    if (language && Object.hasOwn(LANGUAGES, language)) return language as UiLanguage;
  }
  return 'en';
}
