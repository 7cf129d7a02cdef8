import { type ApiProbe, provoke } from '../api-probe.ts';

const house = 'keeping';
const nobody = { call: '00000000-0000-4000-8000-000000000000' };

/** A call that is written down; it goes on until its room is ended. */
async function aCall(probe: ApiProbe, order: object = {}): Promise<{ call: string; room: string }> {
  const made = await (await probe.ask('createRoom', { house, body: order })).json();
  const { id: call, room } = made as { id: string; room: string };
  const caller = await (await probe.house(house)).client();
  await caller.ask('join', { room });
  await written(probe, call);
  return { call, room };
}

async function anEndedCall(probe: ApiProbe): Promise<{ call: string }> {
  const { call, room } = await aCall(probe);
  await probe.ask('endRoom', { house, params: { room } });
  await written(probe, call, ({ endedAt }) => endedAt !== undefined);
  return { call };
}

/** A call whose recording has begun. */
async function aRecording(probe: ApiProbe): Promise<{ call: string }> {
  const params = await aCall(probe, { record: true });
  for (;;) {
    const answer = await probe.ask('getRecording', { house, params });
    const file = await answer.arrayBuffer();
    if (answer.status === 200 && file.byteLength > 0) return params;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Calls do not wait for the database: so we do, and for its opening. */
async function written(
  probe: ApiProbe,
  call: string,
  isWritten: (call: { endedAt?: string }) => boolean = () => true,
): Promise<void> {
  for (;;) {
    const answer = await probe.ask('getCall', { house, params: { call } });
    const body = await answer.json();
    if (answer.status === 200 && isWritten(body as { endedAt?: string })) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const calls = [
  provoke('listCalls', 200, async (probe) => {
    await aCall(probe);
    return { house };
  }),
  provoke('listCalls', 400, () => ({ house, query: { limit: 'many' } })),
  provoke('getCall', 200, async (probe) => ({ house, params: await aCall(probe) })),
  provoke('getTranscript', 200, async (probe) => ({ house, params: await aCall(probe) })),
  provoke('getRecording', 200, async (probe) => ({ house, params: await aRecording(probe) })),
  ...(
    [
      [206, 'bytes=0-3'],
      [416, 'bytes=999999999-'],
    ] as const
  ).map(([status, range]) =>
    provoke('getRecording', status, async (probe) => ({ house, params: await aRecording(probe), headers: { range } })),
  ),
  provoke('deleteCall', 204, async (probe) => ({ house, params: await anEndedCall(probe) })),
  provoke('deleteCall', 409, async (probe) => ({ house, params: await aCall(probe) })),
  provoke('listCalls', 404, () => ({})),
  ...['getCall', 'getTranscript', 'getRecording', 'deleteCall'].map((id) =>
    provoke(id, 404, () => ({ house, params: nobody })),
  ),
  ...['listCalls', 'getCall', 'getTranscript', 'getRecording', 'deleteCall'].map((id) =>
    provoke(id, 503, () => ({ house: 'forgetful', params: nobody })),
  ),
];
