// Names for the parts of a question that the generated types leave without one.
import type { TraceAsked } from './types';

export type ModelChoice = TraceAsked['model'];
export type Input = TraceAsked['input'];
