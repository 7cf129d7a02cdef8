import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';

const PAGE = 3;
const nothing = { type: 'object' as const };
const text = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

const mixed: CallToolResult = {
  content: [
    { type: 'text', text: 'a chart' },
    { type: 'image', data: 'AAAA', mimeType: 'image/png' },
    { type: 'resource', resource: { uri: 'file:///notes.txt', text: 'the notes' } },
    { type: 'resource', resource: { uri: 'file:///sound.bin', blob: 'AAAA' } },
    { type: 'resource_link', name: 'report', uri: 'file:///report.pdf' },
  ],
};

const numbers = { a: { type: 'number' as const }, b: { type: 'number' as const } };

/** A real MCP server whose tools do what tests need; three to a page. */
export function scriptedMcpServer(): Server {
  const server = new Server({ name: 'scripted', version: '1' }, { capabilities: { tools: { listChanged: true } } });
  let cancelled = 0;
  const tools = [
    { name: 'add', description: 'Adds.', inputSchema: { ...nothing, properties: numbers, required: ['a', 'b'] } },
    { name: 'weather', title: 'The weather', inputSchema: nothing },
    { name: 'mixed', inputSchema: nothing },
    { name: 'fail', inputSchema: nothing },
    { name: 'refuse', inputSchema: nothing },
    { name: 'stall', inputSchema: nothing },
    { name: 'cancelled', inputSchema: nothing },
    { name: 'environment', inputSchema: nothing },
    { name: 'big', inputSchema: nothing },
    { name: 'grow', inputSchema: nothing },
  ];
  server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
    const from = Number(params?.cursor ?? 0);
    const to = from + PAGE;
    return { tools: tools.slice(from, to), ...(to < tools.length ? { nextCursor: String(to) } : {}) };
  });
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    const { a, b } = (params.arguments ?? {}) as Record<string, number>;
    switch (params.name) {
      case 'add':
        return text(String((a as number) + (b as number)));
      case 'weather':
        return { content: [], structuredContent: { sky: 'clear' } };
      case 'mixed':
        return mixed;
      case 'fail':
        return { ...text('no such city'), isError: true };
      case 'cancelled':
        return text(String(cancelled));
      case 'environment':
        return text(JSON.stringify(process.env));
      case 'big':
        return text('x'.repeat(100_000));
      case 'grow':
        tools.push({ name: 'grown', inputSchema: nothing });
        await server.sendToolListChanged();
        return text('grown');
      case 'stall':
        signal.addEventListener('abort', () => cancelled++);
        return new Promise<never>(() => {});
      default:
        throw new McpError(ErrorCode.InvalidParams, 'this is refused');
    }
  });
  return server;
}
