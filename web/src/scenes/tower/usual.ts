// The settings that the address keeps.

/** `network` is 'fresh' or the id of a trained model. */
export const USUAL = {
  network: 'fresh',
  cell: 'lstm',
  units: 16,
  layers: 3,
  residual: false,
  bidirectional: false,
  start: 'keras',
  seed: 0,
  reads: 'text',
  text: 'to be or not to be, that is the question',
  steps: 40,
};
