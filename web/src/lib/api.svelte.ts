// Asking the server: one function, and a question of which only the newest answer counts.
import { untrack } from 'svelte';
import { connection } from './connection.svelte';
import { BYTES, fromBytes, fromJson } from './wire';

/** The server's own sentence about why something cannot be answered. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Nobody answered, or somebody who does not know this page. */
export class Lost extends Error {}

/** Ask; without a body by GET. Throws a `Refusal`, or `Lost`. */
export async function ask<Answer>(path: string, body?: unknown): Promise<Answer> {
  const response = await sent(path, body);
  if (response.headers.get('Content-Type')?.startsWith(BYTES))
    return fromBytes(await response.arrayBuffer()) as Answer;
  return fromJson(await response.json()) as Answer;
}

/** Ask for a file. Throws as `ask` does. */
export async function askFile(path: string, body: unknown): Promise<Blob> {
  return (await sent(path, body)).blob();
}

async function sent(path: string, body: unknown): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Lost();
  }
  if (response.status === 401) throw new Lost();
  if (response.ok) return response;
  const { error } = (await response.json()) as { error?: string };
  throw new Refusal(error ?? response.statusText, response.status);
}

let questions = 0;
/** Questions that are not drawn yet; several scenes have some under way at once. */
const open = new Set<number>();

/** How many questions were asked and how many are drawn, for who waits for the page to be still. */
function drawn(number: number, asked: number): void {
  requestAnimationFrame(() =>
    setTimeout(() => {
      open.delete(number);
      document.body.dataset.drawn = String(open.size === 0 ? questions : Math.min(...open) - 1);
      performance.measure('edit to picture', { start: asked, end: performance.now() });
    }),
  );
}

/**
 * A question that is asked again and again while a person edits. One is under way at a time; of those asked
 * meanwhile only the newest is asked next, so the last edit is always the last on screen.
 */
export class Question<Answer> {
  answer = $state.raw<Answer | undefined>();
  fault = $state<string | undefined>();
  waiting = $state(false);
  #next: { body: unknown; number: number; asked: number } | undefined;
  /** Whether the answer under way is no longer wanted. */
  #cleared = false;

  constructor(readonly path: string) {}

  /** Ask; to be called in an effect that reads what the body is made of. */
  ask(body: unknown): void {
    const number = ++questions;
    document.body.dataset.asked = String(number);
    if (this.#next !== undefined) open.delete(this.#next.number);
    open.add(number);
    this.#next = { body, number, asked: performance.now() };
    untrack(() => {
      if (!this.waiting) void this.#run();
    });
  }

  /** Show nothing, where there is nothing to ask about. */
  clear(): void {
    if (this.#next !== undefined) open.delete(this.#next.number);
    this.#next = undefined;
    this.#cleared = true;
    this.answer = undefined;
    this.fault = undefined;
  }

  async #run(): Promise<void> {
    this.waiting = true;
    while (this.#next !== undefined) {
      const { body, number, asked } = this.#next;
      this.#next = undefined;
      this.#cleared = false;
      try {
        const answer = await ask<Answer>(this.path, body);
        if (!this.#cleared) this.answer = answer;
        this.fault = undefined;
      } catch (error) {
        if (error instanceof Lost) {
          await connection.restored();
          this.#next ??= { body, number, asked };
          continue;
        }
        this.fault = error instanceof Error ? error.message : String(error);
        // Pictures of another input would seem to be of this one.
        this.answer = undefined;
      }
      drawn(number, asked);
    }
    this.waiting = false;
  }
}
