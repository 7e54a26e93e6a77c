// What is known of the race of this tab, from the events that tell of it.
import { ask } from '../../lib/api.svelte';
import { listen, tab, type EventKind } from '../../lib/events.svelte';
import type {
  ControlAsked,
  FiguresEvent,
  FlowEvent,
  JobAnswer,
  JobEvent,
  JobList,
  JobPicture,
  LaneFlow,
  NoteEvent,
  Race,
  Scale,
  ScoresEvent,
} from '../../lib/types';

export type Lane = JobEvent['lanes'][number];

/** What a lane has done; numbers that are not finite are NaN. */
export interface Curve {
  updates: number[];
  losses: number[];
  scored: number[];
  scores: number[];
  rate: number | null;
  seconds: number;
}

const number = (value: number | null): number => value ?? NaN;

export class RaceWatch {
  job = $state.raw<JobEvent>();
  lanes = $state.raw<readonly Lane[]>([]);
  flows = $state.raw<readonly LaneFlow[]>([]);
  sentences = $state.raw<readonly string[]>([]);
  notes = $state.raw<readonly string[]>([]);
  scale = $state.raw<Scale | null>(null);
  /** As it was asked for, which the controls need not be any more. */
  race = $state.raw<Race>();
  fault = $state<string>();
  /** Counts what arrived; the curves are no state, as they grow by hundreds of numbers a second. */
  version = $state(0);
  /** When the newest update on its way to the screen was made, in seconds since 1970. */
  newest = 0;
  curves: Curve[] = [];
  #close: () => void;

  constructor() {
    this.#close = listen((kind, data) => this.#hear(kind, data));
    ask<JobList>(`/api/jobs?tab=${tab}`).then(
      ({ jobs }) => {
        if (this.job === undefined && jobs.length > 0) this.#restore(jobs[jobs.length - 1]);
      },
      () => undefined,
    );
  }

  /** The curves of a cell's lanes, as far as they have begun. */
  ofCell(cell: string): Curve[] {
    return this.lanes
      .filter((lane) => lane.cell === cell)
      .map((lane) => this.curves[lane.lane])
      .filter((curve) => curve !== undefined);
  }

  get going(): boolean {
    return ['waiting', 'running', 'paused'].includes(this.job?.state ?? '');
  }

  close(): void {
    this.#close();
  }

  async start(race: Race): Promise<void> {
    this.fault = undefined;
    try {
      const { id, state, position } = await ask<JobAnswer>('/api/jobs', { tab, race });
      this.race = race;
      if (this.job?.job !== id) {
        this.#clear();
        this.job = {
          job: id,
          state,
          position,
          sentence: null,
          updates: race.updates ?? 0,
          lanes: [],
        };
      }
    } catch (error) {
      this.fault = (error as Error).message;
    }
  }

  async control(what: Omit<ControlAsked, 'tab'>): Promise<void> {
    if (this.job === undefined) return;
    try {
      await ask<JobAnswer>(`/api/jobs/${this.job.job}/control`, { tab, ...what });
      this.fault = undefined;
    } catch (error) {
      this.fault = (error as Error).message;
    }
  }

  #clear(): void {
    this.curves = [];
    this.lanes = [];
    this.flows = [];
    this.sentences = [];
    this.notes = [];
    this.scale = null;
    this.version += 1;
  }

  #restore(picture: JobPicture): void {
    this.#clear();
    this.#take(picture.job);
    this.race = picture.race;
    this.curves = picture.curves.map((curve) => ({
      updates: [...curve.updates],
      losses: curve.losses.map(number),
      scored: [...curve.scored],
      scores: curve.scores.map(number),
      rate: curve.rate,
      seconds: curve.seconds,
    }));
    this.scale = picture.scale;
    this.flows = picture.flow;
    this.sentences = picture.sentences;
    this.notes = picture.notes.map((note) => note.sentence);
    this.version += 1;
  }

  #take(job: JobEvent): void {
    if (this.job !== undefined && this.job.job !== job.job) this.#clear();
    this.job = job;
    if (job.lanes.length > 0) this.lanes = job.lanes;
  }

  #curve(lane: number): Curve {
    return (this.curves[lane] ??= {
      updates: [],
      losses: [],
      scored: [],
      scores: [],
      rate: null,
      seconds: 0,
    });
  }

  #hear(kind: EventKind, data: unknown): void {
    if (kind === 'job') return this.#take(data as JobEvent);
    if (kind === 'snapshot') return this.#restore(data as JobPicture);
    if (kind === 'replaced') {
      this.fault = (data as { sentence: string }).sentence;
      return;
    }
    if (kind === 'gap' || (data as { job: string }).job !== this.job?.job) return;
    if (kind === 'figures') {
      for (const { lane, first, losses, at, rate, seconds } of (data as FiguresEvent).lanes) {
        const curve = this.#curve(lane);
        losses.forEach((loss, place) => {
          curve.updates.push(first + place);
          curve.losses.push(number(loss));
        });
        curve.rate = rate;
        curve.seconds = seconds;
        this.newest = Math.max(this.newest, at[at.length - 1] ?? 0);
      }
    }
    if (kind === 'scores') {
      const { scale, scores, sentences } = data as ScoresEvent;
      this.scale = scale;
      this.sentences = sentences;
      for (const { lane, update, score } of scores) {
        const curve = this.#curve(lane);
        if (curve.scored[curve.scored.length - 1] === update) continue;
        curve.scored.push(update);
        curve.scores.push(number(score));
      }
    }
    if (kind === 'flow') {
      const newer = new Map((data as FlowEvent).lanes.map((each) => [each.lane, each]));
      const kept = this.flows.filter((each) => !newer.has(each.lane));
      this.flows = [...kept, ...newer.values()].sort((one, other) => one.lane - other.lane);
    }
    if (kind === 'note') this.notes = [...this.notes, (data as NoteEvent).sentence].slice(-5);
    this.version += 1;
  }
}
