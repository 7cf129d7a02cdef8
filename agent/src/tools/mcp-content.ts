import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/sdk/types.js';
import { boundedResult, shortText } from './text.ts';
import { ToolError } from './tool-error.ts';

/** What an MCP tool answered, as text for the LLM. Throws what the tool calls an error. */
export function resultText({ content, structuredContent, isError }: CallToolResult): string {
  const parts = content.map(inText);
  // Servers repeat structured content as text, for clients that know only that.
  if (structuredContent && !content.some(({ type }) => type === 'text')) parts.push(JSON.stringify(structuredContent));
  const text = parts.join('\n').trim();
  if (isError) throw new ToolError('the tool reports an error', shortText(text));
  return text === '' ? 'done, without a result' : boundedResult(text);
}

function inText(part: ContentBlock): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'resource':
      if ('text' in part.resource) return part.resource.text;
      return `[left out: a file, ${part.resource.uri}]`;
    case 'resource_link':
      return `[a file: ${part.name}, ${part.uri}]`;
    default:
      return `[left out: ${part.type}, ${part.mimeType}]`;
  }
}
