// The scripted MCP server as a program. `dies`: ends with a word on why. `silent`: never answers. `stubborn`: does
// not end when it is asked to.
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { scriptedMcpServer } from './mcp-scripted.ts';

const [mode] = process.argv.slice(2);
if (mode === 'dies') {
  console.error(`no database at ${process.env.DB_KEY}`);
  process.exit(3);
}
if (mode === 'stubborn') process.on('SIGTERM', () => {});
if (mode === 'stubborn' || mode === 'silent') setInterval(() => {}, 60_000);
if (mode !== 'silent') await scriptedMcpServer().connect(new StdioServerTransport());
