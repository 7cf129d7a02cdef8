// For the container's health check: the process answers. Whether it takes calls is what /readyz says.
const { PORT = '8000' } = process.env;
const alive = await fetch(`http://127.0.0.1:${PORT}/healthz`, { signal: AbortSignal.timeout(4000) }).then(
  ({ ok }) => ok,
  () => false,
);
process.exitCode = alive ? 0 : 1;
