// The scenes in their order. Each is loaded when it is first shown.
import type { Component } from 'svelte';
import type { Cursor } from './place.svelte';

export interface Scene {
  /** In the address. */
  name: string;
  title: string;
  /** The one idea, as a sentence. */
  idea: string;
  load: () => Promise<{ default: Component }>;
  /** Where its cursor begins: at a step where there is something to see. */
  start?: Partial<Cursor>;
}

export const SCENES: readonly Scene[] = [
  {
    name: 'notebook',
    title: 'The notebook',
    idea: 'A recurrent network keeps one page of notes, its state, and rewrites it at every letter it reads.',
    load: () => import('../scenes/Notebook.svelte'),
    start: { step: 3 },
  },
  {
    name: 'telephone',
    title: 'The telephone game',
    idea: 'What the past still teaches is passed back link by link, and every link changes it by a factor.',
    load: () => import('../scenes/Telephone.svelte'),
  },
  {
    name: 'gates',
    title: 'Gates at work',
    idea: 'Gates are numbers between 0 and 1 that decide what is kept, written and shown.',
    load: () => import('../scenes/Gates.svelte'),
    start: { step: 8 },
  },
  {
    name: 'bank',
    title: 'The bank by the river',
    idea: 'A network that reads in both directions knows what comes later.',
    load: () => import('../scenes/Bank.svelte'),
  },
  {
    name: 'tower',
    title: 'A tower of layers',
    idea: 'Stacked layers share one time axis; the gradient goes back in time and down the tower.',
    load: () => import('../scenes/Tower.svelte'),
  },
  {
    name: 'patterns',
    title: 'Four patterns',
    idea: 'The same recurrence reads and writes sequences in four ways.',
    load: () => import('../scenes/Patterns.svelte'),
  },
  {
    name: 'race',
    title: 'The race',
    idea: 'Three cells learn the same thing side by side, from the same batches.',
    load: () => import('../scenes/Race.svelte'),
  },
  {
    name: 'own',
    title: 'Your own',
    idea: 'Everything the lab shows, of a model of yours.',
    load: () => import('../scenes/Own.svelte'),
  },
];
