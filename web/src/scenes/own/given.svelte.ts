// What the model reads: an example of its own, what a person typed, or a part of a file.
import { Question, ask } from '../../lib/api.svelte';
import type { FoundInput, ModelCard, ReadAnswer } from '../../lib/types';

export type Input = FoundInput['input'];

/** Files over this are refused here: in base64 they would not fit into a question. */
export const MOST_BYTES = 3_700_000;
const MOST_CHARACTERS = 1000;

export class Given {
  /** The examples that the model brings with it. */
  readonly examples = new Question<ReadAnswer>('/api/own/read');
  /** What is typed, of models that do not read texts. */
  readonly typed = new Question<ReadAnswer>('/api/own/read');
  /** The inputs of the file that was chosen last, and which of them is looked at. */
  file = $state.raw<ReadAnswer>();
  chosen = $state(0);
  fault = $state<string>();
  reading = $state(false);
  #bytes: { name: string; content: string } | undefined;

  get picked(): FoundInput | undefined {
    return this.file?.inputs[this.chosen];
  }

  /** Forget the file. */
  drop(): void {
    this.file = undefined;
    this.fault = undefined;
    this.chosen = 0;
  }

  async read(model: string, file: File): Promise<void> {
    this.drop();
    if (file.size > MOST_BYTES) {
      this.fault = `${file.name}: expected a file of at most ${MOST_BYTES / 1e6} MB, got ${(file.size / 1e6).toFixed(1)} MB`;
      return;
    }
    this.#bytes = { name: file.name, content: base64(new Uint8Array(await file.arrayBuffer())) };
    await this.readColumn(model, null);
  }

  /** Read the same file again, another column of it. */
  async readColumn(model: string, column: string | null): Promise<void> {
    this.reading = true;
    this.fault = undefined;
    try {
      const given = { kind: 'uploaded', ...this.#bytes, column };
      this.file = await ask<ReadAnswer>('/api/own/read', { model, given });
      this.chosen = 0;
    } catch (error) {
      this.fault =
        error instanceof Error && error.message ? error.message : 'The lab does not answer.';
    }
    this.reading = false;
  }
}

/** The input that a text is, where that needs no reading; null where nothing is typed. */
export function plain(card: ModelCard, text: string): Input | null | undefined {
  if (card.takes === 'text')
    return text === '' ? null : { kind: 'text', text: text.slice(0, MOST_CHARACTERS) };
  if (card.takes !== 'words') return undefined;
  const words = text.trim().split(/\s+/).slice(0, MOST_CHARACTERS);
  return words[0] === '' ? null : { kind: 'words', words: words.map((word) => word.slice(0, 100)) };
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
