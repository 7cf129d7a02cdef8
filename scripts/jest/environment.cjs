// Native add-ons make their typed arrays in Node's own realm; tests must see the same constructors.
const { TestEnvironment } = require('jest-environment-node');

const shared = [
  'Float32Array',
  'Float64Array',
  'Int16Array',
  'Int32Array',
  'Uint16Array',
  'Uint32Array',
  'BigInt64Array',
  'BigUint64Array',
];

module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of shared) this.global[name] = globalThis[name];
  }
};
