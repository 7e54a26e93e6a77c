// The settings that the address keeps.

/** 'own' is the bias that the start itself gives; a clip of 0 is none. */
export const USUAL = {
  steps: 100,
  units: 64,
  seeds: 3,
  start: 'keras',
  forget: 'own',
  update: 'own',
  scale: 1,
  clip: 0,
  activation: 'tanh',
  reset: 'after',
};
