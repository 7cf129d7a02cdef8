import { isIP } from 'node:net';
import type { Config } from '../config/index.ts';
import { announcedAddresses } from '../media/index.ts';
import { Finder, type Finding } from './finding.ts';

const LOOPBACK = /^(localhost|127\..*|::1)$/;
const PRIVATE =
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe80:)/i;

/** Browsers give the microphone to https and localhost only. */
export function checkHttps({ server, access }: Config): Finding {
  const find = new Finder('HTTPS');
  const reachableAt = access.bind ?? server.host;
  if (Number(server.trustProxy) > 0)
    return find.ok('a proxy in front is trusted (server.trustProxy); it must speak HTTPS');
  if (LOOPBACK.test(reachableAt)) return find.ok('not needed: only this machine can reach the server, as localhost');
  return find.warning(
    `the server speaks plain HTTP at ${reachableAt}: from other machines browsers refuse it the microphone`,
    'Put a proxy with HTTPS in front and set server.trustProxy (PARLEY_SERVER_TRUST_PROXY=1); ' +
      '`docker compose --profile tls up` does both: docs/self-hosting.md.',
  );
}

/** Whether callers are sent an address that can lead here. */
export async function checkAnnounced({ media, server, access }: Config): Promise<Finding> {
  const find = new Finder('announced address');
  const { announcedAddress } = media;
  if (!announcedAddress) return find.ok('none: each caller is sent the address by which they came');
  const [address = ''] = await announcedAddresses(announcedAddress);
  if (!isIP(address)) {
    return find.failed(
      `${announcedAddress} does not resolve`,
      'Correct media.announcedAddress (ANNOUNCED_ADDRESS), or leave it out.',
    );
  }
  const says = announcedAddress === address ? address : `${announcedAddress}, ${address}`;
  const isOpen = !LOOPBACK.test(access.bind ?? server.host) || Number(server.trustProxy) > 0;
  if (isOpen && (LOOPBACK.test(address) || PRIVATE.test(address))) {
    return find.warning(
      `${says} leads here only from ${LOOPBACK.test(address) ? 'this machine' : 'the same network'}`,
      'For callers from elsewhere set ANNOUNCED_ADDRESS to the public address, or leave it out.',
    );
  }
  return find.ok(says);
}
