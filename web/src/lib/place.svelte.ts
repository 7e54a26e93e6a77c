// Where the person is: the scene, its settings and the one cursor that moves every picture. All of it lives
// in the address, so that a copied address shows the same.
import { untrack } from 'svelte';

/** Values that settings may have; lists hold texts or numbers. */
export type Setting = string | number | boolean | readonly string[] | readonly number[];

/** One place in a trace. `layer` counts the recurrent layers from 0. */
export interface Cursor {
  lane: number;
  layer: number;
  direction: 'forward' | 'backward';
  step: number;
  unit: number;
}

const START: Cursor = { lane: 0, layer: 0, direction: 'forward', step: 0, unit: 0 };
/** Browsers refuse more than some ten changes of the address a second. */
const PAUSE = 200;

function read(hash: string): { scene: string; query: URLSearchParams } {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { scene: path, query: new URLSearchParams(query) };
}

function cursorOf(query: URLSearchParams, start: Cursor): Cursor {
  const whole = (name: 'lane' | 'layer' | 'step' | 'unit'): number => {
    const found = Number(query.get(name) ?? start[name]);
    return Number.isInteger(found) && found >= 0 ? found : start[name];
  };
  return {
    lane: whole('lane'),
    layer: whole('layer'),
    direction: query.get('direction') === 'backward' ? 'backward' : 'forward',
    step: whole('step'),
    unit: whole('unit'),
  };
}

function written(value: Setting): string {
  return Array.isArray(value) ? JSON.stringify(value) : String(value);
}

/** Read a setting as its usual value is; what cannot be read so is the usual value. */
function reading(text: string, usual: Setting): Setting {
  if (typeof usual === 'boolean') return text === 'true';
  if (typeof usual === 'number') {
    const found = Number(text);
    return text.trim() !== '' && Number.isFinite(found) ? found : usual;
  }
  if (typeof usual === 'string') return text;
  try {
    const found: unknown = JSON.parse(text);
    return Array.isArray(found) ? (found as Setting) : usual;
  } catch {
    return usual;
  }
}

class Place {
  scene = $state('');
  cursor = $state<Cursor>({ ...START });
  /** Whether the cursor walks along the steps by itself. */
  playing = $state(false);
  /** Where each scene was left, so that going back to it by its name finds it so. */
  left = $state<Record<string, string>>({});
  /** Steps and units that the cursor can reach; set by the scene that shows them. */
  steps = $state(1);
  units = $state(1);
  #settings: Record<string, Setting> = $state({});
  #usual: Record<string, Setting> = {};
  #query = new URLSearchParams();
  #start = START;
  /** The address as it was last read or written. */
  #seen = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Follow the address. `scenes` are the known ones with where their cursor begins; an address that names
   * none of them means the first.
   */
  follow(scenes: ReadonlyMap<string, Partial<Cursor>>): () => void {
    const arrive = (): void => {
      this.#seen = location.hash;
      const { scene: named, query } = read(location.hash);
      const scene = scenes.has(named) ? named : [...scenes.keys()][0];
      this.#query = query;
      this.playing = false;
      if (scene !== this.scene) {
        this.left[this.scene] = this.address();
        this.scene = scene;
        this.#settings = {};
        this.#usual = {};
      } else this.#take();
      this.#start = { ...START, ...scenes.get(scene) };
      this.cursor = cursorOf(query, this.#start);
    };
    untrack(arrive);
    addEventListener('hashchange', arrive);
    const stop = $effect.root(() => {
      $effect(() => {
        const address = this.address();
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#write(address), PAUSE);
      });
    });
    return () => {
      removeEventListener('hashchange', arrive);
      stop();
    };
  }

  /**
   * The settings of the scene, which keep to the address: those in it, the others as usual. Read and write
   * the properties of what is returned.
   */
  settings<Settings extends Record<string, Setting>>(usual: Settings): Settings {
    return untrack(() => {
      this.#usual = usual;
      this.#settings = { ...usual };
      this.#take();
      return this.#settings as Settings;
    });
  }

  /** The address of what is on screen. */
  address(): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(this.#settings))
      if (written(value) !== written(this.#usual[name])) query.set(name, written(value));
    for (const [name, value] of Object.entries(this.cursor))
      if (value !== this.#start[name as keyof Cursor]) query.set(name, String(value));
    const text = query.toString();
    return `#/${this.scene}${text ? `?${text}` : ''}`;
  }

  /** Move to a step, or as far as there are steps. */
  moveTo(step: number): void {
    this.cursor.step = Math.max(0, Math.min(step, this.steps - 1));
  }

  moveToUnit(unit: number): void {
    this.cursor.unit = Math.max(0, Math.min(unit, this.units - 1));
  }

  #take(): void {
    for (const [name, usual] of Object.entries(this.#usual)) {
      const text = this.#query.get(name);
      this.#settings[name] = text === null ? usual : reading(text, usual);
    }
  }

  #write(address: string): void {
    // Somebody has just gone elsewhere, and the event that says so is on its way.
    if (location.hash !== this.#seen) return;
    if (address !== location.hash) history.replaceState(history.state, '', address);
    this.#seen = location.hash;
  }
}

export const place = new Place();

/** Move the cursor with the arrow keys and let the space bar play, wherever no key is wanted for typing. */
export function keys(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.closest('input, textarea, select, [contenteditable], [role="slider"], dialog')) return;
  const { cursor } = place;
  switch (event.key) {
    case 'ArrowLeft':
      place.moveTo(cursor.step - 1);
      break;
    case 'ArrowRight':
      place.moveTo(cursor.step + 1);
      break;
    case 'ArrowUp':
      place.moveToUnit(cursor.unit - 1);
      break;
    case 'ArrowDown':
      place.moveToUnit(cursor.unit + 1);
      break;
    case 'Home':
      place.moveTo(0);
      break;
    case 'End':
      place.moveTo(place.steps - 1);
      break;
    case ' ':
      if (target.closest('button, a, summary')) return;
      place.playing = !place.playing;
      break;
    default:
      return;
  }
  event.preventDefault();
}
