/** A window was not judged because its stream or the engine was closed: nobody's failure. */
export class VadClosed extends Error {
  constructor() {
    super('the voice detector is closed');
    this.name = 'AbortError';
  }
}
