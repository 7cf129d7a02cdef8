/** What the agent says when it cannot answer; the page shows why. */
export function apology(language: string | undefined): string {
  return language?.startsWith('zh')
    ? '抱歉，我现在无法回答，请稍后再试。'
    : 'Sorry, I cannot answer right now. Please try again in a moment.';
}
