const isChinese = (language: string | undefined): boolean => /^(zh|cmn|yue)/i.test(language ?? '');

/** What the agent says first where nothing else is set. */
export const welcome = (language: string | undefined): string =>
  isChinese(language) ? '你好！有什么可以帮你？' : 'Hello! How can I help you?';

/** What the agent says when it cannot answer; the page shows why. */
export const apology = (language: string | undefined): string =>
  isChinese(language)
    ? '抱歉，我现在无法回答，请稍后再试。'
    : 'Sorry, I cannot answer right now. Please try again in a moment.';
