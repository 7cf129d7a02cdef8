import type { DtlsParameters } from '../../rooms/index.ts';
import type { Handler } from '../handler.ts';

export const connectTransport: Handler<'connect-transport'> = async ({ transportId, dtlsParameters }, visit) => {
  await visit.place.caller.connectTransport(transportId, dtlsParameters as DtlsParameters);
  return {};
};
